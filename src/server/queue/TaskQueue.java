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

import server.journal.Journal;
import server.journal.JournalOptions;
import server.journal.Storage;
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

    private final Pool pool;
    private final InstantSource clock;
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
        queue.feed.listen(event -> {
            if (event.ended()) {
                queue.waiters.ended(event.task());
            }
        });
        synchronized (queue.lock) {
            for (Task task : queue.state.running()) {
                queue.commit(LifeCycle.cutOff(task, clock.millis()));
            }
        }
        return queue;
    }

    // ---- changes, for handlers; they throw Problem 404, 409, 429, 503, 507

    /// @param key an idempotency key, or null; under a known one the first answer is given again, or 409 if
    ///            `fingerprint` (of the request's body) differs
    public Submitted submit(Submission submission, String key, String fingerprint) {
        durability.awaitRoom();
        Submission asked = shared(submission);
        Task task;
        boolean replayed;
        long seq;
        synchronized (lock) {
            long known = state.known(key, fingerprint);
            replayed = known >= 0;
            task = replayed ? state.require(known)
                    : commit(state.submit(asked, unusedId(), key, fingerprint, clock.millis()));
            seq = journal.appendedSeq();
        }
        if (replayed) {
            durability.awaitShown(seq);
            return new Submitted(read(task, reader::asSubmitted), true);
        }
        ready();
        durability.awaitShown(seq);
        return new Submitted(
                new TaskDocument(task, asked.payload(), asked.preview(), null, List.of(), null), false);
    }

    /// @param replayed whether an idempotency key had it already; `document` shows the task as it was first answered
    public record Submitted(TaskDocument document, boolean replayed) {
    }

    /// All or none, in order, one commit.
    public List<Task> submitAll(List<Submission> submissions) {
        if (submissions.isEmpty()) {
            return List.of();
        }
        durability.awaitRoom();
        Batch batch = Batch.of(submissions.stream().map(this::shared).toList(), this::lockedUnusedId, clock.millis());
        List<Task> tasks = new ArrayList<>(submissions.size());
        long seq;
        synchronized (lock) {
            state.admit(submissions.size(), batch.metadata());
            long first = journal.nextSeq();
            long[] positions = feed.appending(first, batch.events(), () -> durability.append(batch.lines()));
            // the commit point: from here on these are facts
            for (int i = 0; i < positions.length; i++) {
                tasks.add(state.apply(batch.events().get(i), first + i, positions[i]));
            }
            seq = journal.appendedSeq();
        }
        ready();
        durability.awaitShown(seq);
        return tasks;
    }

    public Task cancel(long id) {
        Task before;
        Task after;
        long seq;
        synchronized (lock) {
            before = state.require(id);
            after = commit(state.cancel(id, clock.millis()));
            seq = journal.appendedSeq();
        }
        if (!before.status().ended() && before.state().startedAt() != 0) {
            onRunCancelled.forEach(listener -> listener.accept(after));
        }
        durability.awaitShown(seq);
        return after;
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
        Task after = null;
        long seq = 0;
        while (after == null) {
            Task before;
            synchronized (lock) {
                before = state.require(id);
            }
            List<Attempt> attempts = read(before, reader::attempts);
            synchronized (lock) {
                if (state.require(id) == before) {
                    after = commit(state.retry(id, attempts, clock.millis()));
                    seq = journal.appendedSeq();
                }
            }
        }
        ready();
        durability.awaitShown(seq);
        return after;
    }

    public void delete(long id) {
        changed(() -> state.delete(id, clock.millis()));
    }

    /// Pauses, resumes or drains.
    public void changeMode(QueueMode mode) {
        changed(() -> state.mode() == mode ? null : new Event.ModeChange(mode, clock.millis()));
        ready();
    }

    // ---- reads: see QueueView

    /// The order of a listing. Within one value of the others the newest comes first. By status: as a task goes through
    /// them. By duration: of the last attempt; tasks that never ran, or run, are the shortest.
    public enum TaskSort { CREATED_AT, PRIORITY, STATUS, MODEL, DURATION }

    // ---- the dispatcher's side

    /// Begins the next attempt: of the ready tasks the first, by priority and order, for which `placement` names a
    /// host. Returns without waiting for durability (see [Run#seq]).
    ///
    /// @param placement the host's name for a task, null if none can take it now; called under the queue's lock, so
    ///                  quick and without calling back. Of tasks of one priority, model, `on`, `remote_execution` and
    ///                  `wait_for_model` that were not tried yet only the first is asked for
    /// @return null if there is none, or the queue is paused
    public Run startNext(Function<Task, String> placement) {
        synchronized (lock) {
            for (int i = 0; failure == null && i < WORK_MAX; i++) {
                Event.Change event = state.start(placement, clock.millis());
                if (event == null) {
                    return null;
                }
                Task task = commit(event);
                if (event.what() == Event.What.STARTED) {
                    return new Run(task, task.attempts().size() + 1, journal.appendedSeq());
                }
            }
        }
        // so many had expired: let others have the lock, then go on
        ready();
        return null;
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
    /// durability (but whoever is shown the change does).
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
            for (int i = 1; due != null; i++) {
                commit(due);
                due = i < WORK_MAX ? state.due(now) : null;
            }
            next = failure == null ? state.nextDue() : Long.MAX_VALUE;
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

    /// Calls this once if the journal failed for good.
    public void onFailure(Runnable listener) {
        onFailure.add(listener);
    }

    // ---- the feed

    /// Calls this with every event once it is durable, in order, on the journal's writer thread: quick, never blocking.
    public void onEvent(Consumer<DurableEvent> listener) {
        feed.listen(listener);
    }

    /// An event as subscribers see it. Its JSON is made when somebody asks.
    public static final class DurableEvent {
        private final long seq;
        private final long task;
        private final boolean ended;
        private Supplier<Slice> source;
        private Slice json;

        /// @param task  0 if it is not a task's
        /// @param ended whether the task has ended with it, or is gone
        public DurableEvent(long seq, long task, boolean ended, Slice json) {
            this.seq = seq;
            this.task = task;
            this.ended = ended;
            this.json = json;
        }

        DurableEvent(long seq, Event event) {
            this(seq, event instanceof Event.Change change ? change.task().id() : 0,
                    event instanceof Event.Change change && change.task().status().ended(), null);
            source = () -> EventCodec.feed(seq, event);
        }

        public long seq() {
            return seq;
        }

        public long task() {
            return task;
        }

        public boolean ended() {
            return ended;
        }

        /// `{"seq":…,"event":"task","what":…,"at":…,"task":{…}}`
        public synchronized Slice json() {
            if (json == null) {
                json = source.get();
                source = null;
            }
            return json;
        }
    }

    @Override
    public void close() {
        journal.close();
        waiters.giveUp();
    }

    // ---- inside

    /// Appends and applies. The lock is held.
    private Task commit(Event event) {
        long seq = journal.nextSeq();
        long position = feed.appending(seq, List.of(event), () -> durability.append(event));
        // the commit point: from here on the event is a fact
        return state.apply(event, seq, position);
    }

    /// Makes a change if one is decided, and waits until it is durable.
    private void changed(Supplier<Event> decision) {
        long seq;
        synchronized (lock) {
            Event event = decision.get();
            if (event != null) {
                commit(event);
            }
            seq = journal.appendedSeq();
        }
        durability.awaitShown(seq);
    }

    private void failed() {
        failure = "the journal cannot be written";
        waiters.giveUp();
        onFailure.forEach(Runnable::run);
    }

    private void ready() {
        onReady.forEach(Runnable::run);
    }

    /// The task if this run is its current one, else null. The lock is held.
    private Task taskOf(Run run) {
        Task task = state.get(run.task().id());
        // each start makes a state of its own, which nothing but the run's end replaces
        return task != null && task.state() == run.task().state() ? task : null;
    }

    private boolean end(Run run, Function<Task, Event.Change> ending) {
        synchronized (lock) {
            Task task = taskOf(run);
            if (task == null) {
                return false;
            }
            commit(ending.apply(task));
            return true;
        }
    }

    private Submission shared(Submission asked) {
        return new Submission(asked.type(), pool.share(asked.model()), asked.priority(), pool.share(asked.terms()),
                asked.payload(), asked.metadata(), asked.preview());
    }

    private long lockedUnusedId() {
        synchronized (lock) {
            return unusedId();
        }
    }

    /// The lock is held.
    private long unusedId() {
        long id;
        do {
            id = random.nextLong() >>> 4;
        } while (state.get(id) != null);
        return id;
    }
}
