package server.dispatch;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

import server.live.Answers;
import server.queue.Run;
import server.queue.TaskQueue;
import server.task.Task;
import server.task.TaskState;

/// Gives ready tasks to hosts. One loop thread asks the queue for the next task that a host can take, as long as one
/// has a free place; each attempt runs on a virtual thread of its own. Between two looks the loop sleeps until the next
/// due time or the next change, but at most a second, so that a clock that was set is noticed.
public final class Dispatcher implements AutoCloseable {

    private static final Logger LOG = System.getLogger("dispatch");
    private static final long SLEEP_MAX_MS = 1_000;

    private final TaskQueue queue;
    private final Hosts hosts;
    private final HealthCheck health;
    private volatile DispatchOptions options;
    private final InstantSource clock;
    private final Asked asked = new Asked();
    private final AttemptRunner runner;
    /// By task: the thread of its running attempt.
    private final Map<Long, Thread> attempts = new ConcurrentHashMap<>();
    private final AtomicBoolean changed = new AtomicBoolean();
    private final Thread loop;
    private volatile boolean stopping;

    public Dispatcher(TaskQueue queue, Hosts hosts, Answers answers, DispatchOptions options, InstantSource clock,
            RandomGenerator random) {
        this.queue = queue;
        this.hosts = hosts;
        this.options = options;
        this.clock = clock;
        health = new HealthCheck(hosts, options.routing().healthCheckInterval(), clock);
        runner = new AttemptRunner(queue, this::routing, asked, health, hosts::wrote, answers,
                new RetryPolicy(random), options, clock);
        loop = Thread.ofPlatform().name("dispatch").unstarted(this::loop);
    }

    public void start() {
        queue.onReady(this::ready);
        queue.onRunCancelled(this::interrupt);
        hosts.onChange(this::wake);
        health.start();
        loop.start();
    }

    /// While nothing could be started, a wake-up at every submit would only take time from the submits: the end of an
    /// attempt, or of a host's pause, makes the loop look.
    private void ready() {
        if (hosts.anyPlace()) {
            wake();
        }
    }

    /// Makes the loop look again.
    public void wake() {
        if (!changed.getAndSet(true)) {
            LockSupport.unpark(loop);
        }
    }

    /// Takes new options for all that begins from now on; ends no running attempt.
    public void reconfigure(DispatchOptions newOptions) {
        options = newOptions;
        hosts.workers(newOptions.workers());
        health.every(newOptions.routing().healthCheckInterval());
        wake();
    }

    /// Why a pending task is not running although it is its time; null if there is nothing to say but its turn.
    public String waitsFor(Task task) {
        if (!(task.state() instanceof TaskState.Pending)) {
            return null;
        }
        String on = task.terms().on();
        if (on != null && hosts.named(on) == null) {
            return "no host is named " + on;
        }
        Routing routing = routing();
        if (routing.onlyItsTurn(task, asked.without(task.id()))) {
            return null;
        }
        StringBuilder reasons = new StringBuilder("no host can take it now");
        String separator = ": ";
        for (String name : routing.open(task)) {
            String trouble = hosts.named(name).trouble(task.model(), clock.millis());
            if (trouble != null) {
                reasons.append(separator).append(trouble);
                separator = "; ";
            }
        }
        return reasons.toString();
    }

    private Routing routing() {
        return new Routing(options.routing(), hosts.views(), queue.readyCount());
    }

    private void loop() {
        while (!stopping) {
            changed.set(false);
            try {
                long due = Math.min(queue.tick(), hosts.nextTry());
                while (!stopping && startOne()) {
                    // as many as there are places for
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
        if (!hosts.anyPlace()) {
            return false;
        }
        Routing routing = routing();
        Run run = queue.startNext(task -> routing.place(task, asked.without(task.id())));
        if (run == null) {
            return false;
        }
        Host host = hosts.named(run.task().state().host());
        host.begun(run.task().model());
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
            host.ended();
            wake();
        }
    }

    private void interrupt(Task cancelled) {
        asked.forget(cancelled.id());
        Thread thread = attempts.get(cancelled.id());
        if (thread != null) {
            thread.interrupt();
        }
    }

    /// Starts nothing more, lets what runs end for `grace`, then puts the rest back to pending.
    public void stop(Duration grace) {
        stopping = true;
        health.close();
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
        hosts.close();
    }
}
