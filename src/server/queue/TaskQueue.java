package server.queue;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

import server.clock.ClockReport;
import server.journal.Backup;
import server.journal.JournalOptions;
import server.journal.disk.Storage;
import server.queue.index.TaskFilter;
import server.queue.ledger.Commit;
import server.queue.ledger.DurableEvent;
import server.queue.ledger.EventLog;
import server.queue.ledger.Ledger;
import server.queue.ledger.TaskReader;
import server.queue.page.Pages;
import server.queue.page.TaskPage;
import server.queue.page.TaskSort;
import server.queue.state.Event;
import server.queue.state.LifeCycle;
import server.queue.state.QueueMode;
import server.queue.state.QueueOptions;
import server.queue.state.QueueState;
import server.queue.state.QueueStats;
import server.task.Attempt;
import server.task.Submission;
import server.task.Task;
import server.task.TaskDocument;
import shared.Problem;

/// The tasks, as handlers see them; the dispatcher's side is [Runs]. Each method is a decision or a look at the
/// [Ledger]. Every public method that changes or shows something returns only once all that it tells of is durable,
/// unless it says otherwise.
public final class TaskQueue implements AutoCloseable {

    private final Ledger ledger;
    private final Pages pages;
    private final InstantSource clock;
    private final Runs runs;
    private final EndWaiters waiters = new EndWaiters();

    private TaskQueue(Ledger ledger, InstantSource clock) {
        this.ledger = ledger;
        this.clock = clock;
        pages = new Pages(ledger);
        runs = new Runs(ledger, clock);
        ledger.onFailure(waiters::giveUp);
        ledger.onEvent(waiters::happened);
    }

    /// Recovers the queue from its journal; tasks that were running are pending again, with an attempt on record, or
    /// cancelled, as those that were pending are, if their callers are gone.
    ///
    /// @param report of the clock: what was created before it was sure neither expires nor is forgotten
    public static TaskQueue open(Storage storage, JournalOptions journal, QueueOptions options, InstantSource clock,
            ClockReport report, RandomGenerator random) throws IOException {
        TaskQueue queue = new TaskQueue(Ledger.open(storage, journal, options, clock, report, random), clock);
        for (Task task : queue.ledger.changeNow(writer -> writer.state().begin(writer.now())).value()) {
            queue.ledger.change(writer -> writer.append(LifeCycle.leftBehind(task, writer.now())));
        }
        return queue;
    }

    /// Returns the ledger below the queue, for its other clients: cron tasks and compaction.
    public Ledger ledger() {
        return ledger;
    }

    /// Returns the dispatcher's side of the queue: where attempts begin and end.
    public Runs runs() {
        return runs;
    }

    /// Sets new limits, and how long ended tasks are kept.
    public void reconfigure(QueueOptions options) {
        ledger.changeNow(writer -> {
            writer.state().reconfigure(options);
            return null;
        });
        runs.ready();
    }

    // ---- changes, for handlers; they throw Problem 404, 409, 429, 503, 507

    /// A task, and whether an idempotency key had it already.
    public record Taken(Task task, boolean replayed) {
    }

    /// Takes a new task.
    ///
    /// @param key an idempotency key, or null; under a known one the first answer is given again, or 409 if
    ///            `fingerprint` (of the request's body) differs
    public Submitted submit(Submission submission, String key, String fingerprint) {
        Taken taken = take(submission, -1, key, fingerprint).durable();
        TaskDocument document = taken.replayed ? ledger.read(taken.task, TaskReader::asSubmitted)
                : TaskDocument.of(taken.task, submission);
        return new Submitted(document, taken.replayed);
    }

    /// Takes a new task under an id that [#newId] drew, for a caller who is answered when it has ended: what is known
    /// then is durable, so nobody waits for it here.
    public Commit<Taken> take(Submission submission, long id, String key, String fingerprint) {
        Submission asked = ledger.pool().share(submission);
        return ledger.change(writer -> {
            QueueState state = writer.state();
            long known = state.known(key, fingerprint);
            return known >= 0 ? new Taken(state.require(known), true) : new Taken(
                    writer.append(state.submit(asked, id < 0 ? writer.unusedId() : id, key, fingerprint,
                            writer.now())), false);
        });
    }

    /// Draws the id of a task that is to be submitted, for those who must know it before it can run.
    public long newId() {
        // that one of these 60-bit numbers is drawn twice before the task is in is left to chance
        return ledger.unusedId();
    }

    /// @param replayed whether an idempotency key had it already; `document` shows the task as it was first answered
    public record Submitted(TaskDocument document, boolean replayed) {
    }

    /// Makes an empty batch, to be filled and given to [#submit(TaskBatch)], then closed.
    public TaskBatch newBatch() {
        return new TaskBatch(ledger, clock.millis());
    }

    /// Takes new tasks, all or none, in order, in one commit.
    ///
    /// @throws Problem 429 if they would be too many, 503 or 507 if nothing can be written
    public List<Task> submit(TaskBatch batch) {
        if (batch.isEmpty()) {
            return List.of();
        }
        return batch.commit();
    }

    /// Cancels a task that is pending or running.
    ///
    /// @param reason what it shows as its error; null for nothing
    /// @throws Problem 404 if there is none, 409 if it has ended
    public Task cancel(long id, String reason) {
        return ledger.change(writer -> writer.append(writer.state().cancel(id, reason, writer.now()))).durable();
    }

    /// Fails a task that is pending.
    ///
    /// @throws Problem 409 if it is not
    public void refuse(long id, String error) {
        ledger.change(writer -> writer.append(writer.state().refuse(id, error, writer.now()))).durable();
    }

    /// Changes the priority of a task that has not ended, but not beyond `most`; does nothing if it has this one.
    ///
    /// @throws Problem 404 if there is none, 409 if it has ended
    public Task changePriority(long id, int priority, int most) {
        return ledger.change(writer -> {
            Event.Change change = writer.state().changePriority(id, priority, most, writer.now());
            Task before = writer.state().require(id);
            return change.task().equals(before) ? before : writer.append(change);
        }).durable();
    }

    /// Makes a failed or cancelled task pending again, if its client has no more than `pendingMax` pending then.
    ///
    /// @throws Problem 404 if there is none, 409 if it is neither, 429 if too many are pending
    public Task retry(long id, int pendingMax) {
        while (true) {
            Task before = ledger.look(state -> state.require(id)).value();
            List<Attempt> attempts = ledger.read(before, TaskReader::attempts);
            Commit<Task> retried = ledger.change(writer -> writer.state().require(id) == before
                    ? writer.append(writer.state().retry(id, attempts, pendingMax, writer.now())) : null);
            if (retried.value() != null) {
                return retried.durable();
            }
        }
    }

    /// Forgets a task that has ended.
    ///
    /// @throws Problem 404 if there is none, 409 if it has not ended
    public void delete(long id) {
        ledger.change(writer -> writer.append(writer.state().delete(id, writer.now()))).durable();
    }

    /// Pauses, resumes or drains the queue; does nothing if it is in this mode.
    public void changeMode(QueueMode mode) {
        ledger.change(writer -> writer.state().mode() == mode ? null
                : writer.append(new Event.ModeChange(mode, writer.now()))).durable();
    }

    // ---- reads

    /// Returns the task that a text names.
    ///
    /// @param idOrPrefix an id or a unique prefix of one, with or without `task_`
    /// @throws Problem 404 if there is none, 409 if there are several
    public Task find(String idOrPrefix) {
        return ledger.look(state -> state.find(idOrPrefix)).durable();
    }

    /// Returns the task as it is now, whole.
    ///
    /// @throws Problem 404 if there is none
    public TaskDocument document(long id) {
        return document(ledger.look(state -> state.require(id)).durable());
    }

    /// Returns a task that was read before, whole as it was then.
    ///
    /// @throws Problem 404 if it was deleted since
    public TaskDocument document(Task task) {
        return ledger.read(task, TaskReader::document);
    }

    /// Returns the first 80 characters of a task's prompt, read from the journal.
    ///
    /// @throws Problem 404 if it was deleted since
    public String preview(Task task) {
        return ledger.read(task, TaskReader::request).preview();
    }

    /// Returns the place of a pending task in the order, from 1, wherever it can run; 0 if it is not pending.
    public int position(long id) {
        return ledger.look(state -> state.position(id)).value();
    }

    /// Waits until the task has ended, but no longer than a time; then returns the task as it is.
    ///
    /// @param end a latch of the caller, which the task's end opens; who opens it earlier ends the waiting
    public TaskDocument awaitEnd(long id, Duration atMost, CountDownLatch end) throws InterruptedException {
        if (ledger.look(state -> state.require(id).status().ended() || failure() != null ? null
                : waiters.enter(id, end)).value() != null) {
            try {
                end.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
            } finally {
                waiters.leave(id, end);
            }
        }
        return document(id);
    }

    /// Returns the id of the cron task that a text names, to filter tasks or events by; a whole id may be that of one
    /// that is gone.
    ///
    /// @param text a name, an id or a unique prefix of one
    /// @throws Problem 404 if there is none, 409 if there are several
    public long cronId(String text) {
        return ledger.look(state -> state.crons().idOf(text)).durable();
    }

    /// Returns a page of the tasks that pass a filter, in some order.
    ///
    /// @param limit  how many tasks the page has at most
    /// @param offset how many tasks it passes over
    /// @param after  an id or a unique prefix of one: only what follows that task in this order; null for all
    /// @throws Problem 404 if `after` names no task, 409 if it names several
    public TaskPage list(TaskFilter filter, TaskSort sort, boolean ascending, int limit, long offset, String after) {
        return pages.page(filter, sort, ascending, limit, offset, after);
    }

    /// Returns the queue's figures and its newest tasks, as of one moment.
    ///
    /// @param newest how many tasks
    public QueueSnapshot snapshot(int newest) {
        return ledger.look(state -> new QueueSnapshot(state.stats(ledger.appendedSeq()), Pages.newest(state, newest)))
                .durable();
    }

    /// Returns the queue's figures.
    public QueueStats stats() {
        return ledger.look(state -> state.stats(ledger.appendedSeq())).durable();
    }

    /// Returns the mode now, whether or not its last change is durable.
    public QueueMode mode() {
        return ledger.look(QueueState::mode).value();
    }

    /// Returns how many tasks wait for nothing but their turn.
    public int readyCount() {
        return ledger.readyCount();
    }

    /// Returns why the server is not ready to take changes; null while the journal is well.
    public String failure() {
        return ledger.failure();
    }

    /// Calls a listener if the journal failed for good, at once if it has already; it may be called twice.
    public void onFailure(Runnable listener) {
        ledger.onFailure(listener);
    }

    /// Returns what is full, and what helps: large tasks, or all new ones, are refused. Null while the disk has room.
    public String full() {
        return ledger.full();
    }

    /// Makes a copy of all there is, to be written; see [Backup].
    public Backup backup() {
        return ledger.backup();
    }

    // ---- the feed

    /// Calls a listener with every event once it is durable, in order, on the journal's writer thread: quick, never
    /// blocking.
    public void onEvent(Consumer<DurableEvent> listener) {
        ledger.onEvent(listener);
    }

    /// Returns the events of one task so far, as they were published: those among the last thousand of all, and in any
    /// case its first and its last. What lies between them long ago would have to be searched for in the whole journal.
    public List<DurableEvent> eventsOf(long id) {
        return ledger.eventsOf(ledger.look(state -> state.require(id)).durable());
    }

    /// Returns the sequence number up to which everything is on the disk for good; listeners of events may not have all
    /// of it yet.
    public long durableSeq() {
        return ledger.durableSeq();
    }

    /// Reads the events after this one, as long as compaction has not dropped one of them. See [EventLog].
    public EventLog eventsAfter(long seq) {
        return ledger.eventsAfter(seq);
    }

    @Override
    public void close() {
        ledger.close();
        waiters.giveUp();
    }
}
