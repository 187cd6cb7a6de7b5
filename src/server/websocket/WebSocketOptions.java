package server.websocket;

import java.time.Duration;

/// The limits of WebSocket connections.
///
/// @param port           where to listen, or [#FREE], [#NEXT]
/// @param headerBytesMax a request for a connection
/// @param requestTimeMax until that has come
/// @param connectionsMax beyond it new connections are closed
/// @param streamsMax     WebSockets at the same time; beyond it 503
/// @param messageMax     a client's message, in bytes
/// @param pingEvery      after so long without a frame of the client it gets a ping
/// @param silenceMax     after so long without one it is closed
/// @param stuckMax       so long a write may take: who reads nothing is dropped
/// @param closeMax       until both sides have closed
public record WebSocketOptions(int port, int headerBytesMax, Duration requestTimeMax, int connectionsMax,
        int streamsMax, int messageMax, Duration pingEvery, Duration silenceMax, Duration stuckMax,
        Duration closeMax) {

    public static final int FREE = 0;

    /// The port after the page's, or a free one where that is taken.
    public static final int NEXT = -1;

    public static final WebSocketOptions DEFAULT = new WebSocketOptions(NEXT, 64 << 10, Duration.ofSeconds(120),
            12_000, 1_000, 16 << 10, Duration.ofSeconds(15), Duration.ofSeconds(45), Duration.ofSeconds(20),
            Duration.ofSeconds(5));

    /// What all requests that are coming in may take together beyond their first kilobytes: what one in fifty
    /// connections would, with the longest request.
    long headsMax() {
        return Math.max(headerBytesMax, (long) connectionsMax * headerBytesMax / 50);
    }
}
