package server.queue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import server.journal.Journal;
import server.journal.JournalFailure;
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
public final class TaskQueue implements AutoCloseable {

    /// How much one call does of what comes due by itself, so that none holds the lock for long.
    private static final int WORK_MAX = 1000;
    /// How many tasks a search of prompts looks at.
    private static final int SEARCHED_MAX = 100_000;

    private final Object lock = new Object();
    private final QueueState state;
    private final Pool pool = new Pool();
    private final EventCodec codec = new EventCodec(pool);
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Feed feed = new Feed();
    private final EndWaiters waiters = new EndWaiters();
    private final List<Runnable> onReady = new CopyOnWriteArrayList<>();
    private final List<Consumer<Task>> onRunCancelled = new CopyOnWriteArrayList<>();
    private final List<Runnable> onFailure = new CopyOnWriteArrayList<>();
    private final Journal journal;
    private final TaskReader reader;
    private volatile String failure;

    private TaskQueue(Storage storage, JournalOptions journalOptions, QueueOptions options, InstantSource clock,
            RandomGenerator random) throws IOException {
        this.state = new QueueState(options);
        this.clock = clock;
        this.random = random;
        this.journal = Journal.open(storage, journalOptions, this::replay);
        this.reader = new TaskReader(journal, codec);
    }

    /// Recovers the queue from its journal; tasks that were running are pending again, with an attempt on record.
    public static TaskQueue open(Storage storage, JournalOptions journal, QueueOptions options, InstantSource clock,
            RandomGenerator random) throws IOException {
        TaskQueue queue = new TaskQueue(storage, journal, options, clock, random);
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
        awaitRoom();
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
            awaitShown(seq);
            return new Submitted(read(task, reader::asSubmitted), true);
        }
        ready();
        awaitShown(seq);
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
        awaitRoom();
        long[] ids = unusedIds(submissions.size());
        // what takes time is done before the lock is taken
        List<Event.Change> events = new ArrayList<>(submissions.size());
        List<Slice[]> lines = new ArrayList<>(submissions.size());
        long metadata = 0;
        long now = clock.millis();
        for (Submission submission : submissions) {
            Event.Change event = LifeCycle.submitted(shared(submission), ids[events.size()], null, null, now);
            events.add(event);
            lines.add(EventCodec.encode(event));
            metadata += submission.metadata() == null ? 0 : submission.metadata().length;
        }
        List<Task> tasks = new ArrayList<>(events.size());
        long seq;
        synchronized (lock) {
            state.admit(events.size(), metadata);
            long first = journal.nextSeq();
            long[] positions = write(() -> journal.appendAll(lines));
            // the commit point: from here on these are facts
            for (int i = 0; i < positions.length; i++) {
                tasks.add(apply(events.get(i), first + i, positions[i]));
            }
            seq = journal.appendedSeq();
        }
        ready();
        awaitShown(seq);
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
        awaitShown(seq);
        return after;
    }

    public Task changePriority(long id, int priority) {
        Task task;
        long seq;
        synchronized (lock) {
            Event.Change event = state.changePriority(id, priority, clock.millis());
            task = state.require(id);
            if (task.priority() != priority) {
                task = commit(event);
            }
            seq = journal.appendedSeq();
        }
        ready();
        awaitShown(seq);
        return task;
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
        awaitShown(seq);
        return after;
    }

    public void delete(long id) {
        long seq;
        synchronized (lock) {
            commit(state.delete(id, clock.millis()));
            seq = journal.appendedSeq();
        }
        awaitShown(seq);
    }

    /// Pauses, resumes or drains.
    public void changeMode(QueueMode mode) {
        long seq;
        synchronized (lock) {
            if (state.mode() != mode) {
                commit(new Event.ModeChange(mode, clock.millis()));
            }
            seq = journal.appendedSeq();
        }
        ready();
        awaitShown(seq);
    }

    // ---- reads

    /// @param idOrPrefix an id or a unique prefix of one, with or without `task_`
    public Task find(String idOrPrefix) {
        Task task;
        long seq;
        synchronized (lock) {
            task = state.find(idOrPrefix);
            seq = journal.appendedSeq();
        }
        awaitShown(seq);
        return task;
    }

    /// The task as it is now, whole.
    public TaskDocument document(long id) {
        Task task;
        long seq;
        synchronized (lock) {
            task = state.require(id);
            seq = journal.appendedSeq();
        }
        awaitShown(seq);
        return document(task);
    }

    /// A task that was read before, whole as it was then.
    ///
    /// @throws Problem 404 if it was deleted since
    public TaskDocument document(Task task) {
        return read(task, reader::document);
    }

    /// The first 80 characters of a task's prompt, read from the journal.
    public String preview(Task task) {
        return read(task, reader::request).preview();
    }

    /// Waits until the task has ended, at most so long; then the task as it is.
    public TaskDocument awaitEnd(long id, Duration atMost) throws InterruptedException {
        CountDownLatch latch = null;
        synchronized (lock) {
            if (!state.require(id).status().ended() && failure == null) {
                latch = waiters.enter(id);
            }
        }
        if (latch != null) {
            try {
                latch.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
            } finally {
                waiters.leave(id, latch);
            }
        }
        return document(id);
    }

    /// @param after an id: only what follows it in this order; null for all
    public TaskPage list(TaskFilter filter, TaskSort sort, boolean ascending, int limit, long offset, String after) {
        boolean search = filter.query() != null && !filter.query().isEmpty();
        if (search || sort == TaskSort.DURATION) {
            Task place;
            Listing candidates;
            synchronized (lock) {
                place = after == null ? null : state.find(after);
                candidates = new Listing(state, filter, TaskSort.CREATED_AT, false,
                        search ? SEARCHED_MAX : Integer.MAX_VALUE - 1, 0, null);
            }
            List<Task> tasks = page(candidates).tasks();
            return Selection.page(search ? search(tasks, filter.query()) : tasks, sort, ascending, limit, offset, place);
        }
        Listing listing;
        synchronized (lock) {
            listing = new Listing(state, filter, sort, ascending, limit, offset,
                    after == null ? null : state.find(after));
        }
        return page(listing);
    }

    /// The order of a listing. Within one value of the others the newest comes first. By status: as a task goes through
    /// them. By duration: of the last attempt; tasks that never ran, or run, are the shortest.
    public enum TaskSort { CREATED_AT, PRIORITY, STATUS, MODEL, DURATION }

    public QueueStats stats() {
        QueueStats stats;
        synchronized (lock) {
            stats = state.stats(journal.appendedSeq());
        }
        awaitShown(stats.lastSeq());
        return stats;
    }

    /// Does not wait for a change of it to be durable.
    public QueueMode mode() {
        synchronized (lock) {
            return state.mode();
        }
    }

    /// Null while the journal is well; else why the server is not ready to take changes.
    public String failure() {
        return failure;
    }

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

    /// The request's payload, read from the journal.
    public Slice payload(Task task) throws IOException {
        try {
            return reader.request(task).payload();
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
    }

    /// Whether this run is still the task's current one (it was not cancelled).
    public boolean current(Run run) {
        synchronized (lock) {
            return taskOf(run) != null;
        }
    }

    /// These three end a run; they do nothing, and answer false, if it is no longer current. They do not wait for
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

    /// The events of one task so far, as they were published: those among the last thousand of all, and in any case
    /// its first and its last. What lies between them long ago would have to be searched for in the whole journal.
    public List<DurableEvent> eventsOf(long id) {
        Task task;
        long seq;
        synchronized (lock) {
            task = state.require(id);
            seq = journal.appendedSeq();
        }
        awaitShown(seq);
        TreeMap<Long, DurableEvent> events = new TreeMap<>();
        read(task, reader::events).forEach(event -> events.put(event.seq(), event));
        feed.recentOf(id).forEach(event -> events.putIfAbsent(event.seq(), event));
        return List.copyOf(events.values());
    }

    /// An event as subscribers see it.
    public static final class DurableEvent {
        private final long seq;
        private final long task;
        private final boolean ended;
        private final Event event;
        /// Made when somebody asks; threads may make it twice.
        private Slice json;

        /// @param json `{"seq":…,"event":"task","what":…,"at":…,"task":{…}}`
        public DurableEvent(long seq, long task, boolean ended, Slice json) {
            this.seq = seq;
            this.task = task;
            this.ended = ended;
            this.event = null;
            this.json = json;
        }

        DurableEvent(long seq, Event event) {
            this.seq = seq;
            this.task = event instanceof Event.Change change ? change.task().id() : 0;
            this.ended = event instanceof Event.Change change && change.task().status().ended();
            this.event = event;
        }

        public long seq() {
            return seq;
        }

        /// 0 if it is not a task's.
        public long task() {
            return task;
        }

        /// Whether the task has ended with it, or is gone.
        public boolean ended() {
            return ended;
        }

        /// `{"seq":…,"event":"task","what":…,"at":…,"task":{…}}`
        public Slice json() {
            Slice made = json;
            if (made == null) {
                made = EventCodec.feed(seq, event);
                json = made;
            }
            return made;
        }
    }

    @Override
    public void close() {
        journal.close();
        waiters.giveUp();
    }

    // ---- inside

    private void replay(long seq, long position, Slice line) {
        Event event;
        try {
            event = codec.decodeBriefly(line);
        } catch (RuntimeException unreadable) {
            throw new IllegalStateException("event " + seq + " of the journal, at position "
                    + Long.toHexString(position) + ", cannot be understood: " + unreadable.getMessage(), unreadable);
        }
        state.apply(event, seq, position);
    }

    /// Appends and applies. The lock is held.
    private Task commit(Event event) {
        long seq = journal.nextSeq();
        long position = write(() -> journal.append(EventCodec.encode(event)));
        // the commit point: from here on the event is a fact
        return apply(event, seq, position);
    }

    /// The lock is held.
    private Task apply(Event event, long seq, long position) {
        Task task = state.apply(event, seq, position);
        feed.appended(new DurableEvent(seq, event instanceof Event.Change change ? shown(change, task) : event));
        return task;
    }

    /// What the feed shows of an event, without what it need not keep in memory.
    private static Event.Change shown(Event.Change change, Task task) {
        Event.Request request = change.request() == null ? null
                : new Event.Request(null, change.request().preview(), null, null);
        return new Event.Change(change.what(), change.at(), task == null ? change.task() : task, List.of(), request,
                null);
    }

    private <T> T write(Supplier<T> append) {
        try {
            return append.get();
        } catch (JournalFailure failed) {
            throw unwritable(failed);
        }
    }

    /// Waits while the disk is far behind.
    private void awaitRoom() {
        try {
            journal.awaitRoom();
        } catch (JournalFailure failed) {
            throw unwritable(failed);
        }
    }

    /// Waits before something is shown.
    private void awaitShown(long seq) {
        try {
            journal.awaitDurable(seq);
        } catch (JournalFailure failed) {
            throw unwritable(failed);
        }
    }

    private static Problem unwritable(JournalFailure failed) {
        return new Problem(503, "the journal cannot be written, the server ends: " + failed.getMessage());
    }

    private void failed() {
        failure = "the journal cannot be written";
        waiters.giveUp();
        onFailure.forEach(Runnable::run);
    }

    private void ready() {
        onReady.forEach(Runnable::run);
    }

    /// Reads what lies in the journal of a task; if it cannot be read because the task is gone by now, that is a 404.
    private <T> T read(Task task, Function<Task, T> reading) {
        try {
            return reading.apply(task);
        } catch (UncheckedIOException unreadable) {
            synchronized (lock) {
                state.require(task.id());
            }
            throw unreadable;
        }
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

    private TaskPage page(Listing listing) {
        long seq;
        boolean more;
        do {
            synchronized (lock) {
                more = listing.step(state);
                seq = journal.appendedSeq();
            }
        } while (more);
        awaitShown(seq);
        return listing.page();
    }

    private List<Task> search(List<Task> tasks, String query) {
        TextSearch search = new TextSearch(query);
        List<Task> found = new ArrayList<>();
        for (Task task : tasks) {
            if (search.inNames(task) || search.inPayload(reader.request(task).payload())) {
                found.add(task);
            }
        }
        return found;
    }

    private Submission shared(Submission asked) {
        return new Submission(asked.type(), pool.share(asked.model()), asked.priority(), pool.share(asked.terms()),
                asked.payload(), asked.metadata(), asked.preview());
    }

    /// Ids for a batch. That a later submit draws one of these 60-bit numbers before the batch is in is left to chance.
    private long[] unusedIds(int count) {
        Set<Long> ids = LinkedHashSet.newLinkedHashSet(count);
        while (ids.size() < count) {
            synchronized (lock) {
                for (int i = 0; i < WORK_MAX && ids.size() < count; i++) {
                    ids.add(unusedId());
                }
            }
        }
        return ids.stream().mapToLong(Long::longValue).toArray();
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
