package bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/// A server as seen from far away: data arrives half a round trip later, in either direction, and a connection takes a
/// whole round trip before anything is sent. The bandwidth is unlimited.
final class SlowNetwork implements AutoCloseable {

    private record Piece(byte[] bytes, long dueAt) {
    }

    private final ServerSocket socket;
    private final int port;
    private final long roundTrip;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /// @param port of the server
    SlowNetwork(int port, int roundTripMillis) throws IOException {
        this.port = port;
        roundTrip = roundTripMillis * 1_000_000L;
        socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    /// Ends all connections, as they have ended when a person comes back another day.
    void hangUp() throws IOException {
        for (Socket one : open) {
            one.close();
        }
        open.clear();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket near = socket.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), port);
                near.setTcpNoDelay(true);
                far.setTcpNoDelay(true);
                open.add(near);
                open.add(far);
                pass(near, far, System.nanoTime() + roundTrip);
                pass(far, near, 0);
            } catch (IOException closed) {
                // by close, or the next one is accepted
            }
        }
    }

    /// @param openAt when the connection is established
    private void pass(Socket from, Socket to, long openAt) {
        BlockingQueue<Piece> onTheWay = new LinkedBlockingQueue<>();
        Thread.ofVirtual().start(() -> {
            byte[] buffer = new byte[1 << 16];
            try (InputStream in = from.getInputStream()) {
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    onTheWay.add(new Piece(Arrays.copyOf(buffer, length),
                            Math.max(System.nanoTime(), openAt) + roundTrip / 2));
                }
            } catch (IOException closed) {
                // as at its end
            }
            onTheWay.add(new Piece(null, System.nanoTime() + roundTrip / 2));
        });
        Thread.ofVirtual().start(() -> {
            try (OutputStream out = to.getOutputStream()) {
                for (Piece next = onTheWay.take(); next.bytes != null; next = onTheWay.take()) {
                    for (long left = next.dueAt - System.nanoTime(); left > 0; left = next.dueAt - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                    out.write(next.bytes);
                }
            } catch (IOException | InterruptedException closed) {
                // the other side has it closed
            }
        });
    }

    @Override
    public void close() throws IOException {
        socket.close();
        hangUp();
    }
}
