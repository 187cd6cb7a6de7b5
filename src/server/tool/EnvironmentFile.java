package server.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import server.journal.disk.FileReason;
import shared.Problem;
import shared.Utf8;

/// A file of environment variables, like the one in `EnvironmentFile=` of a systemd unit: `NAME=value` on each line,
/// the value in quotes or not. Blank lines and lines that begin with `#` or `;` are comments. Escapes and continued
/// lines are not supported.
final class EnvironmentFile {

    /// The file of the unit in `src/server/deploy`.
    static final Path OF_THE_UNIT = Path.of("/etc/ollama-queue/environment");

    private EnvironmentFile() {
    }

    /// Reads the variables of a file.
    ///
    /// @throws Problem if it cannot be read, or a line is not a variable
    static Map<String, String> read(String name) {
        List<String> lines;
        try {
            lines = Utf8.decode(name, Files.readAllBytes(Path.of(name))).lines().toList();
        } catch (IOException e) {
            throw Problem.badRequest("cannot read " + name + ": " + FileReason.of(e));
        }
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#") || line.startsWith(";")) {
                continue;
            }
            int equals = line.indexOf('=');
            if (equals < 1 || !line.substring(0, equals).matches("[A-Za-z_][A-Za-z0-9_]*")) {
                throw Problem.badRequest(name + ", line " + (i + 1) + ": expected NAME=value");
            }
            variables.put(line.substring(0, equals), unquoted(line.substring(equals + 1).strip()));
        }
        return variables;
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() > 1 && (value.startsWith("\"") || value.startsWith("'"))
                && value.charAt(0) == value.charAt(value.length() - 1);
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
