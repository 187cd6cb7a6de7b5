package server.dispatch;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

import server.executor.Outcome;
import server.executor.OwnTrouble;
import server.live.Answers;
import server.live.RelayedAnswer;
import server.live.RelayedAnswers;
import server.order.Offer;
import server.order.Offers;
import server.order.RunnerKey;
import server.order.Written;
import server.order.ahead.Explanation;
import server.order.ahead.Outlook;
import server.queue.Run;
import server.queue.TaskQueue;
import server.queue.state.Event;
import server.task.RunnerOptions;
import server.task.Task;
import shared.LogValue;

/// Gives ready tasks to hosts: as long as a host has a free place, the queue is asked for the next task that it can
/// run. The thread that made a task ready, or a place free, does so, because waking another one would cost more; one
/// thread at a time. Each attempt runs on a virtual thread of its own. A loop thread does what is due. Between two
/// checks it sleeps until the next due time, but at most a second, so that a clock change is noticed.
public final class Dispatcher implements AutoCloseable {

    private static final Logger LOG = System.getLogger("dispatch");
    private static final long SLEEP_MAX_MS = 1_000;
    /// How long an interrupted attempt may take to end.
    private static final long INTERRUPTED_MAX_NANOS = Duration.ofSeconds(1).toNanos();

    private final TaskQueue queue;
    private final Hosts hosts;
    private final HealthCheck health;
    private volatile DispatchOptions options;
    private final InstantSource clock;
    private final RelayedAnswers relayed;
    private final Asked asked = new Asked();
    private final AttemptRunner runner;
    private final Hold hold = new Hold();
    /// All running attempts. One that is here although its thread has ended died of an error.
    private final Set<RunningAttempt> attempts = ConcurrentHashMap.newKeySet();
    private final Queue<Taker> takers = new ConcurrentLinkedQueue<>();
    /// Held by the one thread that gives places away.
    private final Semaphore starting = new Semaphore(1);
    /// Whether that thread must check once more.
    private final AtomicBoolean wanted = new AtomicBoolean();
    private final AtomicBoolean awake = new AtomicBoolean();
    private final Thread loop;
    private volatile boolean stopping;

    /// A call that is not a task and waits for a place.
    private record Taker(String model, RunnerKey key, String on, CompletableFuture<HostAccess> place) {
    }

    private static final class RunningAttempt {
        final Run run;
        final Host host;
        final Host.Found found;
        final OrderedPieces.AnswerProgress progress = new OrderedPieces.AnswerProgress();
        /// Set before the thread is started.
        Thread thread;
        /// Why its host is given up; null: it is not.
        volatile String givenUp;

        RunningAttempt(Run run, Host host, Host.Found found) {
            this.run = run;
            this.host = host;
            this.found = found;
        }
    }

    public Dispatcher(TaskQueue queue, Hosts hosts, Answers answers, RelayedAnswers relayed,
            DispatchOptions options, InstantSource clock, RandomGenerator random) {
        this.queue = queue;
        this.hosts = hosts;
        this.relayed = relayed;
        this.options = options;
        this.clock = clock;
        health = new HealthCheck(hosts, options.routing().healthCheckInterval(), clock);
        runner = new AttemptRunner(queue.runs(), this::routing, asked, health, hosts.news(), answers, relayed,
                new RetryPolicy(random), options, hold,
                clock);
        loop = Thread.ofPlatform().name("dispatch").unstarted(this::loop);
    }

    /// Begins to give tasks to the hosts and to check their health.
    public void start() {
        queue.runs().onReady(this::ready);
        queue.ledger().onChange(this::changed);
        queue.runs().onRunCancelled(this::interrupt);
        hosts.onChange(this::wake);
        hosts.onGain(this::modelGained);
        health.start();
        loop.start();
    }

    /// While nothing can be started, checking at every submit and every end would only slow them down.
    private void ready() {
        if (queue.ledger().mayStart(clock.millis()) || !takers.isEmpty()) {
            try {
                startReady();
            } catch (RuntimeException | Error failure) {
                // not the caller's failure
                troubled(failure);
            }
        }
    }

    /// Makes the loop check, if its next check may be too late for a new time.
    private void changed(List<? extends Event> events) {
        for (Event event : events) {
            if (event.mayLetStart() && event instanceof Event.Change change && change.task().wakeAt() > 0) {
                wake();
            }
        }
    }

    /// Continues tasks that wait for a model which a host has now.
    private void modelGained() {
        Routing now = routing();
        long by = clock.millis() + AttemptRunner.MODEL_PAUSE_MS;
        queue.ledger().changeNow(writer -> writer.state().wake(by, task -> task.retryAt() > 0
                && task.terms().waitForModel() && now.onlyItsTurn(task, asked.without(task.id()))));
    }

    /// Makes the loop check again.
    void wake() {
        if (!awake.getAndSet(true)) {
            LockSupport.unpark(loop);
        }
    }

    /// Checks a host's health at once: its models may have changed.
    public void askNow(String host) {
        health.askNow(hosts.named(host));
    }

    /// Checks a host's health, even if it is left alone for a while, and waits for the outcome.
    ///
    /// @throws Problem 404 if there is no such host
    public Backend ask(String name) throws InterruptedException {
        Host host = hosts.require(name);
        health.ask(host);
        return hosts.shown(host);
    }

    /// Sets the options for everything that begins from now on; ends no running attempt.
    public void reconfigure(DispatchOptions newOptions) {
        options = newOptions;
        hosts.workers(newOptions.workers());
        health.every(newOptions.routing().healthCheckInterval());
        wake();
    }

    /// Explains the current state of a task.
    public Explanation explain(Task task) {
        return explainer().explain(task);
    }

    /// Explains the current state of all pending tasks.
    ///
    /// @param starts how many of the next starts are reported
    public Outlook outlook(int starts) {
        return explainer().outlook(starts);
    }

    /// A running attempt.
    ///
    /// @param loads   whether its host must load its model for it
    /// @param tokens  how many have arrived, approximately: the pieces of its answer
    /// @param firstAt when the first and the last of them arrived, milliseconds since the epoch; 0: none has
    public record Progress(Task task, int attempt, boolean loads, long tokens, long firstAt, long lastAt) {
    }

    /// Returns the running attempts, in no order.
    public List<Progress> progress() {
        return attempts.stream().map(attempt -> new Progress(attempt.run.task(), attempt.run.attempt(),
                attempt.found != Host.Found.LOADED, attempt.progress.pieces, attempt.progress.firstAt,
                attempt.progress.lastAt)).toList();
    }

    private Explainer explainer() {
        return new Explainer(queue, hosts, asked, this::routing, hold, this::alone, this::written, () -> options,
                clock);
    }

    private Written written(Task task) {
        for (RunningAttempt attempt : attempts) {
            if (attempt.run.task().id() == task.id()) {
                return attempt.progress.written();
            }
        }
        return Written.NOTHING;
    }

    private String alone() {
        for (RunningAttempt attempt : attempts) {
            if (attempt.run.task().runsAlone()) {
                return attempt.run.task().name();
            }
        }
        return null;
    }

    /// Returns the refusal that every host open to a pending call would answer for its model, for a reason of the
    /// host's or its account's; null if one may accept it.
    public Outcome.Failed refusal(Task task) {
        long now = clock.millis();
        if (hosts.all().stream().allMatch(host -> host.refusal(task.model(), now) == null)) {
            return null;
        }
        String refuser = routing().refuser(task);
        Outcome.Failed refusal = refuser == null ? null : hosts.named(refuser).refusal(task.model(), now);
        return refusal != null && refusal.isAccounts() ? refusal : null;
    }

    /// Returns why no attempt begins, if the reason is this server's own; null if there is none.
    public String held() {
        return hold.reason(clock.millis());
    }

    /// Reserves a place on a local host that has a model, for a call that is not a task, before any task gets it: at
    /// once if the model is loaded with these options, because then there is nothing to do, otherwise once it can be
    /// loaded without evicting a runner that answers. Return it with [#giveBack].
    ///
    /// @param options null: all are left to the host
    /// @param on      the only host to use, whatever its list says; null: any that has the model
    /// @return complete once there is a place; cancel it to stop waiting
    public CompletableFuture<HostAccess> take(String model, RunnerOptions options, String on) {
        CompletableFuture<HostAccess> place = new CompletableFuture<>();
        takers.add(new Taker(model, RunnerKey.of(model, options), on, place));
        wake();
        return place;
    }

    /// @return whether it no longer waits
    private boolean give(Taker taker) {
        for (HostView view : taker.place.isDone() ? List.<HostView>of() : routing().free(taker.model, taker.key,
                taker.on)) {
            Host host = hosts.named(view.name());
            HostAccess access = host.access(clock.millis());
            if (access != null) {
                host.begun(taker.key, clock.millis());
                if (!taker.place.complete(access)) {
                    giveBack(access, taker.model, false);
                }
                return true;
            }
        }
        return taker.place.isDone();
    }

    /// Returns a place that [#take] reserved.
    ///
    /// @param isLoaded whether the host has loaded the model
    public void giveBack(HostAccess taken, String model, boolean isLoaded) {
        Host host = hosts.named(taken.name());
        host.unknown(model);
        if (isLoaded) {
            host.answers(model, 0, clock.millis());
        }
        host.ended(model, clock.millis());
        health.askNow(host);
        wake();
    }

    /// Returns the current hosts; those that have to end tasks before they can load what waits for them are reserved.
    private Offers offers(Routing routing) {
        Set<String> loading = new HashSet<>();
        takers.forEach(taker -> loading.addAll(routing.draining(taker.model, taker.key, taker.on)));
        return new Offers() {
            @Override
            public Offer to(Task task, Set<String> kept) {
                Set<String> all = kept;
                if (!loading.isEmpty()) {
                    all = new HashSet<>(kept);
                    all.addAll(loading);
                }
                return routing.offer(task, asked.without(task.id()), all);
            }

            @Override
            public boolean may(Task task, String host) {
                return routing.open(task).contains(host);
            }

            @Override
            public Set<String> warm() {
                return routing.warm();
            }
        };
    }

    private Routing routing() {
        return new Routing(options.routing(), hosts.views(), queue.readyCount());
    }

    private void loop() {
        while (!stopping) {
            awake.set(false);
            try {
                endDied();
                giveUpLost();
                long due = Math.min(Math.min(queue.runs().tick(), hosts.nextTry()), hold.nextTry(clock.millis()));
                startReady();
                long ms = Math.max(1, Math.min(due - clock.millis(), SLEEP_MAX_MS));
                if (!awake.get()) {
                    LockSupport.parkNanos(this, ms * 1_000_000);
                }
            } catch (RuntimeException | Error failure) {
                if (queue.failure() != null) {
                    return;
                }
                troubled(failure);
                LockSupport.parkNanos(this, SLEEP_MAX_MS * 1_000_000);
            }
        }
    }

    private void troubled(Throwable failure) {
        if (OwnTrouble.is(failure)) {
            hold.begin(failure.getMessage(), clock.millis());
        } else {
            LOG.log(Level.ERROR, "event=dispatch_failed", failure);
        }
    }

    /// Gives away the free places. If another thread is doing so, that thread checks once more.
    private void startReady() {
        wanted.set(true);
        while (wanted.get() && starting.tryAcquire()) {
            try {
                while (wanted.getAndSet(false)) {
                    takers.removeIf(this::give);
                    while (startOne()) {
                        // and the next
                    }
                }
            } finally {
                starting.release();
            }
        }
    }

    private boolean startOne() {
        long now = clock.millis();
        // looking for a task takes much longer than seeing that there is none
        if (stopping || !queue.ledger().mayStart(now) || !hold.allows(now)) {
            return false;
        }
        Routing routing = routing();
        Run run = routing.anyPlace() ? queue.runs().startNext(offers(routing)) : null;
        if (run == null) {
            return false;
        }
        Host host = hosts.named(run.task().state().host());
        Host.Found found = host.begun(RunnerKey.of(run.task()), clock.millis());
        hold.sent();
        if (run.task().runsAlone()) {
            LOG.log(Level.WARNING, "event=task_runs_alone id=" + run.task().name()
                    + " reason=\"the server died repeatedly while it ran\"");
        }
        RunningAttempt attempt = new RunningAttempt(run, host, found);
        attempt.thread = Thread.ofVirtual().name("attempt-" + run.task().name()).unstarted(() -> run(attempt));
        attempts.add(attempt);
        try {
            attempt.thread.start();
        } catch (RuntimeException | Error notStarted) {
            end(attempt, "its thread could not be started: " + notStarted);
        }
        return true;
    }

    private void run(RunningAttempt attempt) {
        runner.run(attempt.run, attempt.host, attempt.found, attempt.progress, () -> stopping,
                () -> attempt.givenUp);
        ended(attempt);
    }

    private void ended(RunningAttempt attempt) {
        attempts.remove(attempt);
        attempt.host.ended(attempt.run.task().model(), clock.millis());
        if (attempt.found == Host.Found.TO_LOAD) {
            health.askNow(attempt.host);
        }
        ready();
    }

    /// Ends the attempts whose threads died of an error: there may have been no memory or no class to report it there.
    private void endDied() {
        for (RunningAttempt attempt : attempts) {
            // it may have ended normally between the two checks
            if (attempt.thread.getState() == Thread.State.TERMINATED && attempts.contains(attempt)) {
                end(attempt, "its thread died");
            }
        }
    }

    /// Ends the calls whose answers have not begun on hosts that no longer report their health: for an answer that is
    /// not streamed no silence is too long.
    private void giveUpLost() {
        for (RunningAttempt attempt : attempts) {
            RelayedAnswer answer = attempt.host.isLost() ? relayed.find(attempt.run.task().id()) : null;
            if (answer != null && !answer.begun() && attempt.givenUp == null) {
                attempt.givenUp = attempt.host.name() + " did not answer three health checks in a row";
                attempt.thread.interrupt();
            }
        }
    }

    private void end(RunningAttempt attempt, String why) {
        LOG.log(Level.WARNING, "event=attempt_died id=" + attempt.run.task().name() + " error=" + LogValue.of(why));
        hold.begin(why, clock.millis());
        queue.runs().cutOff(attempt.run);
        attempt.host.unknown(attempt.run.task().model());
        ended(attempt);
    }

    private void interrupt(Task cancelled) {
        asked.forget(cancelled.id());
        for (RunningAttempt attempt : attempts) {
            if (attempt.run.task().id() == cancelled.id()) {
                attempt.thread.interrupt();
            }
        }
    }

    /// Starts nothing more, lets running attempts continue for `grace`, then makes the rest pending again. Takes at
    /// most a second longer.
    public void stop(Duration grace) {
        stopping = true;
        // attempts that are being started now are in the list afterwards
        starting.acquireUninterruptibly();
        starting.release();
        health.close();
        LockSupport.unpark(loop);
        try {
            joinAll(grace.toNanos());
            attempts.forEach(attempt -> attempt.thread.interrupt());
            joinAll(INTERRUPTED_MAX_NANOS);
            // these ignore the interrupt
            attempts.forEach(attempt -> runner.cutOff(attempt.run));
            attempts.clear();
        } catch (InterruptedException stopAtOnce) {
            attempts.forEach(attempt -> attempt.thread.interrupt());
            Thread.currentThread().interrupt();
        }
    }

    /// Waits for the loop and all attempts, at most this long in total.
    private void joinAll(long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        if (loop.isAlive()) {
            loop.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
        }
        for (RunningAttempt attempt : attempts) {
            attempt.thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
        }
    }

    @Override
    public void close() {
        stop(Duration.ZERO);
        hosts.close();
    }
}
