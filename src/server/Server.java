package server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

import server.dispatch.DispatchOptions;
import server.dispatch.Dispatcher;
import server.executor.ExecutorRegistry;
import server.executor.TaskExecutor;
import server.http.HttpApi;
import server.http.HttpOptions;
import server.http.Workers;
import server.journal.FileStorage;
import server.journal.JournalOptions;
import server.live.Answers;
import server.queue.Compaction;
import server.queue.CompactionOptions;
import server.queue.QueueOptions;
import server.queue.TaskQueue;
import server.task.SubmissionReader;
import server.task.Terms;

/// The wiring: every part is built in order, from the disk outwards, and closed in reverse.
final class Server implements AutoCloseable {

    private static final String DEFAULT_MODEL = "qwen3";

    private final Arguments arguments;
    private final TaskQueue queue;
    private final Compaction compaction;
    private final Dispatcher dispatcher;
    private final HttpApi api;

    private Server(Arguments arguments, TaskQueue queue, Compaction compaction, Dispatcher dispatcher, HttpApi api) {
        this.arguments = arguments;
        this.queue = queue;
        this.compaction = compaction;
        this.dispatcher = dispatcher;
        this.api = api;
    }

    static Server start(Arguments arguments) throws StartFailure {
        InstantSource clock = InstantSource.system();
        SecureRandom random = new SecureRandom();
        // quicker by far, and drawn from under the queue's lock; an id is no secret
        SplittableRandom ids = new SplittableRandom(random.nextLong());
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            List<TaskExecutor> hosts = open(arguments.ollamaHosts());
            opened.addAll(hosts);

            TaskQueue queue = TaskQueue.open(new FileStorage(arguments.dataDir()), JournalOptions.DEFAULT,
                    QueueOptions.DEFAULT, clock, ids);
            opened.add(queue);

            Compaction compaction = new Compaction(queue, CompactionOptions.DEFAULT);
            opened.add(compaction);
            compaction.start();

            Answers answers = new Answers();
            queue.onEvent(answers::publish);

            Dispatcher dispatcher = new Dispatcher(queue, hosts, answers,
                    DispatchOptions.DEFAULT.workers(arguments.workers()), clock, random);
            opened.add(dispatcher);

            HttpOptions options = HttpOptions.DEFAULT.at(arguments.host(), arguments.port(), Set.of());
            HttpApi.prepare(options);
            HttpApi api = HttpApi.start(options, new HttpApi.Parts(queue, compaction, answers,
                    new SubmissionReader(DEFAULT_MODEL, Terms.DEFAULT), workersOf(dispatcher), dispatcher::waitsFor,
                    clock));

            dispatcher.start();
            return new Server(arguments, queue, compaction, dispatcher, api);
        } catch (IOException | IllegalArgumentException | SecurityException failure) {
            closeAll(opened);
            throw new StartFailure(failure.getMessage() == null ? failure.toString() : failure.getMessage());
        }
    }

    /// The address to reach it at, as `http://localhost:8080`.
    String url() {
        InetSocketAddress address = api.address();
        String host = arguments.host();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /// Waits until a signal asks it to stop, or the journal can write no more.
    ///
    /// @return whether it was a signal
    boolean awaitEnd(Signals signals) throws InterruptedException {
        queue.onFailure(signals::release);
        signals.await();
        return queue.failure() == null;
    }

    /// Why the journal can write no more; null while it can.
    String failure() {
        return queue.failure();
    }

    /// Stops the intake, gives running tasks their grace, puts the rest back, flushes.
    @Override
    public void close() {
        api.stopIntake();
        dispatcher.stop(arguments.grace());
        api.close();
        dispatcher.close();
        compaction.close();
        queue.close();
    }

    private static List<TaskExecutor> open(List<String> addresses) {
        ExecutorRegistry registry = ExecutorRegistry.load();
        List<TaskExecutor> hosts = new ArrayList<>();
        for (String address : addresses) {
            TaskExecutor host = registry.open(address);
            if (hosts.stream().noneMatch(other -> other.name().equals(host.name()))) {
                hosts.add(host);
            } else {
                host.close();
            }
        }
        return hosts;
    }

    private static Workers workersOf(Dispatcher dispatcher) {
        return new Workers() {
            @Override
            public int active() {
                return dispatcher.active();
            }

            @Override
            public int idle() {
                return Math.max(0, dispatcher.workers() - dispatcher.active());
            }
        };
    }

    private static void closeAll(List<AutoCloseable> opened) {
        for (AutoCloseable part : opened.reversed()) {
            try {
                part.close();
            } catch (Exception failure) {
                System.getLogger("server").log(System.Logger.Level.WARNING, "event=close_failed", failure);
            }
        }
    }
}
