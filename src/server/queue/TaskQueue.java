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

/// The tasks, as handlers see them; [Runs] is the dispatcher's side. Each method is one change of the [Ledger] or one
/// read. Unless it says otherwise, a public method that changes or shows something returns only once everything that it
/// reports is durable.
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

    /// Recovers the queue from its journal. Tasks that were running are pending again, with the attempt recorded.
    /// Pending and running tasks whose callers are gone are cancelled.
    ///
    /// @param report of the clock: what was created before the clock was known to be right neither expires nor is
    ///               deleted
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

    /// Sets new limits and the retention of ended tasks.
    public void reconfigure(QueueOptions options) {
        ledger.changeNow(writer -> {
            writer.state().reconfigure(options);
            return null;
        });
        runs.ready();
    }

    // ---- changes, for handlers; they throw Problem 404, 409, 429, 503, 507

    /// A task, and whether it was submitted earlier under the same idempotency key.
    public record Taken(Task task, boolean replayed) {
    }

    /// Submits a task.
    ///
    /// @param key an idempotency key, or null; a known key returns the first answer again, or throws a 409 if
    ///            `fingerprint` (of the request's body) differs
    public Submitted submit(Submission submission, String key, String fingerprint) {
        Taken taken = take(submission, -1, key, fingerprint).durable();
        TaskDocument document = taken.replayed ? ledger.read(taken.task, TaskReader::asSubmitted)
                : TaskDocument.of(taken.task, submission);
        return new Submitted(document, taken.replayed);
    }

    /// Submits a task under an id that [#newId] drew, for a caller who is answered when the task has ended. What is
    /// known then is durable, so this method does not wait for it.
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

    /// Draws the id of a task that is to be submitted, for callers that must know it before the task can run.
    public long newId() {
        // it is left to chance that one of these 60-bit numbers is drawn twice before the task is submitted
        return ledger.unusedId();
    }

    /// @param replayed whether the idempotency key was known already; `document` then shows the task as it was first
    ///                 answered
    public record Submitted(TaskDocument document, boolean replayed) {
    }

    /// Returns an empty batch, to be filled, passed to [#submit(TaskBatch)], then closed.
    public TaskBatch newBatch() {
        return new TaskBatch(ledger, clock.millis());
    }

    /// Submits tasks, all or none, in order, in one commit.
    ///
    /// @throws Problem 429 if there would be too many, 503 or 507 if nothing can be written
    public List<Task> submit(TaskBatch batch) {
        if (batch.isEmpty()) {
            return List.of();
        }
        return batch.commit();
    }

    /// Cancels a pending or running task.
    ///
    /// @param reason stored as the task's error; null for none
    /// @throws Problem 404 if there is no such task, 409 if it has ended
    public Task cancel(long id, String reason) {
        return ledger.change(writer -> writer.append(writer.state().cancel(id, reason, writer.now()))).durable();
    }

    /// Fails a pending task.
    ///
    /// @throws Problem 409 if it is not pending
    public void refuse(long id, String error) {
        ledger.change(writer -> writer.append(writer.state().refuse(id, error, writer.now()))).durable();
    }

    /// Changes the priority of a task that has not ended, but not beyond `most`; does nothing if it has this priority.
    ///
    /// @throws Problem 404 if there is no such task, 409 if it has ended
    public Task changePriority(long id, int priority, int most) {
        return ledger.change(writer -> {
            Event.Change change = writer.state().changePriority(id, priority, most, writer.now());
            Task before = writer.state().require(id);
            return change.task().equals(before) ? before : writer.append(change);
        }).durable();
    }

    /// Makes a failed or cancelled task pending again, unless its client would then have more than `pendingMax`
    /// pending.
    ///
    /// @throws Problem 404 if there is no such task, 409 if it is neither, 429 if too many are pending
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

    /// Deletes a task that has ended.
    ///
    /// @throws Problem 404 if there is no such task, 409 if it has not ended
    public void delete(long id) {
        ledger.change(writer -> writer.append(writer.state().delete(id, writer.now()))).durable();
    }

    /// Pauses, resumes or drains the queue; does nothing if it is already in this mode.
    public void changeMode(QueueMode mode) {
        ledger.change(writer -> writer.state().mode() == mode ? null
                : writer.append(new Event.ModeChange(mode, writer.now()))).durable();
    }

    // ---- reads

    /// Returns the task that a text identifies.
    ///
    /// @param idOrPrefix an id or a unique prefix of one, with or without `task_`
    /// @throws Problem 404 if there is none, 409 if there are several
    public Task find(String idOrPrefix) {
        return ledger.look(state -> state.find(idOrPrefix)).durable();
    }

    /// Returns the task as it is now, complete.
    ///
    /// @throws Problem 404 if there is no such task
    public TaskDocument document(long id) {
        return document(ledger.look(state -> state.require(id)).durable());
    }

    /// Returns the complete form of a task that was read before, as it was then.
    ///
    /// @throws Problem 404 if it has been deleted since
    public TaskDocument document(Task task) {
        return ledger.read(task, TaskReader::document);
    }

    /// Returns the first 80 characters of a task's prompt, read from the journal.
    ///
    /// @throws Problem 404 if it has been deleted since
    public String preview(Task task) {
        return ledger.read(task, TaskReader::request).preview();
    }

    /// Returns a pending task's position in the order, from 1, regardless of hosts; 0 if the task is not pending.
    public int position(long id) {
        return ledger.look(state -> state.position(id)).value();
    }

    /// Waits until the task has ended, but no longer than the given time; then returns the task as it is.
    ///
    /// @param end a latch of the caller, which the task's end opens; opening it earlier ends the wait
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

    /// Returns the id of the cron task that a text identifies, to filter tasks or events by it; a complete id may be
    /// that of a deleted cron task.
    ///
    /// @param text a name, an id or a unique prefix of one
    /// @throws Problem 404 if there is none, 409 if there are several
    public long cronId(String text) {
        return ledger.look(state -> state.crons().idOf(text)).durable();
    }

    /// Returns a page of the tasks that match a filter, in the given order.
    ///
    /// @param limit  the greatest number of tasks on the page
    /// @param offset how many tasks to skip
    /// @param after  only the tasks that follow this one in this order; it may be deleted by now; null for all
    public TaskPage list(TaskFilter filter, TaskSort sort, boolean ascending, int limit, long offset, Task after) {
        return pages.page(filter, sort, ascending, limit, offset, after);
    }

    /// Returns the queue's figures and its newest tasks, as of one moment.
    ///
    /// @param newest the number of tasks
    public QueueSnapshot snapshot(int newest) {
        return ledger.look(state -> new QueueSnapshot(state.stats(ledger.appendedSeq()), Pages.newest(state, newest)))
                .durable();
    }

    /// Returns the queue's figures.
    public QueueStats stats() {
        return ledger.look(state -> state.stats(ledger.appendedSeq())).durable();
    }

    /// Returns the current mode, whether or not its last change is durable.
    public QueueMode mode() {
        return ledger.look(QueueState::mode).value();
    }

    /// Returns the number of tasks that wait for nothing but their turn.
    public int readyCount() {
        return ledger.readyCount();
    }

    /// Returns why the server cannot accept changes; null while the journal works.
    public String failure() {
        return ledger.failure();
    }

    /// Calls a listener when the journal fails permanently, at once if it has failed already; it may be called twice.
    public void onFailure(Runnable listener) {
        ledger.onFailure(listener);
    }

    /// Returns what is full and what helps, while large tasks, or all new ones, are refused; null while the disk has
    /// room.
    public String full() {
        return ledger.full();
    }

    /// Returns a copy of the whole queue, to be written; see [Backup].
    public Backup backup() {
        return ledger.backup();
    }

    // ---- the feed

    /// Calls a listener with every event once it is durable, in order, on the journal's writer thread: quick, never
    /// blocking.
    public void onEvent(Consumer<DurableEvent> listener) {
        ledger.onEvent(listener);
    }

    /// Returns the events of one task so far, as they were published: those among the last thousand of all events, and
    /// in any case its first and its last. Finding older ones between them would mean searching the whole journal.
    public List<DurableEvent> eventsOf(long id) {
        return ledger.eventsOf(ledger.look(state -> state.require(id)).durable());
    }

    /// Returns the sequence number up to which everything is durable; event listeners may not have been called with all
    /// of it yet.
    public long durableSeq() {
        return ledger.durableSeq();
    }

    /// Reads the events after this one, as long as compaction has dropped none of them. See [EventLog].
    public EventLog eventsAfter(long seq) {
        return ledger.eventsAfter(seq);
    }

    @Override
    public void close() {
        ledger.close();
        waiters.giveUp();
    }
}
