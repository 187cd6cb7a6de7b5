package server.websocket;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import shared.LogValue;
import shared.Problem;

/// The beginning of a connection, while it is HTTP: one request, which becomes a WebSocket or is refused.
final class Reception {

    private static final Logger LOG = System.getLogger("server.websocket");

    /// The memory for a request that every connection may use; beyond it the gate is asked.
    private static final int FIRST_BYTES = 2 << 10;
    /// How long a refused client may take to read the reason, in milliseconds.
    private static final int REFUSED_MAX = 1_000;
    /// How late a timeout must be to show that the process was suspended; the client then gets as much time again.
    private static final long HELD_UP_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// An admitted connection.
    ///
    /// @param rest the bytes received after the request
    record Admitted(Supplier<Dialogue> dialogue, byte[] rest) {
    }

    private final Socket socket;
    private final WebSocketOptions options;
    private final Entrance gate;

    private byte[] bytes;
    private int length;

    Reception(Socket socket, WebSocketOptions options, Entrance gate) {
        this.socket = socket;
        this.options = options;
        this.gate = gate;
        bytes = new byte[Math.min(FIRST_BYTES, options.headerBytesMax())];
    }

    /// Reads the request and answers it.
    ///
    /// @return null if the client was refused or has left
    Admitted receive() throws IOException, InterruptedException {
        try {
            int end = readHead();
            if (end < 0) {
                return null;
            }
            RequestHead request = RequestHead.parse(bytes, end);
            Supplier<Dialogue> dialogue = gate.admit(request, socket.getInetAddress());
            socket.getOutputStream().write(Handshake.accept(request));
            gate.answered(Handshake.SWITCHED);
            return new Admitted(dialogue, Arrays.copyOfRange(bytes, end, length));
        } catch (Problem problem) {
            refuse(problem);
        } catch (SocketTimeoutException late) {
            refuse(new Problem(408, "the request did not arrive within " + options.requestTimeMax().toSeconds()
                    + " s"));
        }
        return null;
    }

    /// Reads the head of the request; returns its length in `bytes`, or -1 if the client left before its end.
    private int readHead() throws IOException {
        InputStream in = socket.getInputStream();
        long by = System.nanoTime() + options.requestTimeMax().toNanos();
        int end = -1;
        while (end < 0) {
            if (length == options.headerBytesMax()) {
                throw new Problem(431, "the request is too long: at most " + length + " bytes are allowed");
            }
            if (length == bytes.length) {
                int more = Math.min(length, options.headerBytesMax() - length);
                if (!gate.takes(more)) {
                    throw new Problem(503, "incoming requests hold " + options.headsMax()
                            + " bytes together, which is the limit");
                }
                bytes = Arrays.copyOf(bytes, length + more);
            }
            long now = System.nanoTime();
            if (now - by > HELD_UP_NANOS) {
                // the process was suspended, or the machine slept: what arrived meanwhile has not been read
                by = now + HELD_UP_NANOS;
            }
            long left = TimeUnit.NANOSECONDS.toMillis(by - now);
            if (left <= 0) {
                throw new SocketTimeoutException();
            }
            socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
            int count;
            try {
                count = in.read(bytes, length, bytes.length - length);
            } catch (SocketTimeoutException over) {
                continue;
            }
            if (count < 0) {
                return -1;
            }
            end = RequestHead.end(bytes, length, length + count);
            length += count;
        }
        socket.setSoTimeout(0);
        return end;
    }

    private void refuse(Problem problem) throws IOException {
        LOG.log(Level.DEBUG, () -> "event=websocket_refused status=" + problem.status() + " reason="
                + LogValue.of(problem.getMessage()));
        gate.answered(problem.status());
        socket.getOutputStream().write(Handshake.refuse(problem));
        socket.shutdownOutput();
        // reading continues for a while, so that the answer is not lost to a reset; a client that sends on and on is
        // cut off
        long by = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(REFUSED_MAX);
        int left = REFUSED_MAX;
        do {
            socket.setSoTimeout(left);
            left = (int) TimeUnit.NANOSECONDS.toMillis(by - System.nanoTime());
        } while (socket.getInputStream().read(bytes) >= 0 && left > 0);
    }
}
