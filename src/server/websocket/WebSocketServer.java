package server.websocket;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

import server.access.Guard;
import server.access.Guard.Request;
import server.access.OtherLoopback;
import server.access.Scope;
import server.clock.Rounds;
import server.tls.Tls;
import shared.LogValue;
import shared.Problem;

/// Listens for WebSocket connections and supervises them: who may connect, how many, and for how long without a sign of
/// life.
public final class WebSocketServer implements AutoCloseable {

    private static final Logger LOG = System.getLogger("server.websocket");

    private static final int BACKLOG = 1_024;
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final long ACCEPT_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long FAREWELL_NANOS = Duration.ofSeconds(1).toNanos();

    private final WebSocketOptions options;
    /// Null for none.
    private final Tls tls;
    private final ServerSocket socket;
    /// The listener on the other loopback address; null if there is none.
    private final ServerSocket other;
    private final Guard guard;
    private final int pagePort;
    /// Creates a dialogue from the query of a request.
    private final Function<String, Supplier<Dialogue>> dialogues;
    private final IntConsumer answered;
    /// Its lock is for the thread that waits until it is empty.
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    /// The permits for further WebSockets.
    private final Semaphore room;
    /// The memory left for incoming requests, in bytes.
    private final AtomicLong headRoom;
    private volatile boolean closed;
    /// The time between two looks at all connections.
    private final Duration pause;
    // used only by the thread that looks, as System.nanoTime()
    /// When the next look is due.
    private long due = System.nanoTime();
    /// Since when the process has not been held up.
    private long awake = due;

    private WebSocketServer(WebSocketOptions options, Tls tls, ServerSocket socket, Guard guard, int pagePort,
            Function<String, Supplier<Dialogue>> dialogues, IntConsumer answered) {
        this.options = options;
        Duration quarter = options.pingEvery().dividedBy(4);
        pause = quarter.compareTo(LOOK_EVERY) < 0 ? quarter : LOOK_EVERY;
        this.tls = tls;
        room = new Semaphore(options.streamsMax());
        headRoom = new AtomicLong(options.headsMax());
        this.socket = socket;
        other = OtherLoopback.listen(guard.boundTo(), (InetSocketAddress) socket.getLocalSocketAddress(),
                address -> listen(address.getAddress(), address.getPort()));
        this.guard = guard;
        this.pagePort = pagePort;
        this.dialogues = dialogues;
        this.answered = answered;
    }

    /// Starts to listen.
    ///
    /// @param tls       null for none
    /// @param page      the address on which the HTTP server listens: the same address is bound here
    /// @param dialogues creates a dialogue from the query of a request (null for none); may throw a [Problem]
    /// @param answered  receives the status of each answer, 101 for a WebSocket; called by any thread
    /// @throws IOException if the address cannot be bound, with a message for people
    public static WebSocketServer start(WebSocketOptions options, Tls tls, Guard guard, InetSocketAddress page,
            Function<String, Supplier<Dialogue>> dialogues, IntConsumer answered) throws IOException {
        WebSocketServer server = new WebSocketServer(options, tls, bind(page, options.port()), guard,
                page.getPort(), dialogues, answered);
        server.begin(server.socket);
        if (server.other != null) {
            server.begin(server.other);
        }
        new Rounds("websocket-look", server.pause, server::lookAfterAll,
                () -> !server.closed || !server.connections.isEmpty()).begin();
        return server;
    }

    private void begin(ServerSocket listener) {
        // with a virtual thread, the JDK would start its poller before any client has come, which delays the server's
        // start
        Thread.ofPlatform().name("websocket-accept").daemon().start(() -> accept(listener));
    }

    private static ServerSocket bind(InetSocketAddress page, int port) throws IOException {
        InetAddress address = page.getAddress();
        if (port != WebSocketOptions.NEXT) {
            return listen(address, port);
        }
        int next = page.getPort() + 1;
        try {
            return listen(address, next > 65_535 ? 0 : next);
        } catch (IOException taken) {
            ServerSocket free = listen(address, 0);
            LOG.log(Level.WARNING, "event=ws_port_taken port=" + next + " instead=" + free.getLocalPort());
            return free;
        }
    }

    private static ServerSocket listen(InetAddress address, int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.bind(new InetSocketAddress(address, port), BACKLOG);
            return socket;
        } catch (IOException cannot) {
            socket.close();
            throw new IOException("cannot listen for WebSocket on " + address.getHostAddress() + ":" + port + ": "
                    + cannot.getMessage(), cannot);
        }
    }

    /// Returns the port on which it listens.
    public int port() {
        return socket.getLocalPort();
    }

    /// Returns the number of open WebSockets.
    int open() {
        return (int) connections.stream().filter(Connection::open).count();
    }

    private void accept(ServerSocket listener) {
        while (!closed) {
            try {
                Socket client = listener.accept();
                if (closed || connections.size() >= options.connectionsMax()) {
                    client.close();
                } else {
                    begin(client);
                }
            } catch (IOException failed) {
                if (!closed) {
                    // most likely too many files are open
                    LOG.log(Level.WARNING, "event=accept_failed reason=" + LogValue.of(failed.getMessage()));
                    LockSupport.parkNanos(ACCEPT_PAUSE_NANOS);
                }
            } catch (RuntimeException | Error failure) {
                // most likely out of memory; nobody else would accept
                LOG.log(Level.ERROR, "event=accept_failed", failure);
                LockSupport.parkNanos(ACCEPT_PAUSE_NANOS);
            }
        }
    }

    private void begin(Socket client) {
        Entry entry = new Entry();
        Connection connection = new Connection(client, tls, options, entry);
        connections.add(connection);
        try {
            Thread.ofVirtual().name("websocket-read").start(() -> {
                try {
                    connection.run();
                } finally {
                    entry.leave();
                    leave(connection);
                }
            });
        } catch (RuntimeException | Error notStarted) {
            connection.abort();
            leave(connection);
            throw notStarted;
        }
    }

    private void leave(Connection connection) {
        synchronized (connections) {
            connections.remove(connection);
            connections.notifyAll();
        }
    }

    /// The admission of one connection, and its end.
    private final class Entry implements Entrance {

        private boolean admitted;
        private volatile String token;
        private int taken;

        @Override
        public boolean takes(int bytes) {
            if (headRoom.addAndGet(-bytes) < 0) {
                headRoom.addAndGet(bytes);
                return false;
            }
            taken += bytes;
            return true;
        }

        @Override
        public Supplier<Dialogue> admit(RequestHead request, InetAddress from) throws InterruptedException {
            Request asked = new Request(from, request.protocol(), request.uri(), request.headers());
            boolean tokenNeeded = guard.check(asked, pagePort, false);
            String bearer = asked.bearer();
            token = bearer != null ? bearer : Handshake.token(request.headers());
            guard.identify(asked, token, Scope.READ, tokenNeeded);
            Handshake.check(request);
            if (closed) {
                throw new Problem(503, "the server is stopping");
            }
            Supplier<Dialogue> dialogue = dialogues.apply(request.uri().getRawQuery());
            admitted = room.tryAcquire();
            if (!admitted) {
                throw new Problem(503, "already " + options.streamsMax() + " WebSockets are open, which is the limit");
            }
            giveBack();
            return dialogue;
        }

        @Override
        public void answered(int status) {
            answered.accept(status);
        }

        @Override
        public boolean stillAdmits() {
            return guard.stillPasses(token);
        }

        private void giveBack() {
            headRoom.addAndGet(taken);
            taken = 0;
        }

        void leave() {
            giveBack();
            if (admitted) {
                room.release();
            }
        }
    }

    private void lookAfterAll() {
        long now = System.nanoTime();
        // the process was suspended, or the machine slept
        awake = now - due > LOOK_EVERY.toNanos() ? now : awake;
        connections.forEach(connection -> connection.look(now, awake));
        due = System.nanoTime() + pause.toNanos();
    }

    /// Stops listening, closes all connections, and waits briefly until they have ended.
    @Override
    public void close() {
        closed = true;
        try {
            socket.close();
            if (other != null) {
                other.close();
            }
        } catch (IOException alreadyClosed) {
            // it is closed anyway
        }
        connections.forEach(connection -> {
            if (connection.open()) {
                connection.close(new Close(Close.GOING_AWAY, "the server stops"));
            } else {
                connection.abort();
            }
        });
        long end = System.nanoTime() + FAREWELL_NANOS;
        synchronized (connections) {
            for (long left = FAREWELL_NANOS; left > 0 && !connections.isEmpty(); left = end - System.nanoTime()) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(connections, left);
                } catch (InterruptedException hurried) {
                    Thread.currentThread().interrupt();
                    left = 0;
                }
            }
        }
        connections.forEach(Connection::abort);
    }
}
