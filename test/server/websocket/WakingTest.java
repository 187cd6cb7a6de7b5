package server.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;

/// A waking that comes while the writing thread waits for its socket is not lost: the wait uses up its permit.
final class WakingTest {

    /// A socket whose writes are held up while the test says so, by parking, as a virtual thread's are.
    private static final class SlowSocket extends Socket {

        private final PipedInputStream in = new PipedInputStream(1 << 16);
        private final BlockingQueue<String> written = new LinkedBlockingQueue<>();
        private final CountDownLatch held = new CountDownLatch(1);
        private volatile boolean hold;

        @Override
        public InputStream getInputStream() {
            return in;
        }

        @Override
        public OutputStream getOutputStream() {
            return new OutputStream() {
                @Override
                public void write(int b) {
                    throw new AssertionError("byte by byte");
                }

                @Override
                public void write(byte[] bytes, int from, int count) {
                    while (hold) {
                        held.countDown();
                        LockSupport.park();
                    }
                    written.add(new String(bytes, from, count, StandardCharsets.UTF_8));
                }
            };
        }

        @Override
        public InetAddress getInetAddress() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public void setTcpNoDelay(boolean on) {
        }

        @Override
        public void setSendBufferSize(int size) {
        }

        @Override
        public void setSoTimeout(int ms) {
        }

        @Override
        public void shutdownOutput() {
        }
    }

    /// Sends what it receives, and what is put into `news`.
    private static final class News implements Dialogue {

        private final Thread thread = Thread.currentThread();
        private final BlockingQueue<String> news = new LinkedBlockingQueue<>();

        @Override
        public void hear(byte[] message, boolean binary, FrameWriter out) throws IOException {
            out.text(message, 0, message.length);
        }

        @Override
        public boolean speak(FrameWriter out) throws IOException {
            String next = news.poll();
            if (next != null) {
                hear(Frames.utf8(next), false, out);
            }
            return next != null;
        }

        @Override
        public void close() {
        }
    }

    @Test
    void waking_whileTheSocketIsWaitedFor_isNotLost() throws Exception {
        SlowSocket socket = new SlowSocket();
        BlockingQueue<News> dialogues = new LinkedBlockingQueue<>();
        Connection connection = new Connection(socket, null, EchoServer.OPTIONS, new Entrance() {
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
                return () -> {
                    News news = new News();
                    dialogues.add(news);
                    return news;
                };
            }
        });
        Thread reader;
        try (PipedOutputStream client = new PipedOutputStream(socket.in)) {
            reader = Thread.ofVirtual().start(connection::run);
            client.write(RawClient.request("/ws").getBytes(StandardCharsets.US_ASCII));
            client.flush();
            assertTrue(socket.written.poll(10, TimeUnit.SECONDS).startsWith("HTTP/1.1 101 "));
            News news = dialogues.poll(10, TimeUnit.SECONDS);
            socket.hold = true;
            client.write(Frames.text("first"));
            client.flush();
            assertTrue(socket.held.await(60, TimeUnit.SECONDS));

            news.news.add("second");
            LockSupport.unpark(news.thread);
            // the waking has been used up once the thread waits again
            while (news.thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            socket.hold = false;
            LockSupport.unpark(news.thread);
            assertEquals("first", socket.written.poll(10, TimeUnit.SECONDS).substring(2));
            assertEquals("second", socket.written.poll(10, TimeUnit.SECONDS).substring(2));

            client.write(Frames.close(1000, ""));
            client.flush();
        }
        assertTrue(reader.join(Duration.ofSeconds(10)));
    }
}
