package server.access;

import java.io.File;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;

import server.settings.Settings;

/// The maximum numbers of connections of HTTP and WebSocket: `limits.connections` each, or fewer if this process may
/// not open so many files. Without a free descriptor nothing can be accepted; `jdk.httpserver` then spins in its loop,
/// using a whole processor, and never notices closed connections. So some descriptors are reserved. With TLS, each
/// connection takes memory from its first byte on, before the client is authenticated: so they may take at most half
/// the heap.
///
/// @param http      the maximum of each HTTP listener
/// @param webSocket the maximum of WebSocket
public record Connections(int http, int webSocket) {

    private static final Logger LOG = System.getLogger("server.access");
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String MAX = "Max open files";
    /// The descriptors reserved for the journal's files, for answers that read them, for classes and the log.
    private static final int SPARE = 64;
    /// The heap that TLS takes for an HTTP connection, also during a handshake: 74 to 80 KB were measured.
    private static final int TLS_HTTP_BYTES = 80 << 10;
    /// The same for a WebSocket connection.
    private static final int TLS_WEBSOCKET_BYTES = 40 << 10;

    /// With fewer files a server cannot work for long: without any connection, 20 are open.
    private static final int FILES_MIN = 64;

    /// Returns what this process can have. Logs a warning if that is less than the settings allow.
    ///
    /// @param calls     the number of calls to hosts that may run at a time
    /// @param listeners the number of HTTP listeners, each of which counts its own connections
    /// @param isTls     whether they use TLS
    /// @throws IOException if this process may open too few files to work at all
    public static Connections of(Settings settings, int calls, int listeners, boolean isTls) throws IOException {
        int wanted = settings.get(RequestLimits.CONNECTIONS);
        int files = openFilesMax();
        check(files);
        String[] open = new File("/proc/self/fd").list();
        Connections most = of(wanted, files, open == null ? 0 : open.length, calls, listeners);
        int http = most.http * listeners;
        if (http < wanted || most.webSocket < Math.min(wanted, settings.get(RequestLimits.EVENT_STREAMS))) {
            LOG.log(Level.WARNING, "event=connections_capped setting=" + wanted + " http=" + http + " websocket="
                    + most.webSocket + " open_files_max=" + files + " hint=\"raise it with ulimit -n\"");
        }
        return isTls ? most.within(Runtime.getRuntime().maxMemory(), listeners) : most;
    }

    static void check(int files) throws IOException {
        if (files < FILES_MIN) {
            throw new IOException("this process may open only " + files + " files, and a server needs " + FILES_MIN
                    + " at least: raise it with ulimit -n");
        }
    }

    /// Gives HTTP three quarters of the descriptors that are not reserved. If hardly any are left, a quarter of all
    /// descriptors is divided instead.
    static Connections of(int wanted, int files, int open, int calls, int listeners) {
        int room = Math.max(files - open - SPARE - 2 * calls, files / 4);
        int webSocket = Math.clamp(room / 4, 1, wanted);
        return new Connections(Math.clamp((room - room / 4) / listeners, 1, wanted), webSocket);
    }

    /// Returns the connections limited to those whose TLS fits into half the heap: HTTP has three quarters of it.
    Connections within(long heap, int listeners) {
        return new Connections(Math.clamp(heap * 3 / 8 / TLS_HTTP_BYTES / listeners, 1, http),
                Math.clamp(heap / 8 / TLS_WEBSOCKET_BYTES, 1, webSocket));
    }

    /// Returns how many files this process may open; [Integer#MAX_VALUE] if it is not known.
    public static int openFilesMax() {
        try {
            for (String line : Files.readAllLines(LIMITS)) {
                if (line.startsWith(MAX)) {
                    String number = line.substring(MAX.length()).strip();
                    return (int) Math.min(Long.parseLong(number.substring(0, number.indexOf(' '))), Integer.MAX_VALUE);
                }
            }
        } catch (IOException | NumberFormatException untold) {
            // another system, or no limit
        }
        return Integer.MAX_VALUE;
    }
}
