package support;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import server.AllSettings;
import server.tool.OfflineCommands;
import shared.json.Json;

/// The server's offline commands, run in this process.
public final class Offline {

    private Offline() {
    }

    /// Runs a command without any environment variables.
    ///
    /// @return its exit status
    public static int run(PrintStream out, PrintStream err, String... words) {
        return OfflineCommands.run(List.of(words), AllSettings.READER, Map.of(), InstantSource.system(), out, err);
    }

    /// Returns how many times each task, by its id, completed according to the journal.
    public static Map<String, Integer> completions(Path data) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        if (run(new PrintStream(text, false, StandardCharsets.UTF_8), System.err, "journal", "dump",
                data.toString()) != 0) {
            throw new AssertionError("the journal of " + data + " could not be read");
        }
        Map<String, Integer> completions = new HashMap<>();
        text.toString(StandardCharsets.UTF_8).lines().forEach(line -> {
            Json.Obj event = (Json.Obj) Json.parse(line);
            if ("completed".equals(event.text("what")) && event.get("task") instanceof Json.Obj task) {
                completions.merge(task.text("id"), 1, Integer::sum);
            }
        });
        return completions;
    }
}
