package server.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import server.settings.CommandLine;
import server.settings.Loader;
import server.settings.Reference;
import server.settings.Value;
import server.tls.Tls;
import shared.Problem;

/// `config check [FILE]`, `config show` and `config reference`: show the settings without starting anything.
final class ConfigCommand {

    private ConfigCommand() {
    }

    static int check(Invocation call) throws IOException {
        Invocation whole = call.withEnvironment();
        List<String> words = whole.arguments();
        Loader settings = load(whole.with(words.size() == 1 && !words.getFirst().startsWith("-")
                ? List.of("--config", words.getFirst()) : words));
        if (settings == null) {
            if (whole == call && Files.exists(EnvironmentFile.OF_THE_UNIT)) {
                call.err().println("note: the systemd unit takes environment variables from "
                        + EnvironmentFile.OF_THE_UNIT + "; to check with them, add " + Invocation.ENVIRONMENT + " "
                        + EnvironmentFile.OF_THE_UNIT);
            }
            return 1;
        }
        Tls.check(settings.settings(), call.clock());
        settings.notes().forEach(note -> call.err().println("note: " + note));
        if (settings.fileName() == null) {
            call.out().println("no file found (" + Loader.places(whole.environment()).stream().map(Object::toString)
                    .collect(Collectors.joining(", ")) + "): defaults and environment are right");
        } else {
            call.out().println(settings.fileName() + ": ok");
        }
        return 0;
    }

    static int show(Invocation call) {
        Loader settings = load(call.withEnvironment());
        if (settings == null) {
            return 1;
        }
        Map<String, Value> all = settings.all();
        int keys = all.keySet().stream().mapToInt(String::length).max().orElse(0);
        int values = all.values().stream().mapToInt(value -> shown(value).length()).filter(length -> length < 40)
                .max().orElse(0);
        all.forEach((key, value) -> call.out().println(pad(key, keys) + "  " + pad(shown(value), values) + "  "
                + value.origin()));
        return 0;
    }

    static int reference(Invocation call) {
        if (!call.arguments().isEmpty()) {
            throw Problem.badRequest("config reference takes no arguments, not " + call.arguments().getFirst());
        }
        call.out().print(Reference.of(call.settings().table()));
        return 0;
    }

    /// Loads the settings; if they are wrong, prints every mistake and returns null.
    static Loader load(Invocation call) {
        CommandLine line = CommandLine.parse(call.settings().table(), call.arguments());
        try {
            return call.settings().load(line, call.environment());
        } catch (Problem wrong) {
            wrong.each().forEach(problem -> call.err().println(problem.getMessage()));
            return null;
        }
    }

    private static String shown(Value value) {
        return value.shown() == null ? "-" : value.shown();
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
