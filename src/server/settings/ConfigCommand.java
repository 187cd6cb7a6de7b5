package server.settings;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import shared.Nearest;
import shared.Problem;

/// `config check [FILE]`, `config show` and `config reference`: what the settings are, without starting anything.
public final class ConfigCommand {

    private static final String USAGE = "usage: ollama-queue-server config check [FILE], config show [option]... or "
            + "config reference";

    private ConfigCommand() {
    }

    /// @param words what stands behind `config`
    /// @return the exit status: 0, 1 for settings that are wrong, 2 for wrong usage
    public static int run(List<String> words, Table table, Function<CommandLine, Loader> load,
            Map<String, String> environment, PrintStream out, PrintStream err) {
        String command = words.isEmpty() ? "" : words.getFirst();
        List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
        try {
            switch (command) {
                case "check" -> {
                    List<String> options = rest.size() == 1 && !rest.getFirst().startsWith("-")
                            ? List.of("--config", rest.getFirst()) : rest;
                    return check(CommandLine.parse(table, options), load, environment, out, err);
                }
                case "show" -> {
                    return show(CommandLine.parse(table, rest), load, out, err);
                }
                case "reference" -> {
                    if (!rest.isEmpty()) {
                        throw Problem.badRequest("config reference takes no arguments, not " + rest.getFirst());
                    }
                    out.print(Reference.of(table));
                    return 0;
                }
                case "" -> throw Problem.badRequest(USAGE);
                default -> throw Problem.all(List.of(Problem.badRequest("unknown command config " + command
                        + Nearest.hint(command, List.of("check", "show", "reference"))), Problem.badRequest(USAGE)));
            }
        } catch (Problem usage) {
            usage.each().forEach(problem -> err.println("ollama-queue-server: " + problem.getMessage()));
            return 2;
        }
    }

    private static int check(CommandLine line, Function<CommandLine, Loader> load, Map<String, String> environment,
            PrintStream out, PrintStream err) {
        Loader settings = load(line, load, err);
        if (settings == null) {
            return 1;
        }
        settings.notes().forEach(note -> err.println("note: " + note));
        if (settings.fileName() == null) {
            out.println("no file found (" + Loader.places(environment).stream().map(Object::toString)
                    .collect(Collectors.joining(", ")) + "): defaults and environment are right");
        } else {
            out.println(settings.fileName() + ": ok");
        }
        return 0;
    }

    private static int show(CommandLine line, Function<CommandLine, Loader> load, PrintStream out, PrintStream err) {
        Loader settings = load(line, load, err);
        if (settings == null) {
            return 1;
        }
        Map<String, Value> all = settings.all();
        int keys = all.keySet().stream().mapToInt(String::length).max().orElse(0);
        int values = all.values().stream().mapToInt(value -> shown(value).length()).filter(length -> length < 40)
                .max().orElse(0);
        all.forEach((key, value) -> out.println(pad(key, keys) + "  " + pad(shown(value), values) + "  "
                + value.origin()));
        return 0;
    }

    /// Null if they are wrong, which was then said.
    private static Loader load(CommandLine line, Function<CommandLine, Loader> load, PrintStream err) {
        try {
            return load.apply(line);
        } catch (Problem wrong) {
            wrong.each().forEach(problem -> err.println(problem.getMessage()));
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
