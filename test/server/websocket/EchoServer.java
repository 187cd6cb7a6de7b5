package server.websocket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;

import server.access.Guard;
import server.access.TestTokens;
import server.access.Tokens;
import server.settings.Settings;
import server.tls.Tls;

/// A server on a free port that echoes what it receives, with short limits. At `flood` it sends without end; at `fault`
/// it fails.
final class EchoServer implements AutoCloseable {

    static final int MESSAGE_MAX = 1 << 20;
    static final int PAGE_PORT = 8_123;

    static final WebSocketOptions OPTIONS = new WebSocketOptions(0, 4 << 10, Duration.ofMinutes(1), 100, 50,
            MESSAGE_MAX, Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(10),
            Duration.ofSeconds(3));

    final WebSocketServer server;

    EchoServer(WebSocketOptions options) throws IOException {
        this(options, new Guard("localhost", InetAddress.getLoopbackAddress(), Settings.DEFAULT, TestTokens.none(),
                () -> "box"));
    }

    EchoServer(WebSocketOptions options, Guard guard) throws IOException {
        this(options, null, guard);
    }

    /// @param tls null: without TLS
    EchoServer(WebSocketOptions options, Tls tls, Guard guard) throws IOException {
        server = WebSocketServer.start(options, tls, guard,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), PAGE_PORT), query -> Echo::new, status -> { });
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
    }

    private static final class Echo implements Dialogue {

        private static final byte[] NOISE = new byte[8 << 10];

        private boolean flood;

        @Override
        public void hear(byte[] message, boolean binary, FrameWriter out) throws IOException {
            if (Arrays.equals(message, Frames.utf8("fault"))) {
                throw new IllegalStateException("as the test asked");
            }
            flood |= Arrays.equals(message, Frames.utf8("flood"));
            out.frame(binary ? FrameHead.BINARY : FrameHead.TEXT, message, 0, message.length);
        }

        @Override
        public boolean speak(FrameWriter out) throws IOException {
            if (flood) {
                out.frame(FrameHead.BINARY, NOISE, 0, NOISE.length);
            }
            return flood;
        }

        @Override
        public void close() {
        }
    }
}
