package server.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;

import support.Await;

/// A process that was stopped, or whose machine slept, restarts its peers' time limits, because what they sent
/// meanwhile is still unread in the sockets.
final class HeldUpTest {

    private static final Entrance OPEN = new Entrance() {
        @Override
        public boolean takes(int bytes) {
            return true;
        }

        @Override
        public void answered(int status) {
        }

        @Override
        public boolean stillAdmits() {
            return true;
        }

        @Override
        public Supplier<Dialogue> admit(RequestHead request, InetAddress from) {
            return Silence::new;
        }
    };

    private static final class Silence implements Dialogue {

        @Override
        public void hear(byte[] message, boolean binary, FrameWriter out) {
        }

        @Override
        public boolean speak(FrameWriter out) {
            return false;
        }

        @Override
        public void close() {
        }
    }

    @Test
    void look_afterTheProcessWasStopped_leavesASilentPeerItsTime() throws Exception {
        try (ServerSocket listener = new ServerSocket()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (RawClient client = new RawClient(listener.getLocalPort())) {
                WebSocketOptions all = EchoServer.OPTIONS;
                // on a loaded machine the ping may still count as being written
                WebSocketOptions patient = new WebSocketOptions(0, all.headerBytesMax(), all.requestTimeMax(), 5, 3,
                        all.messageMax(), all.pingEvery(), all.silenceMax(), Duration.ofDays(1), all.closeMax());
                Connection connection = new Connection(listener.accept(), null, patient, OPEN);
                Thread reader = Thread.ofVirtual().start(connection::run);
                client.send(RawClient.request("/ws").getBytes(StandardCharsets.US_ASCII));
                assertTrue(client.answer().startsWith("HTTP/1.1 101 "));
                Await.until("it is open", connection::open);
                long stopped = System.nanoTime() + Duration.ofHours(1).toNanos();
                connection.look(stopped, stopped);
                assertEquals("89 ", client.shown(), "a ping, and no close");
                connection.look(stopped + Duration.ofSeconds(19).toNanos(), stopped);
                assertEquals("89 ", client.shown(), "a ping, and no close");
                connection.look(stopped + Duration.ofSeconds(21).toNanos(), stopped);
                assertEquals("88 1008 no sign of life for 20 s", client.shown());
                client.send(Frames.close(1008, "")).end();
                reader.join();
            }
        }
    }

    @Test
    void receive_afterTheProcessWasStopped_readsWhatLiesThere() throws Exception {
        WebSocketOptions all = EchoServer.OPTIONS;
        WebSocketOptions quick = new WebSocketOptions(0, all.headerBytesMax(), Duration.ofMillis(50), 5, 3,
                all.messageMax(), all.pingEvery(), all.silenceMax(), all.stuckMax(), all.closeMax());
        assertTrue(new Reception(new LateSocket(), quick, OPEN).receive() != null);
    }

    /// Its reads time out far too late, the first time.
    private static final class LateSocket extends Socket {

        private boolean again;

        @Override
        public InputStream getInputStream() {
            return new InputStream() {
                @Override
                public int read() {
                    throw new AssertionError("byte by byte");
                }

                @Override
                public int read(byte[] into, int from, int most) throws SocketTimeoutException {
                    if (!again) {
                        again = true;
                        long end = System.nanoTime() + Duration.ofMillis(1_200).toNanos();
                        while (System.nanoTime() < end) {
                            LockSupport.parkNanos(end - System.nanoTime());
                        }
                        throw new SocketTimeoutException();
                    }
                    byte[] request = RawClient.request("/ws").getBytes(StandardCharsets.US_ASCII);
                    System.arraycopy(request, 0, into, from, request.length);
                    return request.length;
                }
            };
        }

        @Override
        public OutputStream getOutputStream() {
            return OutputStream.nullOutputStream();
        }

        @Override
        public InetAddress getInetAddress() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public void setSoTimeout(int ms) {
        }

        @Override
        public void shutdownOutput() {
        }
    }
}
