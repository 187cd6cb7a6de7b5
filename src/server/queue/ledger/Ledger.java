package server.queue.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import server.action.plan.ActionEvent;
import server.action.plan.ActionKind;
import server.clock.ClockReport;
import server.cron.plan.CronEvent;
import server.journal.Backup;
import server.journal.Journal;
import server.journal.JournalFailure;
import server.journal.JournalFull;
import server.journal.JournalOptions;
import server.journal.NoRoom;
import server.journal.Unit;
import server.journal.Urgency;
import server.journal.compaction.JournalCompaction;
import server.journal.disk.Line;
import server.journal.disk.Storage;
import server.queue.line.EventCodec;
import server.queue.line.Pool;
import server.queue.state.Event;
import server.queue.state.Event.What;
import server.queue.state.QueueMode;
import server.queue.state.QueueOptions;
import server.queue.state.QueueState;
import server.task.Task;
import shared.LogValue;
import shared.Problem;

/// The queue's state and its journal, kept consistent: the single writer. It has two doors. [#change] decides, appends
/// and applies events under the lock; [#look] reads the state under it. Both return a [Commit], which can wait until
/// everything that its value depends on is durable.
///
/// Lock rule: the state is read and changed, and the journal appended to, only under `lock`; under it no disk is read,
/// no thread is waited for and no listener is called. So code that passes through a door must be quick and call nobody
/// back.
public final class Ledger implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Ledger.class.getName());

    /// Keeps the journal's order equal to the state's. Guards `state` and `random`. Not a monitor: virtual threads that
    /// find a monitor held spin on their carriers for a while, which cost a third of the rate of relayed calls.
    private final ReentrantLock lock = new ReentrantLock();
    private final Pace pace = Pace.ofMachine();
    private final QueueState state;
    final Journal journal;
    private final Pool pool;
    private final InstantSource clock;
    private final ClockReport report;
    private final RandomGenerator random;
    private final TaskReader reader;
    private final Feed feed = new Feed();
    private final List<Consumer<List<? extends Event>>> onChange = new CopyOnWriteArrayList<>();
    // of the state after the last change: read at each end of an attempt, where the lock would have to be taken once
    // more
    private volatile int readyCount;
    private volatile long startableAt;

    private Ledger(QueueState state, Journal journal, EventCodec codec, Pool pool, InstantSource clock,
            ClockReport report, RandomGenerator random) {
        this.state = state;
        this.journal = journal;
        this.pool = pool;
        this.clock = clock;
        this.report = report;
        this.random = random;
        reader = new TaskReader(journal, codec);
        journal.onDurable(feed::durable);
        publish();
    }

    /// Recovers the state from its journal. The tasks are left as they were: those that were running still are.
    public static Ledger open(Storage storage, JournalOptions journalOptions, QueueOptions options,
            InstantSource clock, ClockReport report, RandomGenerator random) throws IOException {
        QueueState state = new QueueState(options);
        Pool pool = new Pool();
        EventCodec codec = new EventCodec(pool);
        Journal journal = Journal.open(storage, journalOptions,
                (seq, position, line) -> state.apply(codec.decodeForReplay(seq, line), seq, position,
                        line.length() - Line.prefixLength(seq, 0)));
        return new Ledger(state, journal, codec, pool, clock, report, random);
    }

    // ---- the doors

    /// Makes a change. While the disk is far behind or full, this waits without the lock and then calls the decision
    /// again, so a decision must change nothing before it appends.
    ///
    /// @throws Problem 503 if the journal cannot be written, 507 if the disk is full
    public <T> Commit<T> change(Function<Writer, T> decision) {
        return orProblem(() -> {
            journal.awaitRoom();
            while (true) {
                try {
                    return attempt(decision);
                } catch (NoRoom none) {
                    journal.awaitRoom(none);
                }
            }
        });
    }

    /// Makes a change without waiting.
    ///
    /// @throws NoRoom  if the disk has no room for it now
    /// @throws Problem 503 if the journal cannot be written
    public <T> Commit<T> changeNow(Function<Writer, T> decision) {
        return orProblem(() -> attempt(decision));
    }

    private <T> Commit<T> attempt(Function<Writer, T> decision) {
        Writer writer = new Writer();
        try {
            lock.lock();
            try {
                T value = decision.apply(writer);
                return new Commit<>(value, this);
            } finally {
                publish();
                lock.unlock();
            }
        } finally {
            try {
                writer.appended.forEach(events -> onChange.forEach(listener -> listener.accept(events)));
            } finally {
                // not earlier: a submit and the start that it leads to should share one sync
                journal.writeAppended();
            }
        }
    }

    /// Lets the journal write the beginning of a call, because somebody waits for it.
    public void hurry() {
        journal.hurry();
    }

    /// Reads the state.
    public <T> Commit<T> look(Function<QueueState, T> look) {
        lock.lock();
        try {
            T value = look.apply(state);
            return new Commit<>(value, this);
        } finally {
            lock.unlock();
        }
    }

    private void publish() {
        readyCount = state.readyCount();
        startableAt = readyCount > 0 ? 0 : state.nextDue();
    }

    /// Returns how many tasks waited for nothing but their turn after the last change.
    public int readyCount() {
        return readyCount;
    }

    /// Returns whether a task waits for nothing but its turn, or something is due. Takes no lock.
    public boolean mayStart(long now) {
        return startableAt <= now;
    }

    /// Draws an id that no task and no cron task has. Nothing is appended, so the journal's writer is not woken: it
    /// would sync units that others have not completed yet.
    public long unusedId() {
        lock.lock();
        try {
            return drawId();
        } finally {
            lock.unlock();
        }
    }

    private long drawId() {
        long id;
        do {
            id = random.nextLong() >>> 4;
        } while (state.get(id) != null || state.crons().get(id) != null);
        return id;
    }

    /// What a decision can do. Valid only during the call that received it, because the lock is held there.
    public final class Writer {

        private final List<List<? extends Event>> appended = new ArrayList<>(1);

        private Writer() {
        }

        /// Returns the state, which only this change may read and modify now.
        public QueueState state() {
            return state;
        }

        /// Returns the time of this change, in milliseconds since the epoch.
        public long now() {
            long now = clock.millis();
            state.clockSet(report.setBy());
            return now;
        }

        /// Prevents expiry and deletion until it is known whether the clock is right.
        public void hold() {
            state.hold(report.sureSince());
        }

        /// Returns an id that no task and no cron task has.
        public long unusedId() {
            return drawId();
        }

        /// Appends and applies an event, and its consequence for the cron task that created the event's task.
        ///
        /// @return the task as it is now; null if the event is not about a task, or the task is gone
        public Task append(Event event) {
            return append(event, urgency(event));
        }

        /// Appends an event to the journal and applies it.
        public Task append(Event event, Urgency urgency) {
            Event echo = echo(event);
            return echo == null ? append(List.of(event), Unit.of(EventCodec.encode(event)), urgency).getFirst()
                    : append(List.of(event, echo), urgency).getFirst();
        }

        /// Returns the consequence of an event that is about to be appended for the cron task that created its task;
        /// null for none.
        public Event echo(Event event) {
            CronEvent echo = state.echo(event);
            return echo == null ? null : new Event.Cron(echo);
        }

        /// Appends and applies events, all or none; consequences for cron tasks must be among them.
        ///
        /// @return the tasks as they are now; null for events that are not about a task
        public List<Task> append(List<? extends Event> events, Urgency urgency) {
            return append(events, Unit.of(events.stream().map(EventCodec::encode).toList()), urgency);
        }

        /// Appends events as one unit and applies them.
        ///
        /// @param lines what the journal writes for the events
        public List<Task> append(List<? extends Event> events, Unit lines, Urgency urgency) {
            long first = journal.nextSeq();
            // before they are appended, because they may be durable before the append returns
            feed.expect(first, events);
            long[] positions;
            try {
                positions = journal.tryAppend(urgency, lines, isAwaited(events));
            } catch (RuntimeException | Error refused) {
                feed.drop(events.size());
                throw refused;
            }
            // the commit point: from here on these are facts
            appended.add(events);
            if (!(events.getLast() instanceof Event.Action)) {
                // an action obeys the pace by itself
                pace.changed();
            }
            List<Task> tasks = new ArrayList<>(positions.length);
            for (int i = 0; i < positions.length; i++) {
                tasks.add(state.apply(events.get(i), first + i, positions[i], (int) lines.length(i)));
            }
            return tasks;
        }
    }

    /// Returns whether somebody waits until events are durable. For the beginning of a call that ends with its caller
    /// nobody does: its answer waits for its end, and a stream calls [#hurry].
    private static boolean isAwaited(List<? extends Event> events) {
        return !(events.size() == 1 && events.getFirst() instanceof Event.Change change
                && (change.what() == What.SUBMITTED || change.what() == What.STARTED)
                && change.task().terms().caller().endsWithCaller());
    }

    /// How much of a full disk's reserve an event may use.
    private static Urgency urgency(Event event) {
        return switch (event) {
            case Event.ModeChange change -> Urgency.HIGH;
            case Event.Change change -> switch (change.what()) {
                case SUBMITTED -> Urgency.LOW;
                case STARTED, PRIORITY, RETRIED, LATE -> Urgency.NORMAL;
                case RETRYING, COMPLETED, FAILED, CANCELLED, DELETED -> Urgency.HIGH;
            };
            case Event.Action(ActionEvent change, QueueMode _) -> urgency(change.action().plan().kind());
            case Event.Cron(CronEvent change) -> switch (change.what()) {
                case CREATED, UPDATED, FIRED -> Urgency.LOW;
                case ENABLED, WAITING, SKIPPED, RESCHEDULED -> Urgency.NORMAL;
                case DISABLED, REMOVED, ENDED -> Urgency.HIGH;
            };
        };
    }

    /// Returns how much of a full disk's reserve an action may use.
    public static Urgency urgency(ActionKind kind) {
        return switch (kind) {
            case CANCEL, DELETE -> Urgency.HIGH;
            case RETRY, PRIORITY -> Urgency.NORMAL;
        };
    }

    /// For callers that want something written or shown, a failed journal is a 503, and a full disk a 507.
    static <T> T orProblem(Supplier<T> work) {
        try {
            return work.get();
        } catch (JournalFailure failed) {
            throw new Problem(503, "the journal cannot be written: " + failed.getMessage());
        } catch (JournalFull full) {
            throw new Problem(507, full.getMessage());
        }
    }

    // ---- what is durable

    /// Reads from the journal what memory does not hold, using the [TaskReader].
    public TaskReader reader() {
        return reader;
    }

    /// Reads from the journal what memory does not hold of a task. If the task has changed since the caller read it,
    /// and a compaction has dropped the line of that state, the task is read as it is now.
    ///
    /// @throws Problem 404 if the task is gone by now; 500 if it cannot be read for another reason: the message says
    ///         where, and nothing else is affected
    public <T> T read(Task task, BiFunction<TaskReader, Task, T> reading) {
        try {
            return reading.apply(reader, task);
        } catch (UncheckedIOException unreadable) {
            Task now = look(state -> state.require(task.id())).durable();
            if (now.lastAt() != task.lastAt() || now.requestAt() != task.requestAt()) {
                return read(now, reading);
            }
            String what = task.name() + " cannot be read: " + unreadable.getCause().getMessage();
            LOG.log(Level.ERROR, () -> "event=record_unreadable reason=" + LogValue.of(what));
            throw new Problem(500, what);
        }
    }

    /// Reads the events after this sequence number, as long as compaction has dropped none of them. See [EventLog].
    public EventLog eventsAfter(long seq) {
        return new EventLog(journal.scan(seq), journal, reader);
    }

    /// Returns the events of a task, oldest first: its first, its last, and those among the last thousand of all
    /// events.
    public List<DurableEvent> eventsOf(Task task) {
        TreeMap<Long, DurableEvent> events = new TreeMap<>();
        read(task, TaskReader::events).forEach(event -> events.put(event.seq(), event));
        feed.recentOf(task.id(), journal.durableSeq()).forEach(event -> events.putIfAbsent(event.seq(), event));
        return List.copyOf(events.values());
    }

    /// Returns the sequence number up to which everything is durable; event listeners may not have been called with all
    /// of it yet.
    public long durableSeq() {
        return journal.durableSeq();
    }

    /// Returns the sequence number of the last change. Inside a look this is the number of the state that is read.
    public long appendedSeq() {
        return journal.appendedSeq();
    }

    /// Waits until everything up to this sequence number is durable.
    ///
    /// @throws JournalFailure if the journal can no longer write
    public void awaitDurable(long seq) {
        journal.awaitDurable(seq);
    }

    // ---- listeners: they must be quick

    /// Calls a listener with the events of every change, in the thread that made it, after the lock is released. They
    /// are facts, but not durable yet, and those of two threads may arrive in another order than they were made.
    public void onChange(Consumer<List<? extends Event>> listener) {
        onChange.add(listener);
    }

    /// Calls a listener with every event once it is durable, in order, on the journal's writer thread.
    public void onEvent(Consumer<DurableEvent> listener) {
        feed.listen(listener);
    }

    /// Calls a listener when the journal fails permanently, at once if it has failed already; it may be called twice.
    public void onFailure(Runnable listener) {
        journal.onFailure(listener);
        if (failure() != null) {
            listener.run();
        }
    }

    /// Calls a listener on the journal's writer thread after every sync of lines.
    public void onSync(Journal.Synced listener) {
        journal.onSync(listener);
    }

    /// Calls a listener whenever space becomes free on a full disk.
    public void onRoom(Runnable listener) {
        journal.onRoom(listener);
    }

    // ---- the rest

    /// Makes equal values share one instance.
    public Pool pool() {
        return pool;
    }

    /// Returns null while the journal works; otherwise why it accepts no more changes.
    public String failure() {
        return journal.failure();
    }

    /// Returns whether changes can be made; blocks while another thread holds the lock.
    public boolean answers() {
        return look(state -> failure() == null).value();
    }

    /// Returns the pace that long reads must keep.
    public Pace pace() {
        return pace;
    }

    /// Returns what is full and what helps, while large tasks, or all new ones, are refused; null while the disk has
    /// room.
    public String full() {
        return journal.full();
    }

    /// Returns the journal's size on the disk, in bytes.
    public long journalBytes() throws IOException {
        return journal.bytes();
    }

    /// Returns a copy of the whole journal, to be written; see [Backup].
    public Backup backup() {
        return journal.backup();
    }

    /// Returns a compaction of the journal.
    ///
    /// @param eventsKept how many of the last events stay for subscribers, even if their tasks are deleted
    public JournalCompaction compaction(long eventsKept) {
        return new JournalCompaction(journal, new LiveTasks(this), eventsKept);
    }

    @Override
    public void close() {
        journal.close();
    }
}
