package server.access;

import java.io.File;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;

import server.settings.Settings;

/// How many connections HTTP and WebSocket may have: `limits.connections` each, or less where this process may not open
/// so many files. Without a descriptor nothing can be accepted, and `jdk.httpserver` then goes round in its loop, on a
/// whole processor, and never looks at the connections that were closed meanwhile. So descriptors are kept back. With
/// TLS each connection takes memory from its first byte on, before anybody knows who it is: so at most half the heap.
///
/// @param http      the most connections of each listener of HTTP
/// @param webSocket the most connections of WebSocket
public record Connections(int http, int webSocket) {

    private static final Logger LOG = System.getLogger("server.access");
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String MAX = "Max open files";
    /// What is kept back for the journal's files, the answers that read in them, classes, the log.
    private static final int SPARE = 64;
    /// What TLS was seen to take of the heap for a connection of HTTP, also in the midst of a handshake: 74 to 80 KB.
    private static final int TLS_HTTP_BYTES = 80 << 10;
    /// The same for one of WebSocket.
    private static final int TLS_WEBSOCKET_BYTES = 40 << 10;

    /// With fewer a server can do nothing for long: without a connection 20 are open.
    private static final int FILES_MIN = 64;

    /// Returns what this process can have. Says so in the log where it is less than was asked for.
    ///
    /// @param calls     how many calls of hosts may run at a time
    /// @param listeners how many there are of HTTP, each of which counts its connections for itself
    /// @param isTls     whether they speak TLS
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

    /// HTTP has three quarters of what is not kept back. Where that is hardly anything, both have a quarter of all.
    static Connections of(int wanted, int files, int open, int calls, int listeners) {
        int room = Math.max(files - open - SPARE - 2 * calls, files / 4);
        int webSocket = Math.clamp(room / 4, 1, wanted);
        return new Connections(Math.clamp((room - room / 4) / listeners, 1, wanted), webSocket);
    }

    /// What half a heap bears of TLS: HTTP has three quarters of it.
    Connections within(long heap, int listeners) {
        return new Connections(Math.clamp(heap * 3 / 8 / TLS_HTTP_BYTES / listeners, 1, http),
                Math.clamp(heap / 8 / TLS_WEBSOCKET_BYTES, 1, webSocket));
    }

    /// Returns how many files this process may have open; the largest number if nothing tells.
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
