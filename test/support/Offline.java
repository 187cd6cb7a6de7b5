package support;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;

import server.AllSettings;
import server.tool.OfflineCommands;

/// The server's offline commands, run in this process.
public final class Offline {

    private Offline() {
    }

    /// Runs a command without any environment variables.
    ///
    /// @return its exit status
    public static int run(PrintStream out, PrintStream err, String... words) {
        return OfflineCommands.run(List.of(words), AllSettings.READER, Map.of(), out, err);
    }
}
