package server.settings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import shared.Nearest;
import shared.Problem;

/// The server's command line, parsed.
///
/// @param values what the flag of each setting was given, in order, by the setting's key
/// @param config the file named by `--config`; null if not given
/// @param flags  the flag of each setting as it was written, for messages, by the setting's key
public record CommandLine(Map<String, List<String>> values, Map<String, String> flags, String config) {

    private static final String VERBOSE = "--verbose";

    /// Reads the arguments of a command line.
    ///
    /// @throws Problem that names the wrong argument and what would be right
    public static CommandLine parse(Table table, List<String> words) {
        Map<String, Setting<?>> known = known(table);
        Map<String, List<String>> values = new HashMap<>();
        Map<String, String> flags = new HashMap<>();
        String config = null;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i).equals("-v") ? VERBOSE : words.get(i);
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            String flag = equals < 0 ? word : word.substring(0, equals);
            String value = equals < 0 ? null : word.substring(equals + 1);
            if (!known.containsKey(flag)) {
                throw Problem.badRequest((flag.startsWith("-") ? "unknown option " : "unexpected argument ") + flag
                        + Nearest.hint(flag, known.keySet()));
            }
            if (flag.equals(VERBOSE)) {
                if (value != null) {
                    throw Problem.badRequest(flag + " takes no value");
                }
                value = "debug";
            } else if (value == null) {
                if (++i == words.size()) {
                    throw Problem.badRequest(flag + " needs a value");
                }
                value = words.get(i);
            }
            if (value.isBlank()) {
                throw Problem.badRequest(flag + " needs a value, not an empty one");
            }
            if (known.get(flag) == null) {
                config = value;
            } else {
                values.computeIfAbsent(known.get(flag).key(), first -> new ArrayList<>()).add(value);
                flags.put(known.get(flag).key(), flag);
            }
        }
        return new CommandLine(values, flags, config);
    }

    /// Returns each flag's setting; `--config` has none.
    private static Map<String, Setting<?>> known(Table table) {
        Map<String, Setting<?>> known = new HashMap<>();
        table.all().stream().filter(row -> row.flag() != null).forEach(row -> known.put(row.option(), row));
        known.put(VERBOSE, table.get("log_level"));
        known.put("--config", null);
        return known;
    }
}
