package server.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;

import server.access.Guard;
import server.access.NamedTokens;
import server.access.OtherLoopback;
import server.access.RequestLimits;
import server.settings.Setting;
import server.settings.Settings;
import server.task.SubmissionReader;
import server.tls.Tls;

/// Listens for HTTP and passes each request that is allowed to its route, on a virtual thread of its own.
public final class WebServer implements AutoCloseable {

    public static final Setting<String> HOST = Setting.text("server.host").byDefault("localhost")
            .flag("--host ADDRESS").says("address or name to listen on");
    public static final Setting<Integer> PORT = Setting.integer("server.port", 0, 65_535).byDefault("8080")
            .flag("--port N").says("port to listen on; 0 takes a free one");
    /// A body is in memory up to three times while it is processed: as it arrived, as the journal takes it, and in the
    /// answer. The rest must suffice for a small heap too.
    public static final Setting<Long> BODIES_BYTES = Setting.memory("limits.bodies_bytes", "1MiB", "100%")
            .byDefault("20%").says("largest size of all request bodies in memory together; beyond it 503");
    public static final List<Setting<?>> SETTINGS = List.of(HOST, PORT);

    /// The number of connections that may wait to be accepted.
    private static final int BACKLOG = 1_024;
    private static final Duration LOOK_FOR_CALLERS = Duration.ofMillis(500);

    /// How long the answers that report the stop may take, in milliseconds.
    private static final long LAST_WORDS_MS = 500;

    private final String host;
    private final HttpServer server;
    /// The listener on the other loopback address; null if there is none.
    private final HttpServer other;
    private final Guard guard;
    private final Bodies bodies;
    private final GoneCallers gone = new GoneCallers(Path.of("/proc/net"), LOOK_FOR_CALLERS);
    private final SlowRequests slow;
    private final Traffic traffic = new Traffic();
    private final ExecutorService handlers =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http").factory());
    private volatile Routes routes = new Routes();
    private volatile boolean stopping;

    private WebServer(Settings settings, HttpServer server, Tls tls, NamedTokens tokens) {
        this.host = settings.get(HOST);
        this.server = server;
        other = OtherLoopback.listen(host, server.getAddress(), address -> listen(address, tls));
        bodies = new Bodies(settings.get(BODIES_BYTES), settings.get(SubmissionReader.JSON_DEPTH));
        slow = new SlowRequests(settings.get(RequestLimits.REQUEST_TIME), System::nanoTime);
        guard = new Guard(host, server.getAddress().getAddress(), settings, tokens, Guard::machineName);
    }

    /// Loads what would otherwise delay the first answer: the names of time zones, for its `Date`, take 8 ms.
    public static void warmUp() {
        DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss zzz", Locale.US).withZone(ZoneId.of("GMT"))
                .format(Instant.EPOCH);
    }

    /// Sets the system properties of `jdk.httpserver`, which reads them once, when its first server is created: must be
    /// called before that. Properties that the user has set are kept.
    public static void prepare(Settings settings) {
        property("sun.net.httpserver.nodelay", "true");
        // an idle connection beyond this number is closed after its answer, and the client's next request fails
        property("sun.net.httpserver.maxIdleConnections", settings.get(RequestLimits.CONNECTIONS));
        property("jdk.httpserver.maxConnections", settings.get(RequestLimits.CONNECTIONS));
        // longer than clients keep a connection, so that the client closes it, and no request meets a closing
        // connection
        property("sun.net.httpserver.idleInterval", 75);
        // long enough for the largest upload; SlowRequests ends all others earlier
        property("sun.net.httpserver.maxReqTime", Math.max(settings.get(RequestLimits.UPLOAD_TIME).toSeconds(),
                2 * settings.get(RequestLimits.REQUEST_TIME).toSeconds()));
        property("sun.net.httpserver.maxReqHeaderSize", settings.get(RequestLimits.HEADER_BYTES));
    }

    /// Binds the address. Connections wait until [#serve].
    ///
    /// @param tls    null for plain HTTP
    /// @param tokens the named tokens of the data directory
    /// @throws IOException if the address cannot be bound, with a message for people
    public static WebServer bind(Settings settings, Tls tls, NamedTokens tokens) throws IOException {
        InetSocketAddress address = new InetSocketAddress(settings.get(HOST), settings.get(PORT));
        try {
            return new WebServer(settings, listen(address, tls), tls, tokens);
        } catch (IOException | UnresolvedAddressException cannot) {
            throw new IOException("cannot listen on " + address.getHostString() + ":" + address.getPort() + ": "
                    + (address.isUnresolved() ? "unknown host" : cannot.getMessage()), cannot);
        }
    }

    private static HttpServer listen(InetSocketAddress address, Tls tls) throws IOException {
        if (tls == null) {
            return HttpServer.create(address, BACKLOG);
        }
        HttpsServer server = HttpsServer.create(address, BACKLOG);
        server.setHttpsConfigurator(tls.configurator());
        return server;
    }

    /// Begins to answer requests. Must be called once.
    public void serve(Routes all) {
        routes = all;
        Boundary boundary = new Boundary(guard, all, bodies, slow, traffic, this::stopping);
        slow.start();
        serve(server, boundary);
        if (other != null) {
            serve(other, boundary);
        }
    }

    private void serve(HttpServer listener, Boundary boundary) {
        listener.createContext("/", boundary);
        listener.setExecutor(slow.watched(handlers));
        listener.start();
    }

    /// Returns all its routes.
    public List<Routes.Row> rows() {
        return routes.rows();
    }

    /// Returns the configured address or name.
    public String host() {
        return host;
    }

    /// Returns the address on which it listens; on the other loopback address it has the same port.
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /// Returns the guard, which the WebSocket server uses too.
    public Guard guard() {
        return guard;
    }

    /// Returns the accounting of the memory of bodies and answers, which others use too.
    public Bodies bodies() {
        return bodies;
    }

    /// Returns the numbers of answered requests.
    public Traffic traffic() {
        return traffic;
    }

    /// Returns the detector of callers that have left.
    public GoneCallers gone() {
        return gone;
    }

    /// Returns whether changes are refused because the server is stopping.
    public boolean stopping() {
        return stopping;
    }

    /// Refuses changes with 503 from now on; reads and streams continue.
    public void stopIntake() {
        stopping = true;
    }

    /// Closes the listeners and all connections, and ends the handlers that still wait.
    @Override
    public void close() {
        stopping = true;
        gone.close();
        handlers.shutdownNow();
        slow.close();
        try {
            // callers that wait get an answer first
            handlers.awaitTermination(LAST_WORDS_MS, TimeUnit.MILLISECONDS);
            stopListening();
            // the queue may be closed next
            handlers.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException hurried) {
            stopListening();
            Thread.currentThread().interrupt();
        }
    }

    private void stopListening() {
        server.stop(0);
        if (other != null) {
            other.stop(0);
        }
    }

    private static void property(String name, Object value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value.toString());
        }
    }
}
