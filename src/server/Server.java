package server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

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
import server.queue.QueueOptions;
import server.queue.TaskQueue;
import server.task.SubmissionReader;
import server.task.Terms;

/// The wiring: every part is built in order, from the disk outwards, and closed in reverse.
final class Server implements AutoCloseable {

    private static final String DEFAULT_MODEL = "qwen3";

    private final Arguments arguments;
    private final TaskQueue queue;
    private final Dispatcher dispatcher;
    private final HttpApi api;

    private Server(Arguments arguments, TaskQueue queue, Dispatcher dispatcher, HttpApi api) {
        this.arguments = arguments;
        this.queue = queue;
        this.dispatcher = dispatcher;
        this.api = api;
    }

    static Server start(Arguments arguments) throws StartFailure {
        InstantSource clock = InstantSource.system();
        SecureRandom random = new SecureRandom();
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            List<TaskExecutor> hosts = open(arguments);
            opened.addAll(hosts);

            TaskQueue queue = TaskQueue.open(new FileStorage(arguments.dataDir()), JournalOptions.DEFAULT,
                    QueueOptions.DEFAULT, clock, random);
            opened.add(queue);

            Answers answers = new Answers();
            queue.onEvent(answers::publish);

            Dispatcher dispatcher = new Dispatcher(queue, hosts, answers,
                    DispatchOptions.DEFAULT.workers(arguments.workers()), clock, random);
            opened.add(dispatcher);

            HttpOptions options = HttpOptions.DEFAULT.at(arguments.host(), arguments.port(), Set.of());
            HttpApi.prepare(options);
            HttpApi api = HttpApi.start(options, new HttpApi.Parts(queue, answers,
                    new SubmissionReader(DEFAULT_MODEL, Terms.DEFAULT), workersOf(dispatcher), dispatcher::waitsFor,
                    clock));

            dispatcher.start();
            return new Server(arguments, queue, dispatcher, api);
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

    /// Stops the intake, gives running tasks their grace, puts the rest back, flushes.
    @Override
    public void close() {
        api.stopIntake();
        dispatcher.stop(arguments.grace());
        api.close();
        dispatcher.close();
        queue.close();
    }

    private static List<TaskExecutor> open(Arguments arguments) {
        ExecutorRegistry registry = ExecutorRegistry.load(arguments.plugins());
        List<TaskExecutor> hosts = new ArrayList<>();
        for (String address : arguments.ollamaHosts()) {
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
