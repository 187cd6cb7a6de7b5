package server;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;

import server.log.Log;
import server.settings.CommandLine;
import server.settings.Settings;
import shared.Problem;

/// Reads the settings again while the server runs. What cannot change then is logged, and stays as it is; where there
/// is a mistake, all stays as it is.
final class Reload {

    private static final Logger LOG = System.getLogger("server");

    private final CommandLine line;
    private final Settings atStart;
    private Settings current;
    private Server server;

    /// @param settings those that the server starts with
    Reload(CommandLine line, Settings settings) {
        this.line = line;
        this.atStart = settings;
        this.current = settings;
    }

    /// The server that the settings are for; until it is there, nothing is read again.
    synchronized void begin(Server newServer) {
        server = newServer;
    }

    synchronized void run() {
        if (server == null) {
            return;
        }
        try {
            Settings next = Settings.load(line, System.getenv());
            Log.ofProcess().file(next.path("log_file"));
            Log.ofProcess().level(Main.level(next));
            server.become(next);
            List<String> changed = next.changed(current, true);
            current = next;
            LOG.log(Level.INFO, "event=settings_read file=" + next.fileName() + " changed=" + changed);
            // against the start: a value that was changed back needs no restart
            List<String> waiting = next.changed(atStart, false);
            if (!waiting.isEmpty()) {
                LOG.log(Level.WARNING, "event=restart_needed settings=" + waiting);
            }
        } catch (Problem wrong) {
            wrong.each().forEach(problem -> LOG.log(Level.ERROR, "event=settings_wrong problem="
                    + problem.getMessage()));
        } catch (IOException unwritable) {
            LOG.log(Level.ERROR, "event=settings_wrong problem=cannot write log_file: " + unwritable);
        } catch (RuntimeException bug) {
            LOG.log(Level.ERROR, "event=settings_failed", bug);
        }
    }
}
