package server;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import server.executor.ExecutorRegistry;
import server.log.Log;
import server.settings.CommandLine;
import server.settings.Loader;
import server.settings.Settings;
import shared.LogValue;
import shared.Problem;

/// Reads the settings again while the server runs. Changes that need a restart are logged and not applied; if there is
/// a mistake, nothing changes.
final class Reload {

    private static final Logger LOG = System.getLogger("server");

    private final CommandLine line;
    private final ExecutorRegistry kinds;
    private final Settings atStart;
    private Settings current;
    private volatile Loader loaded;
    private Server server;

    /// @param start the settings with which the server starts
    Reload(CommandLine line, AllSettings start) {
        this.line = line;
        this.kinds = start.kinds();
        this.atStart = start.settings();
        this.current = atStart;
        this.loaded = start.loaded();
    }

    /// Returns the last settings that were read without a mistake.
    Loader loaded() {
        return loaded;
    }

    /// Sets the server. Until then nothing is read again.
    synchronized void begin(Server newServer) {
        server = newServer;
    }

    /// Reads the settings and applies those that can change while the server runs.
    synchronized void run() {
        if (server == null) {
            return;
        }
        try {
            String before = loaded.fileName();
            if (before != null && !Files.exists(Path.of(before))) {
                // without it there would be no token, no limit and no window; most likely it is just being replaced
                throw Problem.badRequest(before + " is missing; the present settings stay until it exists again or the "
                        + "server is restarted");
            }
            AllSettings read = AllSettings.load(line, System.getenv(), kinds);
            Settings next = read.settings();
            Log.ofProcess().configure(next);
            server.reconfigure(next);
            List<String> changed = next.changed(current, true);
            current = next;
            loaded = read.loaded();
            LOG.log(Level.INFO, "event=settings_read file=" + LogValue.of(read.loaded().fileName()) + " changed="
                    + LogValue.of(changed));
            // compared with the start: a value that was changed back needs no restart
            List<String> waiting = next.changed(atStart, false);
            if (!waiting.isEmpty()) {
                LOG.log(Level.WARNING, "event=restart_needed settings=" + LogValue.of(waiting));
            }
        } catch (Problem wrong) {
            wrong.each().forEach(problem -> LOG.log(Level.ERROR, "event=settings_wrong problem="
                    + LogValue.of(problem.getMessage())));
        } catch (IOException unwritable) {
            LOG.log(Level.ERROR, "event=settings_wrong problem="
                    + LogValue.of("cannot write log_file: " + unwritable));
        } catch (RuntimeException bug) {
            LOG.log(Level.ERROR, "event=settings_failed", bug);
        }
    }
}
