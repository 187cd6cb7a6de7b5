package server.api;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Random;

import server.access.NamedTokens;
import server.AllSettings;
import server.access.RequestLimits;
import server.access.TestTokens;
import server.action.ActionRunner;
import server.api.HttpApi.Parts;
import server.cron.CronRequests;
import server.dispatch.HostOptions;
import server.dispatch.Hosts;
import server.executor.ExecutorRegistry;
import server.executor.HostAddress;
import server.executor.Limits;
import server.http.WebServer;
import server.http.Wire;
import server.journal.JournalOptions;
import server.live.AnswerBuffer;
import server.live.Answers;
import server.live.EventHub;
import server.order.LoadedOffers;
import server.order.ahead.Explanation;
import server.order.ahead.Outlook;
import server.order.ahead.Explanation.Reason;
import server.order.ahead.Explanation.Waiting;
import server.order.limits.OrderLimits;
import server.order.limits.ClientBudgets;
import server.queue.Compaction;
import server.queue.CompactionOptions;
import server.queue.Run;
import server.queue.TaskQueue;
import server.queue.state.QueueOptions;
import server.settings.CommandLine;
import server.settings.Settings;
import server.stats.History;
import server.task.ApiPath;
import server.task.Caller;
import server.task.Submission;
import server.task.SubmissionReader;
import server.task.Task;
import server.task.Terms;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.Json;
import shared.json.Slice;
import support.FaultyStorage;

/// The API on a free port, over a real queue whose disk is in memory. There is no dispatcher: the test plays it.
public final class ApiServer implements AutoCloseable {

    public static final String HELLO = "{\"type\":\"generate\",\"model\":\"m\",\"payload\":{\"prompt\":\"Hello\"}}";

    public final FaultyStorage storage = new FaultyStorage();
    public final Answers answers = new Answers(64 << 20);
    public final TaskQueue queue;
    public final EventHub events;
    public final Hosts hosts;
    public final WebServer web;
    public final HttpApi api;
    private final ActionRunner runner;
    /// How a task is said to stand, if that is not nothing.
    public volatile Explanation explanation = Explanation.ENDED;
    /// What a pending task is said to wait for; null for nothing.
    public volatile String waiting;
    /// Why no attempt is said to begin; null for nothing.
    public volatile String held;

    /// What the hosts report about Ollama's cloud; null for nothing.
    public volatile Slice cloud;

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    public ApiServer() throws IOException {
        this(Settings.DEFAULT);
    }

    public ApiServer(Settings settings) throws IOException {
        this(settings, TestTokens.none());
    }

    /// @param tokens the named ones
    public ApiServer(Settings settings, NamedTokens tokens) throws IOException {
        this(settings, tokens, settings.isGiven(RequestLimits.EVENT_STREAMS) ? Duration.ofMillis(100)
                : Duration.ofSeconds(15));
    }

    /// @param pingEvery of each stream
    public ApiServer(Settings settings, NamedTokens tokens, Duration pingEvery) throws IOException {
        WebServer.prepare(settings);
        queue = TaskQueue.open(storage, new JournalOptions(1 << 20), QueueOptions.DEFAULT, InstantSource.system(),
                () -> 0, new Random(42));
        Compaction compaction = new Compaction(queue.ledger(), CompactionOptions.DEFAULT);
        events = EventHub.start(queue, answers);
        HostOptions far = new HostOptions(new HostAddress("far", "echo:", null, Map.of(), Map.of("m", "m"), null,
                Limits.DEFAULT),
                "echo", true, 1, 2, 7, 2);
        hosts = Hosts.open(ExecutorRegistry.load(), List.of(HostOptions.local("echo:", 1), far), 4,
                InstantSource.system());
        SubmissionReader submissions = new SubmissionReader(settings, OrderLimits::of, (name, remote) -> { });
        Settings local = settings.with(WebServer.HOST, "127.0.0.1").with(WebServer.PORT, 0);
        web = WebServer.bind(local, null, tokens);
        runner = ActionRunner.start(queue.ledger(), submissions::readAnew);
        api = new HttpApi(local, pingEvery, new Parts(queue, compaction, events, submissions,
                new ClientBudgets(OrderLimits.of(settings), InstantSource.system()), hosts,
                name -> hosts.enable(name, true), new HttpApi.Insight(this::explain, play -> new Outlook(Map.of(),
                        List.of(), task -> new Waiting(Reason.PLACE, "a place")), List::of), () -> held,
                InstantSource.system(),
                new CronRequests(queue, submissions, ZoneId.of("Europe/Berlin"), InstantSource.system()),
                runner.actions(),
                History.of(queue, System.currentTimeMillis()), () -> cloud, Path.of(""), tokens,
                () -> AllSettings.load(CommandLine.parse(AllSettings.TABLE, List.of()), Map.of(), null).loaded()), web);
        web.serve(api.routes());
    }

    private Explanation explain(Task task) {
        return waiting == null || task.status() != TaskStatus.PENDING ? explanation
                : new Explanation(new Waiting(Reason.HOST, waiting), null, -1, null, null);
    }

    /// Small limits, for tests at the limit, and a ping every 100 ms.
    public static Settings limits(int taskBytes, int batchBytes, int batchTasks) {
        return streams(3).with(HttpApi.LIST, 5).with(HttpApi.TASK_BYTES, taskBytes)
                .with(HttpApi.BATCH_BYTES, batchBytes).with(HttpApi.BATCH_TASKS, batchTasks);
    }

    /// At most this many streams, and a ping every 100 ms.
    public static Settings streams(int max) {
        return Settings.DEFAULT.with(RequestLimits.EVENT_STREAMS, max);
    }

    /// This much room for all bodies together.
    public static Settings room(long bytes) {
        return Settings.DEFAULT.with(WebServer.BODIES_BYTES, bytes);
    }

    /// @param headers names and values in turn
    public HttpResponse<String> ask(String method, String path, String body, String... headers) {
        try {
            return client.send(request(method, path, body, headers), BodyHandlers.ofString());
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(method + " " + path + ": " + failed, failed);
        }
    }

    public HttpRequest request(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofSeconds(60))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (body != null) {
            request.setHeader("Content-Type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return request.build();
    }

    public HttpResponse<String> get(String path, String... headers) {
        return ask("GET", path, null, headers);
    }

    public HttpResponse<String> post(String path, String body, String... headers) {
        return ask("POST", path, body, headers);
    }

    public HttpClient client() {
        return client;
    }

    public Wire wire() throws IOException {
        return new Wire(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port()));
    }

    public int port() {
        return web.address().getPort();
    }

    /// Submits a task; its id.
    public String submit(String json) {
        return json(post("/api/tasks", json)).text("id");
    }

    /// Begins the next attempt.
    public Run start() {
        Run run = queue.runs().startNext(LoadedOffers.at("box"));
        queue.runs().awaitDurable(run);
        return run;
    }

    public AnswerBuffer answer(Run run) {
        return answers.begin(run.task().id(), run.attempt(), run.seq());
    }

    /// Ends an attempt as the dispatcher does.
    public void complete(Run run, String result) {
        answers.end(run.task().id(), run.attempt());
        queue.runs().complete(run, Slice.of(result.getBytes(StandardCharsets.UTF_8)));
    }

    /// A call that this client waits for; its id.
    public String call(String client) {
        return call(client, "{\"model\":\"qwen3\",\"messages\":[]}");
    }

    /// The same with a body of one's own.
    public String call(String client, String body) {
        Terms terms = Terms.DEFAULT.of(new Caller(client, ApiPath.CHAT, true, false, true), null, 0);
        return queue.submit(new Submission(TaskType.CHAT, "qwen3", 5, terms,
                Slice.of(body.getBytes(StandardCharsets.UTF_8)), null, "Hi"), null, null).document().task().name();
    }

    public void fail(Run run, String error) {
        answers.breakOff(run.task().id(), run.attempt());
        queue.runs().fail(run, error, null);
    }

    public void putBack(Run run, String error) {
        answers.breakOff(run.task().id(), run.attempt());
        queue.runs().putBack(run, error, 0, true);
    }

    public static Json.Obj json(HttpResponse<String> response) {
        return (Json.Obj) Json.parse(response.body());
    }

    public static Json.Arr array(HttpResponse<String> response) {
        return (Json.Arr) Json.parse(response.body());
    }

    public static String error(HttpResponse<String> response) {
        return json(response).text("error");
    }

    @Override
    public void close() {
        client.shutdownNow();
        runner.close();
        events.close();
        web.close();
        queue.close();
        hosts.close();
    }
}
