package e2e.soak;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import support.Await;

/// Connections that do no work: idle ones, slow ones, which send a byte now and then, and deaf ones, which request much
/// and read nothing. One that is closed connects again.
final class Crowd implements AutoCloseable {

    private static final int LOOK_MS = 500;
    private static final int RECEIVE_BYTES = 4 << 10;
    private static final String[] ASKED = {"/api/tasks?limit=1000&full=true", "/api/backup"};
    /// One in this many of the deaf ones follows the events: each costs as much as one that reads, until its buffers
    /// are full.
    private static final int FOLLOWS = 3;
    private static final byte[] SLOWLY = ("POST /api/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
            + "application/json\r\nX-Slow: " + "x".repeat(4_000)).getBytes(StandardCharsets.US_ASCII);

    private final int port;
    private final List<One> all = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread keeper;

    /// One of the connections, by its number.
    private final class One {
        private final int number;
        private Socket socket;
        private int sent;

        One(int number) {
            this.number = number;
        }

        private boolean isSlow() {
            return number % 4 == 1;
        }

        private boolean isDeaf() {
            return number % 4 == 3;
        }

        void look() {
            try {
                if (socket == null) {
                    sent = 0;
                    socket = new Socket();
                    socket.setReceiveBufferSize(RECEIVE_BYTES);
                    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), LOOK_MS);
                    if (isDeaf()) {
                        String asked = number / 4 % FOLLOWS == 0 ? "/api/events?since=0"
                                : ASKED[number / 4 % ASKED.length];
                        socket.getOutputStream().write(("GET " + asked + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                    }
                }
                if (isSlow()) {
                    socket.getOutputStream().write(SLOWLY[sent++ % SLOWLY.length]);
                }
            } catch (IOException ended) {
                leave();
            }
        }

        void leave() {
            try {
                if (socket != null) {
                    socket.close();
                }
            } catch (IOException closed) {
                // closed is closed
            }
            socket = null;
        }
    }

    /// @param count the number of connections
    Crowd(int port, int count) {
        this.port = port;
        for (int i = 0; i < count; i++) {
            all.add(new One(i));
        }
        keeper = Thread.ofPlatform().name("crowd").start(this::keep);
    }

    private void keep() {
        try {
            do {
                synchronized (all) {
                    all.forEach(One::look);
                }
            } while (!over.await(LOOK_MS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException never) {
            Thread.currentThread().interrupt();
        }
    }

    /// Returns once all of them are connected.
    void awaitAll() {
        Await.until("all of the crowd are there", () -> {
            synchronized (all) {
                return all.stream().allMatch(one -> one.socket != null);
            }
        });
    }

    /// Lets all connect again, because there is a new server.
    void comeAgain() {
        synchronized (all) {
            all.forEach(One::leave);
        }
    }

    @Override
    public void close() {
        over.countDown();
        try {
            keeper.join();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
        all.forEach(One::leave);
    }
}
