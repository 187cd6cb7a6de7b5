package server.websocket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import javax.net.ssl.SSLSocket;

import server.tls.Tls;
import server.websocket.Inbox.Heard;
import shared.LogValue;

/// One connection, from its first byte to its last. Two threads use it: one reads, and owns the socket; one writes, and
/// runs the dialogue. A third checks the timeouts ([#look]), because neither of the two can while it is stuck in the
/// socket.
///
/// ```
///            admitted                    close() by whoever is first              both have seen a Close frame,
///  receiving ────────▶ open (writer set) ────────▶ closing (closing, closingAt) ────────▶ gone
///      │ refused, late                                   │ the peer is not done after closeMax, or abort()   ▲
///      └─────────────────────────────────────────────────┴──────────────────────────────────────────────────┘
/// ```
///
/// | field | written by | read by |
/// |---|---|---|
/// | `writer` | the reading thread, once | all, to wake it and to know whether the connection is open |
/// | `handshakeAt` | the reading thread, around TLS's handshake | `websocket-look` |
/// | `heardAt` | the reading thread, at each frame | `websocket-look` |
/// | `writingSince` | the writing thread, around each write | `websocket-look` |
/// | `pingedAt` | `websocket-look` | `websocket-look` |
/// | `pingDue` | `websocket-look` sets it, the writing thread clears it | the writing thread |
/// | `closing`, `closingAt` | whoever ends the connection first | all |
///
/// The first reason to end counts (`closing`). The writing thread sends it in a Close frame as its last; the reading
/// thread continues until the client's Close frame has arrived, then closes its own half of the socket and reads the
/// rest, so that no client loses the Close frame to a reset.
final class Connection implements MessageReader.Listener {

    private static final Logger LOG = System.getLogger("server.websocket");

    private static final int BUFFER_BYTES = 4 << 10;
    /// How much the system buffers for a client that does not read, in bytes. By default it would be megabytes.
    private static final int SEND_BUFFER_BYTES = 128 << 10;

    private final Socket socket;
    /// Null for none.
    private final Tls tls;
    private final WebSocketOptions options;
    private final Entrance gate;

    private final Inbox inbox;
    private final MessageReader rules;
    private final FrameReader frames;
    /// Why the connection ends; null while it is not ending.
    private final AtomicReference<Close> closing = new AtomicReference<>();

    private volatile Thread writer;
    private volatile boolean pingDue;
    // times by System.nanoTime
    /// When TLS's handshake began; 0 if none is in progress.
    private volatile long handshakeAt;
    private volatile long heardAt;
    private volatile long pingedAt;
    private volatile long closingAt;
    /// When the current write began; 0 if none is in progress.
    private volatile long writingSince;

    /// @param tls null for none
    Connection(Socket socket, Tls tls, WebSocketOptions options, Entrance gate) {
        this.socket = socket;
        this.tls = tls;
        this.options = options;
        this.gate = gate;
        inbox = new Inbox(options.messageMax());
        rules = new MessageReader(options.messageMax(), this);
        frames = new FrameReader(rules);
    }

    /// Serves the connection, on the reading thread, until it has ended.
    void run() {
        try (socket) {
            socket.setTcpNoDelay(true);
            socket.setSendBufferSize(SEND_BUFFER_BYTES);
            Socket talks = tls == null ? socket : handshake();
            Reception.Admitted admitted = new Reception(talks, options, gate).receive();
            if (admitted != null) {
                serve(admitted, talks);
            }
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, () -> "event=websocket_lost reason=" + LogValue.of(gone.getMessage()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error fault) {
            LOG.log(Level.ERROR, "event=internal_error where=websocket", fault);
        } finally {
            close(new Close(Close.ABNORMAL, ""));
        }
    }

    /// Begins to end the connection normally, if it is not ending already. May be called by any thread.
    void close(Close close) {
        long now = System.nanoTime();
        if (closing.get() == null) {
            closingAt = now;
        }
        if (closing.compareAndSet(null, close)) {
            LOG.log(Level.DEBUG, () -> "event=websocket_closing code=" + close.code()
                    + " reason=" + LogValue.of(close.reason()));
            inbox.close();
            wake();
        }
    }

    /// Ends the connection at once.
    void abort() {
        close(new Close(Close.ABNORMAL, ""));
        try {
            socket.close();
        } catch (IOException gone) {
            // it is closed anyway
        }
    }

    /// Returns whether the connection has become a WebSocket.
    boolean open() {
        return writer != null;
    }

    /// Checks the timeouts, and ends what takes too long. Must be called regularly, by one thread.
    ///
    /// @param now   by System.nanoTime, like `awake`
    /// @param awake since when this process has not been suspended: what a client sent before may not have been read
    ///              yet
    void look(long now, long awake) {
        if (!open()) {
            // the rest of the reception checks its time itself
            long begun = handshakeAt;
            if (begun != 0 && now - Math.max(begun, awake) > options.requestTimeMax().toNanos()) {
                abort();
            }
            return;
        }
        long since = writingSince;
        if (closing.get() != null) {
            if (now - Math.max(closingAt, awake) > options.closeMax().toNanos()) {
                abort();
            }
        } else if (since != 0 && now - Math.max(since, awake) > options.stuckMax().toNanos()) {
            LOG.log(Level.INFO, () -> "event=websocket_dropped from=" + socket.getInetAddress().getHostAddress()
                    + " reason=\"the client reads nothing\"");
            abort();
        } else if (!gate.stillAdmits()) {
            close(new Close(Close.POLICY, "its token is no longer valid"));
        } else if (now - Math.max(heardAt, awake) > options.silenceMax().toNanos()) {
            close(new Close(Close.POLICY, "no sign of life for " + options.silenceMax().toSeconds() + " s"));
        } else if (now - Math.max(heardAt, pingedAt) > options.pingEvery().toNanos()) {
            pingedAt = now;
            pingDue = true;
            wake();
        }
    }

    // ---- the reading thread

    /// Performs TLS's handshake. Later the socket below is closed, because closing TLS itself would wait for the other
    /// end.
    private SSLSocket handshake() throws IOException {
        SSLSocket talks = tls.over(socket);
        handshakeAt = System.nanoTime();
        talks.startHandshake();
        handshakeAt = 0;
        return talks;
    }

    private void serve(Reception.Admitted admitted, Socket talks) throws IOException, InterruptedException {
        heardAt = System.nanoTime();
        FrameWriter out = new FrameWriter(new Timed(talks.getOutputStream()));
        Thread thread = Thread.ofVirtual().name("websocket-write").unstarted(() -> write(admitted.dialogue(), out));
        writer = thread;
        thread.start();
        try {
            read(talks.getInputStream(), admitted.rest());
        } catch (Violation violation) {
            close(violation.close());
        } finally {
            // if it was not closing yet, it broke off
            close(new Close(Close.ABNORMAL, ""));
            thread.join();
        }
        if (closing.get().code() != Close.ABNORMAL) {
            talks.shutdownOutput();
            InputStream in = talks.getInputStream();
            byte[] bin = new byte[BUFFER_BYTES];
            while (in.read(bin) >= 0) {
                // sent by the client before it saw the end
            }
        }
    }

    private void read(InputStream in, byte[] rest) throws IOException {
        frames.read(rest, 0, rest.length);
        byte[] buffer = new byte[BUFFER_BYTES];
        while (!rules.closed()) {
            long before = frames.frames();
            int count = in.read(buffer);
            if (count < 0) {
                return;
            }
            frames.read(buffer, 0, count);
            if (frames.frames() != before) {
                heardAt = System.nanoTime();
            }
        }
    }

    @Override
    public void text(byte[] utf8) {
        heard(FrameHead.TEXT, utf8);
    }

    @Override
    public void binary(byte[] bytes) {
        heard(FrameHead.BINARY, bytes);
    }

    @Override
    public void ping(byte[] payload) {
        heard(FrameHead.PING, payload);
    }

    @Override
    public void pong(byte[] payload) {
        // only a sign of life, like every frame
    }

    @Override
    public void closed(Close close) {
        // the echo that RFC 6455 section 5.5.1 requires
        close(new Close(close.code(), ""));
    }

    private void heard(int opcode, byte[] payload) {
        inbox.put(new Heard(opcode, payload));
        wake();
    }

    private void wake() {
        LockSupport.unpark(writer);
    }

    // ---- the writing thread

    private void write(Supplier<Dialogue> opening, FrameWriter out) {
        try {
            try (Dialogue dialogue = opening.get()) {
                boolean idle = false;
                while (closing.get() == null) {
                    if (answer(dialogue, out) || dialogue.speak(out)) {
                        idle = false;
                    } else if (idle) {
                        LockSupport.park(this);
                        idle = false;
                    } else {
                        // waiting for something else since the last check may have consumed a wake-up: check again
                        out.flush();
                        idle = true;
                    }
                }
                while (closing.get().code() != Close.ABNORMAL && answer(dialogue, out)) {
                    // requests that the client sent before its end
                }
            } catch (Violation violation) {
                close(violation.close());
            } catch (RuntimeException | Error fault) {
                LOG.log(Level.ERROR, "event=internal_error where=websocket", fault);
                close(new Close(Close.INTERNAL_ERROR, "internal error; the server's log has more"));
            }
            Close close = closing.get();
            if (close.code() != Close.ABNORMAL) {
                byte[] payload = close.payload();
                out.frame(FrameHead.CLOSE, payload, 0, payload.length);
                out.flush();
            }
        } catch (IOException gone) {
            abort();
        }
    }

    /// Sends a ping if one is due, and handles the client's next message or ping.
    ///
    /// @return whether there was a message or ping
    private boolean answer(Dialogue dialogue, FrameWriter out) throws IOException {
        if (pingDue) {
            pingDue = false;
            out.frame(FrameHead.PING, new byte[0], 0, 0);
        }
        Heard heard = inbox.poll();
        if (heard == null) {
            return false;
        }
        if (heard.opcode() == FrameHead.PING) {
            out.frame(FrameHead.PONG, heard.payload(), 0, heard.payload().length);
        } else {
            dialogue.hear(heard.payload(), heard.opcode() == FrameHead.BINARY, out);
        }
        return true;
    }

    /// The output of the socket, which records the beginning of each write.
    private final class Timed extends OutputStream {

        private final OutputStream out;

        Timed(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            writingSince = System.nanoTime();
            try {
                out.write(bytes, from, count);
            } finally {
                writingSince = 0;
            }
        }
    }
}
