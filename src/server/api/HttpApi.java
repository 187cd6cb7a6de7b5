package server.api;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import server.access.NamedTokens;
import server.access.RequestLimits;
import server.access.Scope;
import server.action.Actions;
import server.cron.CronRequests;
import server.dispatch.Dispatcher.Progress;
import server.dispatch.Hosts;
import server.http.Answer;
import server.http.LiveOutputs;
import server.http.Routes;
import server.http.WebFiles;
import server.http.WebRequest;
import server.http.WebServer;
import server.live.EventHub;
import server.live.Memory;
import server.metrics.Metrics;
import server.queue.Compaction;
import server.order.ahead.Explanation;
import server.order.ahead.Outlook;
import server.order.limits.ClientBudgets;
import server.queue.TaskQueue;
import server.settings.Setting;
import server.settings.Settings;
import server.stats.History;
import server.task.SubmissionReader;
import server.task.Task;
import server.websocket.Dialogue;
import shared.json.Slice;

/// All that the server answers. [#routes] is its table of contents.
public final class HttpApi {

    public static final Setting<Integer> TASK_BYTES = Setting.size("limits.task_bytes", "1KiB", "1GiB")
            .byDefault("16MiB").says("largest body of a submit, and largest task of a batch");
    static final Setting<Integer> BATCH_BYTES = Setting.size("limits.batch_bytes", "1KiB", "1GiB").byDefault("64MiB")
            .says("largest body of a batch");
    static final Setting<Integer> BATCH_TASKS = Setting.integer("limits.batch_tasks", 1, 10_000_000)
            .byDefault("100000").says("most tasks of a batch");
    static final Setting<Integer> OTHER_BODY_BYTES = Setting.size("limits.other_body_bytes", "1KiB", "1GiB")
            .byDefault("64KiB").says("largest body of any other request");
    static final Setting<Integer> LIST = Setting.integer("limits.list", 1, 1_000_000).byDefault("1000")
            .says("most tasks in one array of a listing");
    static final Setting<Duration> WAIT = Setting.duration("limits.wait", "1s", "1d").byDefault("10m")
            .says("longest long-poll");
    public static final List<Setting<?>> SETTINGS = List.of(TASK_BYTES, BATCH_BYTES, BATCH_TASKS, OTHER_BODY_BYTES,
            WebServer.BODIES_BYTES, LIST, WAIT);

    /// How often an idle event stream gives a sign of life.
    private static final Duration PING_EVERY = Duration.ofSeconds(15);

    /// What the API stands on.
    ///
    /// @param standing says how tasks stand at the moment
    /// @param held    why no attempt begins for the server's own trouble; null if there is none
    /// @param cloud   what the hosts tell of Ollama's cloud; null if nothing
    /// @param data    the folder of the journal
    /// @param tokens  those of the data directory
    public record Parts(TaskQueue queue, Compaction compaction, EventHub events, SubmissionReader submissions,
            ClientBudgets budgets, Hosts hosts, Standing standing, Supplier<String> held, InstantSource clock,
            CronRequests crons, Actions actions, History history, Supplier<Slice> cloud, Path data,
            NamedTokens tokens) {
    }

    /// How tasks stand at the moment.
    ///
    /// @param explain  of one task
    /// @param outlook  of all pending ones; true: and which of them start next
    /// @param progress of what runs
    public record Standing(Function<Task, Explanation> explain, Function<Boolean, Outlook> outlook,
            Supplier<List<Progress>> progress) {
    }

    private final Settings settings;
    private final Duration pingEvery;
    private final Parts parts;
    private final WebServer web;
    private final QueueApi queueApi;
    private final ServerApi serverApi;
    private final WebFiles files;

    /// @param web what it is served by
    public HttpApi(Settings settings, Parts parts, WebServer web) {
        this(settings, PING_EVERY, parts, web);
    }

    HttpApi(Settings settings, Duration pingEvery, Parts parts, WebServer web) {
        this.settings = settings;
        this.pingEvery = pingEvery;
        this.parts = parts;
        this.web = web;
        queueApi = new QueueApi(parts);
        serverApi = new ServerApi(settings, parts.queue(), parts.held(), web::stopping);
        files = WebFiles.load(serverApi::webSocketPort);
    }

    /// Answers with the page.
    public Answer page(WebRequest request) {
        return files.page(request);
    }

    /// Tells clients from now on that WebSocket is served at this port.
    public void announce(int wsPort) {
        serverApi.announce(wsPort);
    }

    /// What is said on a WebSocket.
    ///
    /// @param rawQuery of its request; null: none
    /// @return begins the dialogue, for the calling thread
    /// @throws shared.Problem 400, 404 or 409
    public Supplier<Dialogue> dialogue(String rawQuery) {
        EventsWanted wanted = EventsWanted.parse(rawQuery, parts.queue());
        return () -> new LiveDialogue(parts, queueApi, memory(), wanted);
    }

    private Memory memory() {
        return new Memory(web.bodies()::take, web.bodies()::giveBack);
    }

    /// Every method and path, with what a token must allow for it and the query parameters that it knows.
    public Routes routes() {
        TaskQueue queue = parts.queue();
        Warnings warnings = new Warnings(queue, parts.clock());
        TaskApi tasks = new TaskApi(settings, queue, parts.submissions(), parts.budgets(),
                parts.standing().explain(), warnings, parts.events().answers());
        BatchApi batches = new BatchApi(settings, queue, parts.submissions(), parts.budgets(), warnings);
        Searches searches = new Searches(4, Duration.ofSeconds(10), web.gone());
        TaskFilters filters = new TaskFilters(queue, parts.clock());
        ListApi lists = new ListApi(settings, queue, filters, parts.standing(), searches);
        ActionApi actions = new ActionApi(settings, filters, parts.actions(), searches, parts.clock());
        LiveOutputs live = new LiveOutputs(settings.get(RequestLimits.EVENT_STREAMS), pingEvery);
        EventsApi events = new EventsApi(queue, parts.events(), live, memory());
        BackendsApi backends = new BackendsApi(parts.hosts());
        NowApi now = new NowApi(queue, parts.standing(), parts.history(), parts.data(), parts.clock());
        JournalApi journal = new JournalApi(queue, parts.compaction(), parts.clock());
        CronApi crons = new CronApi(settings, parts.crons(), parts.clock(), warnings);
        TokensApi tokens = new TokensApi(settings, parts.tokens());
        Routes routes = new Routes();
        files.addTo(routes);
        return routes
                .add("GET", "/api/cron", Scope.READ, crons::list, "limit", "offset")
                .add("POST", "/api/cron", Scope.ADMIN, crons::create, "replace")
                .add("GET", "/api/cron/preview", Scope.READ, crons::preview, "expr", "tz", "id", "count", "from")
                .add("GET", "/api/cron/{id}", Scope.READ, crons::show)
                .add("PUT", "/api/cron/{id}", Scope.ADMIN, crons::update)
                .add("DELETE", "/api/cron/{id}", Scope.ADMIN, crons::remove)
                .add("PUT", "/api/cron/{id}/enable", Scope.ADMIN, crons::enable)
                .add("PUT", "/api/cron/{id}/disable", Scope.ADMIN, crons::disable)
                .add("POST", "/api/cron/{id}/run", Scope.ADMIN, crons::run)
                .add("POST", "/api/tasks", Scope.SUBMIT, tasks::submit, "dry_run")
                .add("POST", "/api/tasks/batch", Scope.SUBMIT, batches::submit)
                .add("GET", "/api/tasks", Scope.READ, lists::list, ListApi.PARAMETERS)
                .add("GET", "/api/tasks/causes", Scope.READ, lists::causes, TaskFilters.and("limit"))
                .add("GET", "/api/tasks/actions", Scope.READ, actions::list)
                .add("POST", "/api/tasks/actions", Scope.SUBMIT, actions::begin)
                .add("GET", "/api/tasks/actions/{id}", Scope.READ, actions::show)
                .add("POST", "/api/tasks/actions/{id}/stop", Scope.SUBMIT, actions::stop)
                .add("GET", "/api/tasks/{id}", Scope.READ, tasks::show, "wait")
                .add("GET", "/api/tasks/{id}/explain", Scope.READ,
                        new ExplainApi(queue, parts.standing().explain())::show)
                .add("GET", "/api/tasks/{id}/events", Scope.READ, events::openTask)
                .add("POST", "/api/tasks/{id}/cancel", Scope.SUBMIT, tasks::cancel)
                .add("POST", "/api/tasks/{id}/priority", Scope.SUBMIT, tasks::changePriority)
                .add("POST", "/api/tasks/{id}/retry", Scope.SUBMIT, tasks::retry)
                .add("DELETE", "/api/tasks/{id}", Scope.SUBMIT, tasks::delete)
                .add("GET", "/api/now", Scope.READ, now::show)
                .add("GET", "/api/status", Scope.READ, queueApi::status)
                .add("GET", "/api/stats", Scope.READ, queueApi::status)
                .add("GET", "/api/stats/history", Scope.READ,
                        new HistoryApi(parts.history(), parts.clock())::show, "window")
                .add("POST", "/api/queue/pause", Scope.ADMIN, queueApi::pause)
                .add("POST", "/api/queue/resume", Scope.ADMIN, queueApi::resume)
                .add("POST", "/api/queue/drain", Scope.ADMIN, queueApi::drain)
                .add("POST", "/api/journal/compact", Scope.ADMIN, journal::compact)
                .add("GET", "/api/backup", Scope.ADMIN, journal::download)
                .add("GET", "/api/backends", Scope.READ, backends::list)
                .add("POST", "/api/backends/{id}/enable", Scope.ADMIN, backends::enable)
                .add("POST", "/api/backends/{id}/disable", Scope.ADMIN, backends::disable)
                .add("GET", "/api/tokens", Scope.ADMIN, tokens::list)
                .add("POST", "/api/tokens", Scope.ADMIN, tokens::add)
                .add("DELETE", "/api/tokens/{id}", Scope.ADMIN, tokens::revoke)
                .add("GET", "/api/events", Scope.READ, events::open, EventsApi.PARAMETERS)
                .add("GET", "/api/info", Scope.READ, serverApi::info)
                .add("GET", "/metrics", Scope.READ, new Metrics(queue, parts.hosts(), parts.history(), parts.events(),
                        parts.compaction(), web.traffic(), parts.clock())::show)
                .add("GET", "/healthz", Scope.OPEN, serverApi::health)
                .add("GET", "/readyz", Scope.OPEN, serverApi::ready)
                .add("GET", "/Client.java", Scope.OPEN, serverApi::client);
    }
}
