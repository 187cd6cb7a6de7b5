package server.dispatch;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

import server.executor.TaskExecutor;
import server.live.Answers;
import server.queue.Run;
import server.queue.TaskQueue;
import server.task.Task;
import server.task.TaskState;

/// Gives ready tasks to hosts. One loop thread asks the queue for the next task that a host can take, as long as a
/// worker is free; each attempt runs on a virtual thread of its own. Between two looks the loop sleeps until the next
/// due time or the next change, but at most a second, so that a clock that was set is noticed.
public final class Dispatcher implements AutoCloseable {

    private static final Logger LOG = System.getLogger("dispatch");
    private static final long SLEEP_MAX_MS = 1_000;

    private final TaskQueue queue;
    private final DispatchOptions options;
    private final InstantSource clock;
    private final Placement placement;
    private final AttemptRunner runner;
    /// By task: the thread of its running attempt.
    private final Map<Long, Thread> attempts = new ConcurrentHashMap<>();
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicBoolean changed = new AtomicBoolean();
    private final Thread loop;
    private volatile boolean stopping;

    public Dispatcher(TaskQueue queue, List<TaskExecutor> executors, Answers answers, DispatchOptions options,
            InstantSource clock, RandomGenerator random) {
        this.queue = queue;
        this.options = options;
        this.clock = clock;
        this.placement = new Placement(executors.stream().map(Host::new).toList(), clock);
        this.runner = new AttemptRunner(queue, placement, answers, new RetryPolicy(random), options.idle(), clock);
        this.loop = Thread.ofPlatform().name("dispatch").unstarted(this::loop);
    }

    public void start() {
        queue.onReady(this::wake);
        queue.onRunCancelled(this::interrupt);
        loop.start();
    }

    /// Makes the loop look again.
    public void wake() {
        if (!changed.getAndSet(true)) {
            LockSupport.unpark(loop);
        }
    }

    /// How many attempts run now.
    public int active() {
        return active.get();
    }

    public int workers() {
        return options.workers();
    }

    /// Why a pending task is not running although it is its time; null if there is nothing to say but its turn.
    public String waitsFor(Task task) {
        if (!(task.state() instanceof TaskState.Pending)) {
            return null;
        }
        String on = task.terms().on();
        if (on != null && placement.named(on) == null) {
            return "no host is named " + on;
        }
        if (placement.choose(task) != null) {
            return null;
        }
        StringBuilder reasons = new StringBuilder("no host can take it now");
        String separator = ": ";
        for (Host host : placement.hosts()) {
            String trouble = host.trouble;
            if (trouble != null && placement.suits(host, task)) {
                reasons.append(separator).append(trouble);
                separator = "; ";
            }
        }
        return reasons.toString();
    }

    private void loop() {
        while (!stopping) {
            changed.set(false);
            try {
                long due = Math.min(queue.tick(), placement.nextTry());
                while (!stopping && active.get() < options.workers() && placement.anyHost() && startOne()) {
                    // as many as there are workers for
                }
                long ms = Math.max(1, Math.min(due - clock.millis(), SLEEP_MAX_MS));
                if (!changed.get()) {
                    LockSupport.parkNanos(this, ms * 1_000_000);
                }
            } catch (RuntimeException | Error failure) {
                if (queue.failure() != null) {
                    return;
                }
                LOG.log(Level.ERROR, "event=dispatch_failed", failure);
                LockSupport.parkNanos(this, SLEEP_MAX_MS * 1_000_000);
            }
        }
    }

    private boolean startOne() {
        Run run = queue.startNext(task -> {
            Host host = placement.choose(task);
            return host == null ? null : host.name();
        });
        if (run == null) {
            return false;
        }
        Host host = placement.named(((TaskState.Running) run.task().state()).host());
        host.circuit.sent();
        host.running.incrementAndGet();
        active.incrementAndGet();
        Thread thread = Thread.ofVirtual().name("attempt-" + run.task().name()).unstarted(() -> attempt(run, host));
        attempts.put(run.task().id(), thread);
        thread.start();
        return true;
    }

    private void attempt(Run run, Host host) {
        try {
            runner.run(run, host, () -> stopping);
        } finally {
            attempts.remove(run.task().id(), Thread.currentThread());
            host.running.decrementAndGet();
            active.decrementAndGet();
            wake();
        }
    }

    private void interrupt(Task cancelled) {
        placement.forget(cancelled.id());
        Thread thread = attempts.get(cancelled.id());
        if (thread != null) {
            thread.interrupt();
        }
    }

    /// Starts nothing more, lets what runs end for `grace`, then puts the rest back to pending.
    public void stop(Duration grace) {
        stopping = true;
        LockSupport.unpark(loop);
        long end = System.nanoTime() + grace.toNanos();
        try {
            if (loop.isAlive()) {
                loop.join(Duration.ofSeconds(10));
            }
            for (Thread attempt : attempts.values()) {
                attempt.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            }
            for (Thread attempt : attempts.values()) {
                attempt.interrupt();
            }
            for (Thread attempt : attempts.values()) {
                attempt.join(Duration.ofSeconds(10));
            }
        } catch (InterruptedException stopAtOnce) {
            attempts.values().forEach(Thread::interrupt);
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop(Duration.ZERO);
        placement.hosts().forEach(host -> host.executor.close());
    }
}
