package server.relay;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

import server.access.TestTokens;
import server.dispatch.DispatchOptions;
import server.dispatch.Dispatcher;
import server.dispatch.HostOptions;
import server.dispatch.Hosts;
import server.executor.ExecutorRegistry;
import server.executor.HostAddress;
import server.executor.Limits;
import server.http.Answer;
import server.http.GoneCallers;
import server.http.Routes;
import server.http.WebServer;
import server.http.Wire;
import server.journal.JournalOptions;
import server.live.Answers;
import server.live.RelayedAnswers;
import server.order.limits.OrderLimits;
import server.order.limits.ClientBudgets;
import server.queue.TaskQueue;
import server.queue.index.TaskFilter;
import server.queue.page.TaskSort;
import server.queue.state.QueueOptions;
import server.settings.Settings;
import server.task.SubmissionReader;
import server.task.Task;
import server.task.TaskDocument;
import support.Await;
import support.FaultyStorage;

/// Relayed calls on a free port, over a real queue whose disk is in memory, and real hosts' addresses.
final class RelayRig implements AutoCloseable {

    private static final int BODY_MAX = 64 << 10;

    final TaskQueue queue;
    final Hosts hosts;
    final Dispatcher dispatcher;
    final WebServer web;
    final RelayApi.Parts parts;
    final RelayApi relay;
    final FaultyStorage journal = new FaultyStorage();
    /// Where the hosts' versions are kept.
    final FaultyStorage versions = new FaultyStorage();
    private final RelayedAnswers relayed = new RelayedAnswers();
    private final GoneCallers gone;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /// @param addresses of the hosts, as `OLLAMA_HOST` has them; an endpoint's ends with `/v1`; `NAME=` may stand
    ///                  before one
    RelayRig(Settings settings, String... addresses) throws IOException {
        this(settings, DispatchOptions.of(settings), Duration.ofMinutes(1), addresses);
    }

    /// @param repeatedWithin how long after its end a call is known again
    RelayRig(Settings settings, DispatchOptions dispatch, Duration repeatedWithin, String... addresses)
            throws IOException {
        this(settings, dispatch, repeatedWithin, Duration.ofMillis(20), addresses);
    }

    /// @param looks the time between two looks for callers that have left
    RelayRig(Settings settings, DispatchOptions dispatch, Duration repeatedWithin, Duration looks, String... addresses)
            throws IOException {
        this(settings, dispatch, repeatedWithin, looks, new JournalOptions(1 << 20), addresses);
    }

    RelayRig(JournalOptions options, String... addresses) throws IOException {
        this(Settings.DEFAULT, DispatchOptions.DEFAULT, Duration.ofMinutes(1), Duration.ofMillis(20), options,
                addresses);
    }

    private RelayRig(Settings settings, DispatchOptions dispatch, Duration repeatedWithin, Duration looks,
            JournalOptions options, String... addresses) throws IOException {
        gone = new GoneCallers(Path.of("/proc/net"), looks);
        WebServer.prepare(settings);
        InstantSource clock = InstantSource.system();
        queue = TaskQueue.open(journal, options, QueueOptions.DEFAULT, clock,
                () -> 0, new Random(42));
        hosts = Hosts.open(ExecutorRegistry.load(), Arrays.stream(addresses).map(RelayRig::host).toList(), 4, clock);
        queue.onEvent(relayed::happened);
        dispatcher = new Dispatcher(queue, hosts, new Answers(), relayed, dispatch, clock,
                new Random(7));
        web = WebServer.bind(settings.with(WebServer.HOST, "127.0.0.1").with(WebServer.PORT, 0), null,
                TestTokens.none());
        Routes routes = new Routes();
        parts = new RelayApi.Parts(queue, hosts, dispatcher, relayed,
                new SubmissionReader(settings, OrderLimits::of, hosts::check),
                new ClientBudgets(OrderLimits.of(settings), clock), gone, clock, web::stopping, BODY_MAX);
        relay = new RelayApi(parts, RelayOptions.of(settings), repeatedWithin);
        relay.addTo(routes);
        new PassedCalls(hosts, KnownVersions.open(hosts, versions), BODY_MAX, () -> RelayOptions.of(settings))
                .addTo(routes, request -> Answer.text("the page"), request -> Answer.text("the status"));
        web.serve(routes);
        dispatcher.start();
    }

    private static HostOptions host(String url) {
        int name = url.indexOf('=');
        if (name >= 0) {
            return new HostOptions(new HostAddress(url.substring(0, name), url.substring(name + 1), null, Map.of(),
                    Map.of(), null, Limits.DEFAULT), null, false, 1, 0, 0, 4);
        }
        return url.endsWith("/v1") ? new HostOptions(new HostAddress("far", url, "key", Map.of(), Map.of(), null,
                Limits.DEFAULT), "openai", true, 1, 4, 0, 4) : HostOptions.local(url, 4);
    }

    RelayRig(String... addresses) throws IOException {
        this(Settings.DEFAULT, addresses);
    }

    /// @param headers names and values in turn
    HttpResponse<byte[]> call(String path, String body, String... headers) {
        try {
            return client.send(request(path, body, headers), BodyHandlers.ofByteArray());
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(path + ": " + failed, failed);
        }
    }

    HttpRequest request(String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofSeconds(60)).POST(BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return request.build();
    }

    HttpClient client() {
        return client;
    }

    int port() {
        return web.address().getPort();
    }

    Wire wire() throws IOException {
        return new Wire(web.address());
    }

    /// All tasks, the newest first.
    List<Task> tasks() {
        return queue.list(TaskFilter.ALL, TaskSort.CREATED_AT, false, 100, 0, null).tasks();
    }

    /// The only task, once there is one.
    TaskDocument task() {
        Await.until(() -> "tasks: " + tasks(), () -> tasks().size() == 1);
        return queue.document(tasks().getFirst());
    }

    @Override
    public void close() {
        // nothing ends before its last line is written
        journal.releaseSync();
        client.shutdownNow();
        dispatcher.stop(Duration.ZERO);
        web.close();
        gone.close();
        dispatcher.close();
        queue.close();
    }
}
