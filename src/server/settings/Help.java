package server.settings;


/// The texts for people that are made from the table of settings.
public final class Help {

    private static final String USAGE = """
            usage: ollama-queue-server [option]...
                   ollama-queue-server config check [FILE]
                   ollama-queue-server config show [option]...
                   ollama-queue-server config reference
                   ollama-queue-server journal verify|repair|dump DIR

            A durable task queue in front of Ollama.

            %s
            Every option is a setting too, and there are more: config show lists them all. Strongest
            first: option, environment ($OLLAMA_QUEUE_SERVER_PORT for server.port), the file, default.
            The file is the first of --config FILE, ./config.yaml, ~/.ollama-queue/config.yaml,
            /etc/ollama-queue/config.yaml. SIGHUP reads it again.

            example: ollama-queue-server --port 8080 --data-dir /var/lib/ollama-queue
            """;

    private static final int COLUMN = 23;
    private static final int WIDTH = 95;

    private Help() {
    }

    /// What `--help` prints.
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
        option(options, "--version", "print the version and end");
        option(options, "-h, --help", "print this and end");
        return USAGE.replace("%s", options);
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
