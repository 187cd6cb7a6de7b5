package server.queue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

import server.journal.Backup;
import server.journal.Journal;
import server.queue.index.TaskFilter;
import server.queue.ledger.Durability;
import server.queue.ledger.DurableEvent;
import server.queue.ledger.EventLog;
import server.queue.ledger.Feed;
import server.queue.ledger.TaskReader;
import server.queue.line.EventCodec;
import server.queue.page.Pages;
import server.queue.page.TaskPage;
import server.queue.page.TaskSort;
import server.queue.state.QueueMode;
import server.queue.state.QueueState;
import server.queue.state.QueueStats;
import server.task.Task;
import server.task.TaskDocument;
import shared.Problem;
import shared.json.Slice;

/// What the queue shows. The other half of [TaskQueue], whose rules hold here too: what is shown is durable, and no
/// disk is read under the lock.
abstract class QueueView {

    private static final Logger LOG = System.getLogger(QueueView.class.getName());

    /// Guards the state, and keeps the journal's order equal to it.
    final Object lock = new Object();
    final QueueState state;
    final Journal journal;
    final Durability durability;
    final TaskReader reader;
    final Feed feed = new Feed();
    final EndWaiters waiters = new EndWaiters();
    volatile String failure;
    private final Pages lists;

    QueueView(QueueState state, EventCodec codec, Journal journal) {
        this.state = state;
        this.journal = journal;
        durability = new Durability(journal);
        reader = new TaskReader(journal, codec);
        lists = new Pages(lock, state, journal, durability, reader);
    }

    /// @param idOrPrefix an id or a unique prefix of one, with or without `task_`
    public Task find(String idOrPrefix) {
        return shown(() -> state.find(idOrPrefix));
    }

    /// The task as it is now, whole.
    public TaskDocument document(long id) {
        return document(shown(() -> state.require(id)));
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
        return lists.page(filter, sort, ascending, limit, offset, after);
    }

    /// @param newest so many tasks
    public QueueSnapshot snapshot(int newest) {
        return shown(() -> new QueueSnapshot(state.stats(journal.appendedSeq()), lists.newest(newest)));
    }

    public QueueStats stats() {
        return shown(() -> state.stats(journal.appendedSeq()));
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

    /// Null while there is room for new tasks; else what is full, and what helps.
    public String full() {
        return journal.full();
    }

    /// A copy of all there is, to be written; see [Backup].
    public Backup backup() {
        return journal.backup();
    }

    /// The request's payload, read from the journal.
    public Slice payload(Task task) throws IOException {
        try {
            return reader.request(task).payload();
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
    }

    /// The events of one task so far, as they were published: those among the last thousand of all, and in any case
    /// its first and its last. What lies between them long ago would have to be searched for in the whole journal.
    public List<DurableEvent> eventsOf(long id) {
        Task task = shown(() -> state.require(id));
        TreeMap<Long, DurableEvent> events = new TreeMap<>();
        read(task, reader::events).forEach(event -> events.put(event.seq(), event));
        feed.recentOf(id, journal.durableSeq()).forEach(event -> events.putIfAbsent(event.seq(), event));
        return List.copyOf(events.values());
    }

    /// Everything up to this sequence number is on the disk for good; listeners of events may not have all of it yet.
    public long durableSeq() {
        return journal.durableSeq();
    }

    /// Reads the events after this one, as long as compaction has not dropped one of them. See [EventLog].
    public EventLog eventsAfter(long seq) {
        return new EventLog(journal.scan(seq), journal, reader);
    }

    /// Looks at the state, and waits until all that it tells of is durable.
    <T> T shown(Supplier<T> look) {
        T seen;
        long seq;
        synchronized (lock) {
            seen = look.get();
            seq = journal.appendedSeq();
        }
        durability.awaitShown(seq);
        return seen;
    }

    /// Reads what lies in the journal of a task; if it cannot be read because the task is gone by now, that is a 404.
    ///
    /// @throws Problem 500 if it cannot be read for another reason: it says where it lies, and nothing else is affected
    <T> T read(Task task, Function<Task, T> reading) {
        try {
            return reading.apply(task);
        } catch (UncheckedIOException unreadable) {
            synchronized (lock) {
                state.require(task.id());
            }
            String what = task.name() + " cannot be read: " + unreadable.getCause().getMessage();
            LOG.log(Level.ERROR, () -> "event=record_unreadable reason=\"" + what + "\"");
            throw new Problem(500, what);
        }
    }
}
