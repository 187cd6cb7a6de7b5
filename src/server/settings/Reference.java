package server.settings;

import java.util.Map;
import java.util.TreeMap;

/// The reference of all settings, as Markdown. `src/server/settings/REFERENCE.md` is a copy of it.
public final class Reference {

    private static final String INTRODUCTION = """
            # Settings of ollama-queue-server

            Made from the code by `ollama-queue-server config reference`; do not edit it.

            A setting can be given in four places. The strongest first:

            1. a command-line option, where the table names one
            2. an environment variable: `OLLAMA_QUEUE_SERVER_PORT` for `server.port`, and so on
            3. the file: the first of `--config FILE` (or `$OLLAMA_QUEUE_CONFIG`), `./config.yaml`,
               `~/.ollama-queue/config.yaml`, `/etc/ollama-queue/config.yaml`
            4. its default

            `SIGHUP` reloads the settings marked ↻; the log names those that need a restart. Settings of the maps in a
            list (`[]`) or by name (`NAME`) can only be in the file, and so can `windows`. The file may take values
            from the environment: `${NAME}`, `${NAME:-default}`; `$${` stands for `${`. Durations are written `90s`,
            `1h30m`, `7d`; sizes `64KiB`, `16MiB`, or `25%` of the heap. Outside of the file, several texts are
            separated by commas.

            `config check` names every mistake with its line and column; `config show` prints every setting, its value
            and where the value comes from. Secrets are never shown.
            """;

    private Reference() {
    }

    /// Returns the reference, with a table for each section.
    public static String of(Table table) {
        StringBuilder out = new StringBuilder(INTRODUCTION);
        String before = null;
        for (Setting<?> setting : table.all()) {
            String section = setting.section().isEmpty() ? "without a section" : setting.section();
            if (!section.equals(before)) {
                out.append("\n## ").append(section)
                        .append("\n\n| key | what it does | value | default |\n|---|---|---|---|\n");
                before = section;
            }
            String fallback = setting.fallback() == null || setting.fallback().isEmpty() ? ""
                    : "`" + setting.fallback() + "`";
            String key = setting.key().replace("{}", ".NAME");
            out.append("| `").append(key).append('`').append(setting.isLive() ? " ↻" : "")
                    .append(setting.flag() == null ? "" : " `" + setting.option() + "`").append(" | ")
                    .append(setting.does()).append(" | ").append(setting.type().form()).append(" | ").append(fallback)
                    .append(" |\n");
        }
        out.append("\n## Older names\n\nThe older program's names work here too.\n\n");
        out.append("| older name | here |\n|---|---|\n");
        older(table).forEach((name, here) ->
                out.append("| `").append(name).append("` | ").append(here).append(" |\n"));
        return out.toString();
    }

    private static Map<String, String> older(Table table) {
        Map<String, String> older = new TreeMap<>(Map.of("listen_addr", "`server.host`, `server.port`"));
        table.all().forEach(setting -> setting.names().stream().filter(name -> !name.startsWith("OLLAMA_QUEUE_"))
                .forEach(name -> older.put(name, "`" + setting.key() + "`")));
        table.obsolete().forEach((name, why) -> older.put(name, "no effect: " + why));
        return older;
    }
}
