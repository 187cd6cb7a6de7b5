package server.api;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

import server.access.NamedTokens;
import server.access.RequestLimits;
import server.access.Scope;
import server.action.Actions;
import server.action.plan.ActionJson;
import server.action.plan.ActionKind;
import server.cron.CronRequests;
import server.dispatch.Backend;
import server.dispatch.Dispatcher.Progress;
import server.cron.plan.CronJson;
import server.cron.plan.CronReader;
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
import server.openapi.OpenApi;
import server.openapi.Shapes;
import server.queue.Compaction;
import server.order.ahead.Explanation;
import server.order.ahead.Outlook;
import server.order.limits.ClientBudgets;
import server.queue.TaskQueue;
import server.settings.Loader;
import server.settings.Setting;
import server.settings.Settings;
import server.stats.History;
import server.task.RelayBody;
import server.task.SubmissionReader;
import server.task.TaskJson;
import server.task.Task;
import server.websocket.Dialogue;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.Slice;

/// The HTTP API. [#routes] is its table of contents.
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
    static final Setting<String> NAME = Setting.text("server.name")
            .says("the server's name on the page; if not set, the address at which the page was opened");
    static final Setting<Duration> WAIT = Setting.duration("limits.wait", "1s", "1d").byDefault("10m")
            .says("longest long-poll");
    public static final List<Setting<?>> SETTINGS = List.of(TASK_BYTES, BATCH_BYTES, BATCH_TASKS, OTHER_BODY_BYTES,
            WebServer.BODIES_BYTES, LIST, WAIT, NAME);

    /// The interval of signs of life on an idle event stream.
    private static final Duration PING_EVERY = Duration.ofSeconds(15);

    /// The parts of the server that the API uses.
    ///
    /// @param asked    checks a host
    /// @param standing explains the present state of tasks
    /// @param held     why no attempt may begin because of trouble of the server; null if there is none
    /// @param cloud    what the hosts report of Ollama's cloud; null if nothing
    /// @param data     the folder of the journal
    /// @param tokens   the named tokens
    /// @param loaded   the settings as last read
    public record Parts(TaskQueue queue, Compaction compaction, EventHub events, SubmissionReader submissions,
            ClientBudgets budgets, Hosts hosts, Ask asked, Insight standing, Supplier<String> held,
            InstantSource clock, CronRequests crons, Actions actions, History history, Supplier<Slice> cloud, Path data,
            NamedTokens tokens, Supplier<Loader> loaded) {
    }

    /// Checks a host.
    @FunctionalInterface
    public interface Ask {
        /// Checks a host, and waits for the result.
        ///
        /// @throws Problem 404 if there is no such host
        Backend host(String name) throws InterruptedException;
    }

    /// The present state of tasks.
    ///
    /// @param explain  explains one task
    /// @param outlook  returns the state of all pending tasks, and this many of those that start next
    /// @param progress returns the progress of the running tasks
    public record Insight(Function<Task, Explanation> explain, IntFunction<Outlook> outlook,
            Supplier<List<Progress>> progress) {
    }

    private final Settings settings;
    private final Duration pingEvery;
    private final Parts parts;
    private final WebServer web;
    private final QueueApi queueApi;
    private final ServerApi serverApi;
    private final LiveOutputs live;
    private final WebFiles files;

    /// @param web serves it
    public HttpApi(Settings settings, Parts parts, WebServer web) {
        this(settings, PING_EVERY, parts, web);
    }

    HttpApi(Settings settings, Duration pingEvery, Parts parts, WebServer web) {
        this.settings = settings;
        this.pingEvery = pingEvery;
        this.parts = parts;
        this.web = web;
        live = new LiveOutputs(settings.get(RequestLimits.EVENT_STREAMS), pingEvery);
        serverApi = new ServerApi(settings, parts, web, live::count);
        files = WebFiles.load(serverApi::webSocketPort);
        queueApi = new QueueApi(parts, settings.get(NAME), files.hash());
    }

    /// Returns an answer with the page.
    public Answer page(WebRequest request) {
        return files.page(request);
    }

    /// Answers with the state of the queue.
    public Answer status(WebRequest request) {
        return queueApi.status(request);
    }

    /// Announces the port of the WebSocket server to clients.
    public void announce(int wsPort) {
        serverApi.announce(wsPort);
    }

    /// Prepares the dialogue of a WebSocket.
    ///
    /// @param rawQuery of its request; null for none
    /// @return begins the dialogue, on the thread that calls it
    /// @throws shared.Problem as [EventsWanted#parse]
    public Supplier<Dialogue> dialogue(String rawQuery) {
        EventsWanted wanted = EventsWanted.parse(rawQuery, parts.queue());
        return () -> new LiveDialogue(parts, queueApi, memory(), wanted);
    }

    private Memory memory() {
        return new Memory(web.bodies()::take, web.bodies()::giveBack);
    }

    /// Returns the shapes of bodies and answers, as their readers and writers declare them.
    private static Shapes shapes() {
        Shapes shapes = new Shapes().add("Error = error reason? line?:int column?:int path?")
                .add("parameters = limit:int offset:int count:int since:int full:bool dry_run:bool relayed:bool "
                        + "cut:bool replace:bool chunks:bool wait:duration from:time")
                .add("Batch = count:int ids:[text] warnings?:[text]").add("PriorityAsked = priority:priority")
                .add("asked = priority:priority filter:object action:ActionKind dry_run:bool expect:int "
                        + "with:RetryWith delete:bool "
                        + "input:any messages:[any] prompt:text system:text options:object tools:[any] images:[any]")
                .words("TaskType", Stream.of(TaskType.values()).map(type -> type.text))
                .words("TaskStatus", Stream.of(TaskStatus.values()).map(status -> status.text))
                .words("ActionKind", ActionKind.NAMES.stream());
        Stream.of(TaskJson.SHAPES, CronJson.SHAPES, ActionJson.SHAPES, QueueApi.SHAPES, BackendsApi.SHAPES,
                HistoryApi.SHAPES, ExplainApi.SHAPES, NowApi.SHAPES, ServerApi.SHAPES, JournalApi.SHAPES,
                TokensApi.SHAPES, RelayBody.SHAPES)
                .forEach(shapes::add);
        return shapes.request("Submit", SubmissionReader.KNOWN, "asked", "Task")
                .request("CronAsked", CronReader.KNOWN, "CronSummary")
                .request("ActionAsked", ActionApi.FIELDS, "asked")
                .request("TokenAsked", TokensApi.FIELDS, "tokenAsked", "Token");
    }

    /// Returns all routes, each with its scope, its description and its query parameters.
    public Routes routes() {
        Routes routes = new Routes();
        files.addTo(routes);
        Warnings warnings = new Warnings(parts.queue(), parts.clock());
        addCrons(routes, new CronApi(settings, parts.crons(), parts.clock(), warnings));
        EventsApi events = new EventsApi(parts.queue(), parts.events(), live, memory());
        addTasks(routes, warnings, events);
        addQueue(routes, events);
        addServer(routes);
        return routes;
    }

    private void addCrons(Routes routes, CronApi crons) {
        routes
                .add("GET", "/api/cron", Scope.READ, "lists cron tasks | | 200 [CronSummary]",
                        crons::list, "limit", "offset")
                .add("POST", "/api/cron", Scope.ADMIN,
                        "creates a cron task; with replace, or makes it the same | CronAsked | 201 Cron 409 429 507",
                        crons::create, "replace")
                .add("GET", "/api/cron/preview", Scope.READ,
                        "what an expression or a cron task means, and its next due times | | 200 CronPreview 404 409",
                        crons::preview, "expr", "tz", "id", "count", "from")
                .add("GET", "/api/cron/{id}", Scope.READ, "one cron task, by id or name | | 200 Cron 409", crons::show)
                .add("PUT", "/api/cron/{id}", Scope.ADMIN,
                        "changes the fields that are given | CronAsked | 200 Cron 409 429 507", crons::update)
                .add("DELETE", "/api/cron/{id}", Scope.ADMIN, "deletes a cron task | | 204 409 507", crons::remove)
                .add("PUT", "/api/cron/{id}/enable", Scope.ADMIN, "enables it | | 200 Cron 409 507", crons::enable)
                .add("PUT", "/api/cron/{id}/disable", Scope.ADMIN, "stops it from firing | | 200 Cron 409 507",
                        crons::disable)
                .add("POST", "/api/cron/{id}/run", Scope.ADMIN, "runs it now | | 201 Submitted 409 429 507",
                        crons::run);
    }

    private void addTasks(Routes routes, Warnings warnings, EventsApi events) {
        TaskQueue queue = parts.queue();
        TaskApi tasks = new TaskApi(settings, queue, parts.submissions(), parts.budgets(),
                parts.standing().explain(), warnings, parts.events().answers());
        BatchApi batches = new BatchApi(settings, queue, parts.submissions(), parts.budgets(), warnings);
        Searches searches = new Searches(4, Duration.ofSeconds(10), web.gone());
        TaskFilters filters = new TaskFilters(queue, parts.clock());
        ListApi lists = new ListApi(settings, queue, filters, parts.standing(), searches, parts.clock());
        ActionApi actions = new ActionApi(settings, filters, parts.standing(), parts.actions(), searches,
                parts.clock(), parts.hosts()::check);
        routes
                .add("POST", "/api/tasks", Scope.SUBMIT,
                        "submits a task | Submit Idempotency-Key X-Queue-Client | "
                                + "200 WouldBe 201 Submitted 409 429 507",
                        tasks::submit, "dry_run")
                .add("POST", "/api/tasks/batch", Scope.SUBMIT,
                        "submits many tasks, all or none | [Submit] lines X-Queue-Client | "
                                + "201 Batch 409 429 507",
                        batches::submit)
                .add("GET", "/api/tasks", Scope.READ, "lists tasks | | 200 [Summary] [Task] lines 404 409",
                        lists::list, ListApi.PARAMETERS)
                .add("GET", "/api/tasks/causes", Scope.READ, "why tasks failed or wait, counted | | 200 [FailureCause]",
                        lists::causes, TaskFilters.and("limit"))
                .add("GET", "/api/tasks/actions", Scope.READ, "lists actions | | 200 [Action]", actions::list)
                .add("POST", "/api/tasks/actions", Scope.SUBMIT,
                        "one change for all tasks that match a filter | ActionAsked | "
                                + "200 ActionMatched 202 Action 409 ActionMismatch 429 507",
                        actions::begin)
                .add("GET", "/api/tasks/actions/{id}", Scope.READ, "one action | | 200 Action 409", actions::show)
                .add("POST", "/api/tasks/actions/{id}/stop", Scope.SUBMIT,
                        "stops an action; the changes already made stay | | 200 Action 409 507", actions::stop)
                .add("GET", "/api/tasks/{id}", Scope.READ,
                        "one whole task; with wait, once it has ended or the time is over | | 200 Task 409",
                        tasks::show, "wait")
                .add("GET", "/api/tasks/{id}/explain", Scope.READ,
                        "the reasons for a task's place in the order | | 200 Explanation 409",
                        new ExplainApi(queue, parts.standing().explain())::show)
                .add("GET", "/api/tasks/{id}/events", Scope.READ,
                        "its answer as it is produced | Last-Event-ID | 200 events 409", events::openTask)
                .add("POST", "/api/tasks/{id}/cancel", Scope.SUBMIT,
                        "cancels a task, pending or running | | 200 Task 409 507", tasks::cancel)
                .add("POST", "/api/tasks/{id}/priority", Scope.SUBMIT,
                        "changes its priority | PriorityAsked | 200 Task 409 507", tasks::changePriority)
                .add("POST", "/api/tasks/{id}/retry", Scope.SUBMIT,
                        "puts a failed or cancelled task back | | 200 Task 409 429 507", tasks::retry)
                .add("DELETE", "/api/tasks/{id}", Scope.SUBMIT, "deletes an ended task | | 204 409 507", tasks::delete);
    }

    private void addQueue(Routes routes, EventsApi events) {
        BackendsApi backends = new BackendsApi(parts.hosts(), parts.asked());
        NowApi now = new NowApi(parts);
        JournalApi journal = new JournalApi(parts.queue(), parts.compaction(), parts.tokens()::everAdded,
                parts.clock());
        routes
                .add("GET", "/api/now", Scope.READ, "what runs, what is next, and what needs attention | | 200 Now",
                        now::show)
                .add("GET", "/api/status", Scope.READ, "the queue in numbers | | 200 Status", queueApi::status)
                .add("GET", "/api/stats", Scope.READ, "the queue in numbers, by its older path | | 200 Status",
                        queueApi::status)
                .add("GET", "/api/stats/history", Scope.READ, "the queue minute by minute | | 200 History",
                        new HistoryApi(parts.history(), parts.clock())::show, "window")
                .add("POST", "/api/queue/pause", Scope.ADMIN, "holds tasks and accepts new ones | | 200 Status 507",
                        queueApi::pause)
                .add("POST", "/api/queue/resume", Scope.ADMIN, "ends pause and drain | | 200 Status 507",
                        queueApi::resume)
                .add("POST", "/api/queue/drain", Scope.ADMIN,
                        "refuses new tasks and finishes the rest | | 200 Status 507", queueApi::drain)
                .add("POST", "/api/journal/compact", Scope.ADMIN,
                        "removes from the disk what is no longer needed | | 200 Compaction 409 507", journal::compact)
                .add("GET", "/api/backup", Scope.ADMIN, "the whole journal as one file | | 200 file", journal::download)
                .add("GET", "/api/backends", Scope.READ, "the hosts | | 200 [Backend]", backends::list)
                .add("POST", "/api/backends/{id}/enable", Scope.ADMIN, "enables a host | | 200 Backend 409",
                        backends::enable)
                .add("POST", "/api/backends/{id}/disable", Scope.ADMIN, "disables a host | | 200 Backend 409",
                        backends::disable)
                .add("POST", "/api/backends/{id}/check", Scope.ADMIN, "asks a host how it is | | 200 Backend",
                        backends::check)
                .add("GET", "/api/events", Scope.READ, "every change, as it happens | Last-Event-ID | 200 events lines",
                        events::open, EventsApi.PARAMETERS);
    }

    private void addServer(Routes routes) {
        TokensApi tokens = new TokensApi(settings, parts.tokens());
        routes
                .add("GET", "/api/tokens", Scope.ADMIN, "lists the named tokens | | 200 [Token]", tokens::list)
                .add("POST", "/api/tokens", Scope.ADMIN,
                        "adds a named token, whose secret is shown in this answer alone | TokenAsked | "
                                + "201 TokenAdded 409 507",
                        tokens::add)
                .add("DELETE", "/api/tokens/{id}", Scope.ADMIN, "revokes a named token | | 204 507", tokens::revoke)
                .add("GET", "/api/settings", Scope.ADMIN, "the settings, and how much of the limits is used | | "
                        + "200 SettingsInUse", serverApi::settings)
                .add("GET", "/api/info", Scope.READ, "version, ports and limits | | 200 Info", serverApi::info)
                .add("GET", "/metrics", Scope.READ, "metrics in the text format of Prometheus | | 200 text",
                        new Metrics(parts.queue(), parts.hosts(), parts.history(), parts.events(), parts.compaction(),
                                parts.standing().outlook(), web.traffic(), parts.clock())::show)
                .add("GET", "/openapi.json", Scope.READ, "this description | | 200 object",
                        new OpenApi(routes, shapes())::show)
                .add("GET", "/healthz", Scope.OPEN, "whether the process is alive | | 200 Health", serverApi::health)
                .add("GET", "/readyz", Scope.OPEN, "whether the server accepts tasks | | 200 Health", serverApi::ready)
                .add("GET", "/Client.java", Scope.OPEN, "the client in one file | | 200 text 404", serverApi::client);
    }
}
