package server.websocket;

import java.time.Duration;
import java.util.List;

import server.access.RequestLimits;
import server.settings.Setting;
import server.settings.Settings;

/// The limits of WebSocket connections.
///
/// @param port           on which to listen, or [#FREE], [#NEXT]
/// @param headerBytesMax size of a request for a connection, in bytes
/// @param requestTimeMax for such a request to arrive
/// @param connectionsMax at a time; further ones are closed
/// @param streamsMax     WebSockets at a time; beyond it 503
/// @param messageMax     size of a client's message, in bytes
/// @param pingEvery      after this long without a frame from the client, it gets a ping
/// @param silenceMax     after this long without a frame, the connection is closed
/// @param stuckMax       for one write: a client that reads nothing is dropped
/// @param closeMax       for both sides to close
public record WebSocketOptions(int port, int headerBytesMax, Duration requestTimeMax, int connectionsMax,
        int streamsMax, int messageMax, Duration pingEvery, Duration silenceMax, Duration stuckMax,
        Duration closeMax) {

    public static final int FREE = 0;

    /// The port after the page's, or a free one if that is taken.
    public static final int NEXT = -1;

    private static final Setting<Integer> PORT = Setting.integer("server.ws_port", 0, 65_535).flag("--ws-port N")
            .says("port to listen on for WebSocket; 0 turns WebSocket off; without it the port after server.port, or a "
                    + "free one if that is taken");
    public static final List<Setting<?>> SETTINGS = List.of(PORT);

    public static final WebSocketOptions DEFAULT = of(Settings.DEFAULT, false);

    /// Returns the options that the settings define.
    ///
    /// @param free whether to use a free port unless one is set
    /// @return null if WebSocket is turned off
    public static WebSocketOptions of(Settings settings, boolean free) {
        Integer port = settings.get(PORT);
        return port != null && port == 0 ? null : new WebSocketOptions(port != null ? port : free ? FREE : NEXT,
                settings.get(RequestLimits.HEADER_BYTES), settings.get(RequestLimits.REQUEST_TIME),
                settings.get(RequestLimits.CONNECTIONS), settings.get(RequestLimits.EVENT_STREAMS), 16 << 10,
                Duration.ofSeconds(15), Duration.ofSeconds(45), Duration.ofSeconds(20), Duration.ofSeconds(5));
    }

    /// Returns the memory for all incoming requests together beyond their first kilobytes, in bytes: enough for the
    /// longest request on one in fifty connections.
    long headsMax() {
        return Math.max(headerBytesMax, (long) connectionsMax * headerBytesMax / 50);
    }
}
