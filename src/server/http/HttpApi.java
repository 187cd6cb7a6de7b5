package server.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import com.sun.net.httpserver.HttpServer;

import server.cron.Crons;
import server.dispatch.Hosts;
import server.live.Answers;
import server.live.EventHub;
import server.queue.Compaction;
import server.queue.QueueStats;
import server.queue.TaskQueue;
import server.stats.History;
import server.task.SubmissionReader;
import server.task.Task;
import shared.json.JsonWriter;

/// The HTTP side of the server. [#routes] is its table of contents.
public final class HttpApi implements AutoCloseable {

    /// How many connections may wait to be accepted.
    private static final int BACKLOG = 1_024;

    /// What the API stands on.
    ///
    /// @param answers what is being said; the caller has given it the queue's events
    /// @param waiting why a pending task waits, for people (no host is there, …); null if for nothing but its turn
    public record Parts(TaskQueue queue, Compaction compaction, Answers answers, EventHub events,
            SubmissionReader submissions, Hosts hosts, Function<Task, String> waiting, InstantSource clock,
            Crons crons, History history) {
    }

    private final String host;
    private final HttpServer server;
    private final Guard guard;
    private final Bodies bodies;
    private final QueueApi queueApi;
    private final ServerApi serverApi;
    private final ExecutorService handlers;
    private volatile boolean stopping;

    private HttpApi(HttpOptions options, Tokens tokens, Parts parts, HttpServer server) {
        this.host = options.host();
        this.server = server;
        handlers = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http").factory());
        bodies = new Bodies(options.bodiesBytesMax(), options.jsonDepthMax());
        queueApi = new QueueApi(parts.queue(), parts.hosts(), parts.history(), parts.clock());
        serverApi = new ServerApi(options, parts.queue(), () -> stopping);
        guard = new Guard(options.host(), server.getAddress().getAddress(), options.allowedHosts(),
                Guard::machineName);
        guard.become(options.allowedHosts(), tokens);
        server.createContext("/", new Boundary(guard, routes(options, parts), bodies, () -> stopping));
        server.setExecutor(handlers);
    }

    /// Does what else the first answer would have to wait for: the names of time zones, for its `Date`, take 8 ms.
    public static void warmUp() {
        DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss zzz", Locale.US).withZone(ZoneId.of("GMT"))
                .format(Instant.EPOCH);
    }

    /// Sets what `jdk.httpserver` takes from system properties, once, when its first server is made. Call it before
    /// that. What a user has set stays.
    public static void prepare(HttpOptions options) {
        property("sun.net.httpserver.nodelay", "true");
        // an idle connection beyond this number is closed after its answer, and its client's next request fails
        property("sun.net.httpserver.maxIdleConnections", options.connectionsMax());
        property("jdk.httpserver.maxConnections", options.connectionsMax());
        // longer than clients keep one, so that it is the client that closes: no request meets a closing connection
        property("sun.net.httpserver.idleInterval", 75);
        property("sun.net.httpserver.maxReqTime", options.requestTimeMax().toSeconds());
        property("sun.net.httpserver.maxReqHeaderSize", options.headerBytesMax());
    }

    /// Begins to serve everybody.
    public static HttpApi start(HttpOptions options, Parts parts) throws IOException {
        return start(options, Tokens.NONE, parts);
    }

    /// Begins to serve.
    ///
    /// @throws IOException the address cannot be bound, with a message for people
    public static HttpApi start(HttpOptions options, Tokens tokens, Parts parts) throws IOException {
        HttpServer server = bind(new InetSocketAddress(options.host(), options.port()));
        HttpApi api = new HttpApi(options, tokens, parts, server);
        server.start();
        return api;
    }

    private static HttpServer bind(InetSocketAddress address) throws IOException {
        try {
            return HttpServer.create(address, BACKLOG);
        } catch (IOException | UnresolvedAddressException cannot) {
            throw new IOException("cannot listen on " + address.getHostString() + ":" + address.getPort() + ": "
                    + (address.isUnresolved() ? "unknown host" : cannot.getMessage()), cannot);
        }
    }

    /// The address or name that it was told to bind.
    public String host() {
        return host;
    }

    /// The address that it listens on.
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /// From now on lets others in.
    ///
    /// @param allowedHosts in lower case
    public void admit(Set<String> allowedHosts, Tokens tokens) {
        guard.become(allowedHosts, tokens);
    }

    /// Who may ask, also for others who listen.
    public Guard guard() {
        return guard;
    }

    /// What bodies and answers may take of memory, also those of others.
    public Bodies memory() {
        return bodies;
    }

    /// Writes numbers as `/api/status` shows them.
    public void write(JsonWriter out, QueueStats stats) {
        queueApi.write(out, stats);
    }

    /// From now on tells that WebSocket is to be had at this port.
    public void announce(int wsPort) {
        serverApi.announce(wsPort);
    }

    /// From now on refuses changes with 503; reads and streams go on.
    public void stopIntake() {
        stopping = true;
    }

    /// Closes the listener and all connections, and ends the handlers that still wait.
    @Override
    public void close() {
        stopping = true;
        handlers.shutdownNow();
        server.stop(0);
        try {
            // the queue may be closed next
            handlers.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }

    private Routes routes(HttpOptions options, Parts parts) {
        TaskQueue queue = parts.queue();
        TaskApi tasks = new TaskApi(options, queue, parts.submissions(), parts.waiting());
        BatchApi batches = new BatchApi(options, queue, parts.submissions());
        ListApi lists = new ListApi(options, queue);
        LiveOutputs live = new LiveOutputs(options);
        TaskStream streams = new TaskStream(queue, parts.answers(), live);
        EventsApi events = new EventsApi(queue, parts.events(), live);
        BackendsApi backends = new BackendsApi(parts.hosts());
        CronApi crons = new CronApi(options, parts.crons(), parts.clock());
        Routes routes = new Routes();
        WebFiles.load(serverApi::webSocketPort).addTo(routes);
        return routes
                .add("GET", "/api/cron", crons::list, "limit", "offset")
                .add("POST", "/api/cron", crons::create)
                .add("GET", "/api/cron/preview", crons::preview, "expr", "tz", "id", "count", "from")
                .add("GET", "/api/cron/{id}", crons::show)
                .add("PUT", "/api/cron/{id}", crons::update)
                .add("DELETE", "/api/cron/{id}", crons::remove)
                .add("PUT", "/api/cron/{id}/enable", crons::enable)
                .add("PUT", "/api/cron/{id}/disable", crons::disable)
                .add("POST", "/api/cron/{id}/run", crons::run)
                .add("POST", "/api/tasks", tasks::submit)
                .add("POST", "/api/tasks/batch", batches::submit)
                .add("GET", "/api/tasks", lists::list, ListApi.PARAMETERS)
                .add("GET", "/api/tasks/{id}", tasks::show, "wait")
                .add("GET", "/api/tasks/{id}/events", streams::open)
                .add("POST", "/api/tasks/{id}/cancel", tasks::cancel)
                .add("POST", "/api/tasks/{id}/priority", tasks::changePriority)
                .add("POST", "/api/tasks/{id}/retry", tasks::retry)
                .add("DELETE", "/api/tasks/{id}", tasks::delete)
                .add("GET", "/api/status", queueApi::status)
                .add("GET", "/api/stats", queueApi::status)
                .add("GET", "/api/stats/history", new HistoryApi(parts.history(), parts.clock())::show, "window")
                .add("POST", "/api/queue/pause", queueApi::pause)
                .add("POST", "/api/queue/resume", queueApi::resume)
                .add("POST", "/api/queue/drain", queueApi::drain)
                .add("POST", "/api/journal/compact", new JournalApi(parts.compaction())::compact)
                .add("GET", "/api/backup", new BackupApi(queue, parts.clock())::download)
                .add("GET", "/api/backends", backends::list)
                .add("POST", "/api/backends/{id}/enable", backends::enable)
                .add("POST", "/api/backends/{id}/disable", backends::disable)
                .add("GET", "/api/events", events::open, EventsWanted.PARAMETERS)
                .add("GET", "/api/info", serverApi::info)
                .addOpen("GET", "/healthz", serverApi::health)
                .addOpen("GET", "/readyz", serverApi::ready)
                .addOpen("GET", "/Client.java", serverApi::client);
    }

    private static void property(String name, Object value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value.toString());
        }
    }
}
