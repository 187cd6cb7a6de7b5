package server.dispatch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import server.executor.Call;
import server.executor.HostHead;
import server.executor.HostReport;
import server.executor.Outcome;
import server.executor.Outcome.Cause;
import server.executor.Pieces;
import server.executor.RelayCall;
import server.executor.RelaySink;
import server.executor.TaskExecutor;
import shared.json.Slice;

/// A host that a test can take down, hold back and script. It counts what it gets.
final class SimulatedHost implements TaskExecutor {

    static final Slice ANSWER = Slice.of("{\"response\":\"x\",\"eval_count\":50,\"eval_duration\":2000000000}"
            .getBytes(StandardCharsets.US_ASCII));

    private final String name;
    private volatile boolean down;
    /// Why it does not tell how it is; null: it does.
    private volatile IOException silent;
    private volatile List<String> models = List.of("m:latest");
    private volatile Function<Call, Outcome> answer = call -> new Outcome.Completed(ANSWER);
    /// What comes before the outcome; empty: nothing.
    private volatile String says = "";
    private volatile Semaphore gate = new Semaphore(Integer.MAX_VALUE / 2);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    /// How often it gave an answer, by prompt.
    final Map<String, Integer> answered = new ConcurrentHashMap<>();
    final AtomicInteger asked = new AtomicInteger();
    /// How often it was asked how it is.
    final AtomicInteger reports = new AtomicInteger();
    private volatile Semaphore reportGate = new Semaphore(Integer.MAX_VALUE / 2);

    SimulatedHost(String name) {
        this.name = name;
    }

    SimulatedHost models(String... names) {
        models = List.of(names);
        return this;
    }

    SimulatedHost answer(Function<Call, Outcome> next) {
        answer = next;
        return this;
    }

    SimulatedHost says(String text) {
        says = text;
        return this;
    }

    /// From now on each attempt needs a permit.
    Semaphore hold() {
        gate = new Semaphore(0);
        return gate;
    }

    /// From now on each answer to how it is needs a permit.
    Semaphore holdReports() {
        reportGate = new Semaphore(0);
        return reportGate;
    }

    void down(boolean isDown) {
        down = isDown;
    }

    void silent(String why) {
        silent(why == null ? null : new IOException(why));
    }

    void silent(IOException why) {
        silent = why;
    }

    int running() {
        return running.get();
    }

    int mostRunning() {
        return most.get();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String url() {
        return "sim:" + name;
    }

    @Override
    public Outcome run(Call call, Pieces pieces) throws InterruptedException {
        asked.incrementAndGet();
        if (down) {
            return new Outcome.Failed(Cause.UNREACHABLE, "cannot connect to " + name, null);
        }
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
        try {
            gate.acquire();
            if (down) {
                return new Outcome.Failed(Cause.PASSING, "the connection to " + name + " was lost", null);
            }
            if (!models.contains(call.model() + ":latest")) {
                return new Outcome.Failed(Cause.MODEL_MISSING, "model '" + call.model() + "' not found on " + name,
                        null);
            }
            if (!says.isEmpty()) {
                pieces.text(says);
            }
            Outcome outcome = answer.apply(call);
            if (outcome instanceof Outcome.Completed) {
                answered.merge(call.payload().text(), 1, Integer::sum);
            }
            return outcome;
        } finally {
            running.decrementAndGet();
        }
    }

    @Override
    public boolean relays(String path) {
        return true;
    }

    /// Begins its answer before it fails.
    @Override
    public Outcome relay(RelayCall call, Pieces pieces, RelaySink to) {
        to.head(new HostHead(200, "application/json", -1, null, null));
        return answer.apply(null);
    }

    @Override
    public List<String> models() {
        return models;
    }

    @Override
    public HostReport report() throws IOException, InterruptedException {
        reports.incrementAndGet();
        reportGate.acquire();
        if (down) {
            throw new IOException("cannot connect to " + name);
        }
        if (silent != null) {
            throw silent;
        }
        return new HostReport("1", models, null);
    }

    @Override
    public void close() {
    }

    static Outcome failed(Cause cause, String message, Duration retryAfter) {
        return new Outcome.Failed(cause, message, retryAfter);
    }
}
