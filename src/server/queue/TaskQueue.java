package server.queue;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

import server.cron.plan.CronEvent;
import server.journal.Journal;
import server.journal.JournalOptions;
import server.journal.NoRoom;
import server.journal.Unit;
import server.journal.Urgency;
import server.journal.disk.Storage;
import server.queue.ledger.Durability;
import server.queue.ledger.Durability.Done;
import server.queue.ledger.DurableEvent;
import server.queue.line.EventCodec;
import server.queue.line.Pool;
import server.queue.state.Event;
import server.queue.state.LifeCycle;
import server.queue.state.Place;
import server.queue.state.QueueMode;
import server.queue.state.QueueOptions;
import server.queue.state.QueueState;
import server.task.Attempt;
import server.task.Submission;
import server.task.Task;
import server.task.TaskDocument;
import shared.Problem;
import shared.json.Slice;

/// The single writer around [QueueState]: every change is decided, appended to the journal and applied under one short
/// lock, so the journal's order is the state's order; the waiting for durability is outside of it. Every public method
/// that changes or shows something returns only once all that it tells of is durable, unless it says otherwise.
///
/// Lock rule: `state` is read and changed, and the journal appended to, only under `lock`; no disk is read, nobody is
/// waited for and no listener is called under it.
public final class TaskQueue extends QueueView implements AutoCloseable {

    /// How much one call does of what comes due by itself, so that none holds the lock for long.
    private static final int WORK_MAX = 1000;

    /// Until what is due is tried again when the disk was full, in milliseconds.
    private static final long ROOM_PAUSE = 1000;

    private final Pool pool;
    private final CronBook crons = new CronBook(this);
    final InstantSource clock;
    private final RandomGenerator random;
    private final List<Runnable> onReady = new CopyOnWriteArrayList<>();
    private final List<Consumer<Task>> onRunCancelled = new CopyOnWriteArrayList<>();
    private final List<Runnable> onFailure = new CopyOnWriteArrayList<>();

    private TaskQueue(QueueState state, Pool pool, EventCodec codec, Journal journal, InstantSource clock,
            RandomGenerator random) {
        super(state, codec, journal);
        this.pool = pool;
        this.clock = clock;
        this.random = random;
    }

    /// Recovers the queue from its journal; tasks that were running are pending again, with an attempt on record.
    public static TaskQueue open(Storage storage, JournalOptions journal, QueueOptions options, InstantSource clock,
            RandomGenerator random) throws IOException {
        QueueState state = new QueueState(options);
        Pool pool = new Pool();
        EventCodec codec = new EventCodec(pool);
        Journal replayed = Journal.open(storage, journal,
                (seq, position, line) -> state.apply(codec.decodeForReplay(seq, line), seq, position));
        TaskQueue queue = new TaskQueue(state, pool, codec, replayed, clock, random);
        queue.journal.onDurable(queue.feed::durable);
        queue.journal.onFailure(queue::failed);
        queue.journal.onRoom(queue::ready);
        queue.feed.listen(event -> {
            if (event.ended()) {
                queue.waiters.ended(event.task());
            }
        });
        for (Task task : queue.state.running()) {
            queue.changing(() -> queue.commit(LifeCycle.cutOff(task, clock.millis())));
        }
        return queue;
    }

    /// From now on other limits hold, and ended tasks are kept for another time.
    public void become(QueueOptions options) {
        synchronized (lock) {
            state.become(options);
        }
        ready();
    }

    // ---- changes, for handlers; they throw Problem 404, 409, 429, 503, 507

    /// @param key an idempotency key, or null; under a known one the first answer is given again, or 409 if
    ///            `fingerprint` (of the request's body) differs
    public Submitted submit(Submission submission, String key, String fingerprint) {
        Submission asked = shared(submission);
        boolean[] replayed = new boolean[1];
        Done<Task> done = changing(() -> {
            long known = state.known(key, fingerprint);
            replayed[0] = known >= 0;
            return replayed[0] ? state.require(known)
                    : commit(state.submit(asked, unusedId(), key, fingerprint, clock.millis()));
        });
        if (replayed[0]) {
            durability.awaitShown(done.seq());
            return new Submitted(read(done.result(), reader::asSubmitted), true);
        }
        ready();
        durability.awaitShown(done.seq());
        return new Submitted(
                new TaskDocument(done.result(), asked.payload(), asked.preview(), null, List.of(), null), false);
    }

    /// @param replayed whether an idempotency key had it already; `document` shows the task as it was first answered
    public record Submitted(TaskDocument document, boolean replayed) {
    }

    /// An empty batch, to be filled and given to [#submit(TaskBatch)], then closed.
    public TaskBatch newBatch() {
        return new TaskBatch(this::shared, this::unusedIds, clock.millis());
    }

    /// All or none, in order, one commit.
    public List<Task> submit(TaskBatch batch) {
        if (batch.isEmpty()) {
            return List.of();
        }
        Done<List<Task>> done = changing(() -> commit(batch));
        ready();
        durability.awaitShown(done.seq());
        batch.inDoubt(false);
        return done.result();
    }

    public Task cancel(long id) {
        Done<Task> done = changing(() -> commit(state.cancel(id, clock.millis())));
        cancelled(done.result());
        durability.awaitShown(done.seq());
        return done.result();
    }

    /// Tells of a task that was cancelled, in case it was running.
    void cancelled(Task after) {
        if (after.state().startedAt() != 0) {
            onRunCancelled.forEach(listener -> listener.accept(after));
        }
    }

    public Task changePriority(long id, int priority) {
        changed(() -> {
            Event.Change event = state.changePriority(id, priority, clock.millis());
            return state.require(id).priority() == priority ? null : event;
        });
        ready();
        return shown(() -> state.require(id));
    }

    public Task retry(long id) {
        while (true) {
            Task before;
            synchronized (lock) {
                before = state.require(id);
            }
            List<Attempt> attempts = read(before, reader::attempts);
            Done<Task> done = changing(() -> state.require(id) == before
                    ? commit(state.retry(id, attempts, clock.millis())) : null);
            if (done.result() != null) {
                ready();
                durability.awaitShown(done.seq());
                return done.result();
            }
        }
    }

    public void delete(long id) {
        changed(() -> state.delete(id, clock.millis()));
    }

    /// Pauses, resumes or drains.
    public void changeMode(QueueMode mode) {
        changed(() -> state.mode() == mode ? null : new Event.ModeChange(mode, clock.millis()));
        crons.changed();
        ready();
    }

    /// The cron tasks.
    public CronBook crons() {
        return crons;
    }

    // ---- the dispatcher's side

    /// Begins the next attempt: of the ready tasks the first, by priority and order, for which `placement` names a
    /// host. Returns without waiting for durability (see [Run#seq]).
    ///
    /// @param placement the place for a task, null if none can take it now; called under the queue's lock, so quick
    ///                  and without calling back. Of tasks of one priority, model, `on`, `remote_execution` and
    ///                  `wait_for_model` that were not tried yet only the first is asked for, of those that were some
    /// @return null if there is none, or the queue is paused, or the journal has no room now; [#onReady] calls once
    ///         that may have changed
    public Run startNext(Function<Task, Place> placement) {
        synchronized (lock) {
            for (int i = 0; failure == null && i < WORK_MAX; i++) {
                Event.Change event = state.start(placement, clock.millis());
                if (event == null) {
                    return null;
                }
                Task task;
                try {
                    // also of one that has expired: what ends without a run has no claim to the reserve
                    task = commit(event, Urgency.NORMAL);
                } catch (NoRoom none) {
                    // what makes room, or ends, calls for another look
                    return null;
                }
                if (event.what() == Event.What.STARTED) {
                    return new Run(task, task.attempts().size() + 1, journal.appendedSeq());
                }
            }
        }
        // so many had expired: let others have the lock, then go on
        ready();
        return null;
    }

    /// How many tasks wait for nothing but their turn.
    public int readyCount() {
        synchronized (lock) {
            return state.readyCount();
        }
    }

    public void awaitDurable(long seq) {
        journal.awaitDurable(seq);
    }

    /// Whether this run is still the task's current one (it was not cancelled).
    public boolean current(Run run) {
        synchronized (lock) {
            return taskOf(run) != null;
        }
    }

    /// These four end a run; they do nothing, and answer false, if it is no longer current. They do not wait for
    /// durability (but whoever is shown the change does). Where the disk is full, the reserve is theirs; that it is
    /// used up, or too small for a result, is a Problem 507, and nothing has changed.
    public boolean complete(Run run, Slice result) {
        return end(run, task -> LifeCycle.completed(task, result, clock.millis()));
    }

    public boolean fail(Run run, String error) {
        return end(run, task -> LifeCycle.failed(task, pool.share(error), clock.millis()));
    }

    /// Back to pending.
    ///
    /// @param retryAt when the next attempt may begin, milliseconds since the epoch; 0: at once
    /// @param counted whether this used up a retry and is an attempt on record. A host's failure is neither
    public boolean putBack(Run run, String error, long retryAt, boolean counted) {
        boolean done = end(run, task -> LifeCycle.retrying(task, pool.share(error), retryAt, counted, clock.millis()));
        if (done) {
            ready();
        }
        return done;
    }

    /// Back to pending because the server stops: an attempt on record that used up no retry. So the next attempt has a
    /// number of its own, and nobody takes a place in this one's answer for one in the next's.
    public boolean cutOff(Run run) {
        return end(run, task -> LifeCycle.cutOff(task, clock.millis()));
    }

    /// Does what is due: scheduled tasks and retries become ready, expired ones fail, old ones are forgotten.
    ///
    /// @return when it wants to be called again, milliseconds since the epoch; Long.MAX_VALUE: not before a change
    public long tick() {
        boolean woken;
        long next;
        synchronized (lock) {
            long now = clock.millis();
            woken = state.wake(now);
            Event.Change due = failure == null ? state.due(now) : null;
            boolean room = true;
            for (int i = 1; due != null && room; i++) {
                try {
                    commit(due, Urgency.NORMAL);
                    due = i < WORK_MAX ? state.due(now) : null;
                } catch (NoRoom none) {
                    room = false;
                }
            }
            next = failure != null ? Long.MAX_VALUE : room ? state.nextDue() : now + ROOM_PAUSE;
        }
        if (woken) {
            ready();
        }
        return next;
    }

    /// Calls this after a change that may let a task start (quick, any thread).
    public void onReady(Runnable listener) {
        onReady.add(listener);
    }

    /// Calls this when a running task was cancelled, durable or not (quick, any thread).
    public void onRunCancelled(Consumer<Task> listener) {
        onRunCancelled.add(listener);
    }

    /// Calls this if the journal failed for good, at once if it has already; it may be called twice.
    public void onFailure(Runnable listener) {
        onFailure.add(listener);
        if (failure != null) {
            listener.run();
        }
    }

    // ---- the feed

    /// Calls this with every event once it is durable, in order, on the journal's writer thread: quick, never blocking.
    public void onEvent(Consumer<DurableEvent> listener) {
        feed.listen(listener);
    }

    @Override
    public void close() {
        journal.close();
        waiters.giveUp();
    }

    // ---- inside

    <T> Done<T> changing(Supplier<T> work) {
        return durability.underLock(lock, work);
    }

    private Task commit(Event event) {
        return commit(event, Durability.urgency(event));
    }

    /// Appends and applies, with what the event means to a cron task. The lock is held.
    private Task commit(Event event, Urgency urgency) {
        CronEvent echo = state.echo(event);
        if (echo != null) {
            return commit(List.of(event, new Event.Cron(echo)), urgency).getFirst();
        }
        long seq = journal.nextSeq();
        long position = feed.appending(seq, List.of(event), () -> durability.append(event, urgency));
        // the commit point: from here on the event is a fact
        return state.apply(event, seq, position);
    }

    private List<Task> commit(TaskBatch batch) {
        state.admit(batch.size(), batch.metadata());
        return commit(batch.events(), () -> {
            long[] positions = durability.append(batch.lines(), Urgency.LOW);
            // the journal has them now, whatever happens here
            batch.inDoubt(true);
            return positions;
        });
    }

    /// Appends, all or none, and applies. The lock is held.
    ///
    /// @return the tasks as they are now; null for events that are not a task's
    List<Task> commit(List<Event> events, Urgency urgency) {
        Unit lines = Unit.of(events.stream().map(EventCodec::encode).toList());
        List<Task> tasks = commit(events, () -> durability.append(lines, urgency));
        crons.changed();
        return tasks;
    }

    private List<Task> commit(List<? extends Event> events, Supplier<long[]> append) {
        long first = journal.nextSeq();
        long[] positions = feed.appending(first, events, append);
        // the commit point: from here on these are facts
        List<Task> tasks = new ArrayList<>(positions.length);
        for (int i = 0; i < positions.length; i++) {
            tasks.add(state.apply(events.get(i), first + i, positions[i]));
        }
        return tasks;
    }

    /// Makes a change if one is decided, and waits until it is durable.
    void changed(Supplier<Event> decision) {
        Done<Task> done = changing(() -> {
            Event event = decision.get();
            return event == null ? null : commit(event);
        });
        durability.awaitShown(done.seq());
    }

    private void failed() {
        failure = journal.failure();
        waiters.giveUp();
        onFailure.forEach(Runnable::run);
    }

    void ready() {
        if (state.mode() != QueueMode.PAUSED) {
            onReady.forEach(Runnable::run);
        }
    }

    /// The task if this run is its current one, else null. The lock is held.
    private Task taskOf(Run run) {
        Task task = state.get(run.task().id());
        // each start makes a state of its own, which nothing but the run's end replaces
        return task != null && task.state() == run.task().state() ? task : null;
    }

    private boolean end(Run run, Function<Task, Event.Change> ending) {
        return changing(() -> {
            Task task = taskOf(run);
            if (task != null) {
                commit(ending.apply(task));
            }
            return task != null;
        }).result();
    }

    Submission shared(Submission asked) {
        return new Submission(asked.type(), pool.share(asked.model()), asked.priority(), pool.share(asked.terms()),
                asked.payload(), asked.metadata(), asked.preview());
    }

    private long[] unusedIds(int count) {
        synchronized (lock) {
            return LongStream.generate(this::unusedId).limit(count).toArray();
        }
    }

    /// The lock is held.
    long unusedId() {
        long id;
        do {
            id = random.nextLong() >>> 4;
        } while (state.get(id) != null || state.crons().get(id) != null);
        return id;
    }
}
