package server.tool;

import java.io.IOException;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import server.journal.disk.FileReason;
import shared.Nearest;
import shared.Problem;

/// All commands that do not start the server, and how they are found. Usage texts are generated from this table too.
public final class OfflineCommands {

    static final List<OfflineCommand> ALL = List.of(
            new OfflineCommand("config", "check", "[FILE] [--environment FILE]",
                    "report every mistake in the settings, with its place", ConfigCommand::check),
            new OfflineCommand("config", "show", "[option]... [--environment FILE]",
                    "print every setting, its value and where the value comes from", ConfigCommand::show),
            new OfflineCommand("config", "reference", "", "print the reference of all settings, as Markdown",
                    ConfigCommand::reference),
            new OfflineCommand("journal", "verify", "DIR",
                    "report every problem with file, offset and sequence number; a server may be running",
                    JournalCommand::verify),
            new OfflineCommand("journal", "repair", "DIR",
                    "keep every whole line and drop the rest; no server may be running", JournalCommand::repair),
            new OfflineCommand("journal", "dump", "DIR",
                    "print the events, one JSON object a line; a server may be running", JournalCommand::dump),
            new OfflineCommand("journal", "compact", "DIR [option]... [--environment FILE]",
                    "drop what the existing tasks do not need; no server may be running", CompactCommand::run),
            new OfflineCommand("token", "add", "NAME --scope SCOPE [limit]... [option]... [--environment FILE]",
                    "add a named token and print it once; a server may be running", TokenCommand::add),
            new OfflineCommand("token", "list", "[option]... [--environment FILE]",
                    "print the named tokens, what they allow and when they were last used", TokenCommand::list),
            new OfflineCommand("token", "revoke", "NAME [option]... [--environment FILE]",
                    "revoke a named token immediately; a server may be running", TokenCommand::revoke),
            new OfflineCommand("simulate", "", "DIR [--policy FILE]... [option]... [--environment FILE]",
                    "replay the recorded tasks under other settings and print loads and waits; a server may be running",
                    SimulateCommand::run));

    private OfflineCommands() {
    }

    /// Runs the command that these words name.
    ///
    /// @param words the program's arguments; the first is not an option
    /// @return the exit status: 0 success, 1 there are problems or the command failed, 2 wrong usage
    public static int run(List<String> words, SettingsReader settings, Map<String, String> environment,
            InstantSource clock, PrintStream out, PrintStream err) {
        String group = words.getFirst();
        List<OfflineCommand> commands = ALL.stream().filter(command -> command.group().equals(group)).toList();
        Invocation call = new Invocation(words.subList(1, words.size()), environment, settings, clock, out, err);
        if (commands.isEmpty()) {
            call.complain(unknown(group));
            return 2;
        }
        if (call.arguments().contains("--help") || call.arguments().contains("-h")) {
            out.print(Help.of(group, commands));
            return 0;
        }
        try {
            OfflineCommand command = find(commands, call.arguments());
            return command.action().run(command.name().isEmpty() ? call : call.with(words.subList(2, words.size())));
        } catch (Problem usage) {
            usage.each().forEach(problem -> call.complain(problem.getMessage()));
            call.complain(group + " --help shows more");
            return 2;
        } catch (IOException e) {
            call.complain(String.join(" ", words) + ": " + FileReason.of(e));
            return 1;
        }
    }

    private static String unknown(String word) {
        Set<String> groups = new LinkedHashSet<>(ALL.stream().map(OfflineCommand::group).toList());
        return switch (word) {
            case "help" -> "unknown command help; ollama-queue-server --help shows options and commands";
            case "serve", "server", "start", "run" -> "unknown command " + word
                    + "; without a command the server starts: ollama-queue-server [option]...";
            default -> "unknown command " + word + Nearest.hint(word, groups) + "; --help shows options and commands";
        };
    }

    private static OfflineCommand find(List<OfflineCommand> commands, List<String> words) {
        if (commands.getFirst().name().isEmpty()) {
            return commands.getFirst();
        }
        List<String> names = commands.stream().map(OfflineCommand::name).toList();
        String list = String.join(", ", names.subList(0, names.size() - 1)) + " or " + names.getLast();
        String group = commands.getFirst().group();
        if (words.isEmpty()) {
            throw Problem.badRequest(group + " needs a command: " + list);
        }
        return commands.stream().filter(command -> command.name().equals(words.getFirst())).findFirst()
                .orElseThrow(() -> Problem.badRequest("unknown command " + group + " " + words.getFirst()
                        + Nearest.hint(words.getFirst(), names) + "; it is " + list));
    }
}
