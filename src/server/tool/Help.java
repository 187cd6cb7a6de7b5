package server.tool;

import java.util.List;

import server.settings.Setting;
import server.settings.Table;

/// The usage texts, generated from the tables of settings and commands.
public final class Help {

    private static final String PROGRAM = """
            usage: ollama-queue-server [option]...
                   ollama-queue-server COMMAND

            A durable task queue in front of Ollama. Without a command the server starts.

            %COMMANDS
            %OPTIONS
            Every option is a setting too, and there are more: config show lists them all. In order of
            precedence: option, environment ($OLLAMA_QUEUE_SERVER_PORT for server.port), file, default.
            The file is the first of --config FILE, ./config.yaml, ~/.ollama-queue/config.yaml,
            /etc/ollama-queue/config.yaml. SIGHUP reads it again.

            example: ollama-queue-server --port 8080 --data-dir /var/lib/ollama-queue
            """;

    private static final String CONFIG = """
            FILE is the settings file; without it the usual places are searched. Any option of the
            server can be given instead.

            --environment FILE adds the variables in FILE, a NAME=value on each line, as systemd does
            for a service: the unit takes them from /etc/ollama-queue/environment.

            exit status: 0 the settings are valid; 1 there are mistakes; 2 wrong usage
            """;

    private static final String JOURNAL = """
            DIR is a server's data directory. compact takes the server's options and settings too: it
            makes files of storage.segment_size.

            Problems, which prevent the server from starting:
              the file is missing              a segment between others is not there
              does not begin with the header   the first 80 bytes of a segment have changed
              the bytes here are not a line    a line has changed, or was overwritten
              sequence number N is too low     a line stands where a later one belongs
              ends here without the closing mark, is shorter than its segment    bytes at the end are gone
              longer than the segment's size   there are bytes that the server never wrote
            Notes, which the next start repairs by itself: the last batch, never acknowledged, was cut off.

            repair keeps a copy of each file that it changes as FILE.broken and reports what it dropped: file,
            offset, sequence numbers. A task whose submit was dropped is gone; a task of which only later lines
            were dropped returns to its state before them.

            exit status: 0 all is well; 1 there are problems, or DIR cannot be used; 2 wrong usage
            """;

    private static final String SIMULATE = """
            DIR is a server's data directory, whether or not the server runs, or one with a backup, or a backup's
            file. The settings are read as the server would read them. Each FILE is a settings file that
            overrides them. These have an effect: affinity, ageing, clients.NAME.weight and max_running,
            models.NAME.max_running, windows, queue.workers, ollama, remote_scheduling; others are listed as not
            used. If the settings name no hosts, the recorded ones are used. No host is contacted.

            exit status: 0 done; 1 there are mistakes in the settings, or DIR cannot be used; 2 wrong usage
            """;

    private static final String TOKEN = """
            NAME is the client of the tasks that are submitted with the token. SCOPE is one of
              read      sees everything
              submit    submits and relays too; cancels, retries and changes what its own client submitted
              admin     does everything
            Limits:
              --priority-max P      highest priority of its tasks: a number, low, normal, high or critical;
                                    a higher one is lowered
              --max-pending N       how many tasks of its client may be pending; beyond it 429
              --expires-in TIME     such as 90d or 12h; without it the token does not expire
            The options are the server's: with --data-dir and --config the command finds the server's data
            directory, which holds the hashes of the tokens. A server running there applies a change at once.

            Once a token has been added, every request needs one, even after all have been revoked or have
            expired. The token in server.token ($OLLAMA_QUEUE_TOKEN) remains valid in addition.

            exit status: 0 done; 1 the token exists already or does not exist, or the data directory cannot
            be used; 2 wrong usage
            """;

    private static final int COLUMN = 23;
    private static final int WIDTH = 95;

    private Help() {
    }

    /// Returns the text of `--help`.
    public static String usage(Table table) {
        StringBuilder options = new StringBuilder();
        for (Setting<?> row : table.all()) {
            if (row.flag() != null) {
                String variable = row.names().contains("OLLAMA_HOST") ? "$OLLAMA_HOST, or " : "";
                option(options, row.flag(), row.does() + (row.fallback() == null ? ""
                        : " (" + variable + row.fallback() + ")"));
            }
        }
        option(options, "--config FILE", "read the settings from this file");
        option(options, "-v, --verbose", "log every request and attempt");
        option(options, "--version", "print the version and exit");
        option(options, "-h, --help", "print this help and exit");
        return PROGRAM.replace("%COMMANDS", listed(OfflineCommands.ALL)).replace("%OPTIONS", options);
    }

    /// Returns the text of `GROUP --help`.
    static String of(String group, List<OfflineCommand> commands) {
        StringBuilder usage = new StringBuilder();
        commands.forEach(command -> usage.append(usage.isEmpty() ? "usage: " : "       ")
                .append("ollama-queue-server ").append(command.usage()).append('\n'));
        return usage + "\n" + listed(commands) + "\n" + switch (group) {
            case "config" -> CONFIG;
            case "simulate" -> SIMULATE;
            case "token" -> TOKEN;
            default -> JOURNAL;
        };
    }

    private static String listed(List<OfflineCommand> commands) {
        StringBuilder list = new StringBuilder();
        commands.forEach(command -> option(list, command.words(), command.does()));
        return list.toString();
    }

    private static void option(StringBuilder out, String flag, String does) {
        String line = "  " + flag;
        String pad = " ".repeat(COLUMN);
        line += line.length() < COLUMN - 1 ? pad.substring(line.length()) : "\n" + pad;
        int used = COLUMN;
        for (String word : does.split(" ")) {
            if (used + word.length() > WIDTH) {
                line = line.stripTrailing() + "\n" + pad;
                used = COLUMN;
            }
            line += word + " ";
            used += word.length() + 1;
        }
        out.append(line.stripTrailing()).append('\n');
    }
}
