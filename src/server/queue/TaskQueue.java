package server.queue;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

import server.journal.JournalOptions;
import server.journal.Storage;
import server.task.Submission;
import server.task.Task;
import server.task.TaskDocument;
import shared.json.Slice;

/// The single writer around [QueueState]: every change is decided, appended to the journal and applied under one short
/// lock, so the journal's order is the state's order; the waiting for durability is outside of it. Every public method
/// that changes or shows something returns only once all that it tells of is durable, unless it says otherwise.
/// (SKELETON: the queue's owner fills this in.)
public final class TaskQueue implements AutoCloseable {

    private TaskQueue() {
    }

    /// Recovers the queue from its journal; tasks that were running are pending again, with an attempt on record.
    public static TaskQueue open(Storage storage, JournalOptions journal, QueueOptions options, InstantSource clock,
            RandomGenerator random) throws IOException {
        throw new UnsupportedOperationException();
    }

    // ---- changes, for handlers; they throw Problem 404, 409, 429, 503, 507

    /// @param key an idempotency key, or null; under a known one the first answer is given again, or 409 if
    ///            `fingerprint` (of the request's body) differs
    public Submitted submit(Submission submission, String key, String fingerprint) {
        throw new UnsupportedOperationException();
    }

    /// @param replayed whether an idempotency key had it already; `document` shows the task as it was first answered
    public record Submitted(TaskDocument document, boolean replayed) {
    }

    /// All or none, in order, one commit.
    public List<Task> submitAll(List<Submission> submissions) {
        throw new UnsupportedOperationException();
    }

    public Task cancel(long id) {
        throw new UnsupportedOperationException();
    }

    public Task changePriority(long id, int priority) {
        throw new UnsupportedOperationException();
    }

    public Task retry(long id) {
        throw new UnsupportedOperationException();
    }

    public void delete(long id) {
        throw new UnsupportedOperationException();
    }

    /// Pauses, resumes or drains.
    public void changeMode(QueueMode mode) {
        throw new UnsupportedOperationException();
    }

    // ---- reads

    /// @param idOrPrefix an id or a unique prefix of one, with or without `task_`
    public Task find(String idOrPrefix) {
        throw new UnsupportedOperationException();
    }

    /// The task as it is now, whole.
    public TaskDocument document(long id) {
        throw new UnsupportedOperationException();
    }

    /// Waits until the task has ended, at most so long; then the task as it is.
    public TaskDocument awaitEnd(long id, Duration atMost) throws InterruptedException {
        throw new UnsupportedOperationException();
    }

    public TaskPage list(TaskFilter filter, TaskSort sort, boolean ascending, int limit, long offset, String after) {
        throw new UnsupportedOperationException();
    }

    /// The order of a listing.
    public enum TaskSort { CREATED_AT, PRIORITY, STATUS, MODEL, DURATION }

    public QueueStats stats() {
        throw new UnsupportedOperationException();
    }

    public QueueMode mode() {
        throw new UnsupportedOperationException();
    }

    /// Null while the journal is well; else why the server is not ready to take changes.
    public String failure() {
        throw new UnsupportedOperationException();
    }

    // ---- the dispatcher's side

    /// Begins the next attempt: of the ready tasks the first, by priority and order, for which `placement` names a
    /// host. Returns without waiting for durability (see [Run#seq]).
    ///
    /// @param placement the host's name for a task, null if none can take it now; called under the queue's lock, so
    ///                  quick and without calling back
    /// @return null if there is none, or the queue is paused
    public Run startNext(Function<Task, String> placement) {
        throw new UnsupportedOperationException();
    }

    public void awaitDurable(long seq) {
        throw new UnsupportedOperationException();
    }

    /// The request's payload, read from the journal.
    public Slice payload(Task task) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Whether this run is still the task's current one (it was not cancelled).
    public boolean current(Run run) {
        throw new UnsupportedOperationException();
    }

    /// These three end a run; they do nothing, and answer false, if it is no longer current. They do not wait for
    /// durability (but whoever is shown the change does).
    public boolean complete(Run run, Slice result) {
        throw new UnsupportedOperationException();
    }

    public boolean fail(Run run, String error) {
        throw new UnsupportedOperationException();
    }

    /// Back to pending.
    ///
    /// @param retryAt when the next attempt may begin, milliseconds since the epoch; 0: at once
    /// @param counted whether this used up a retry and is an attempt on record. A host's failure is neither
    public boolean putBack(Run run, String error, long retryAt, boolean counted) {
        throw new UnsupportedOperationException();
    }

    /// Does what is due: scheduled tasks and retries become ready, expired ones fail, old ones are forgotten.
    ///
    /// @return when it wants to be called again, milliseconds since the epoch; Long.MAX_VALUE: not before a change
    public long tick() {
        throw new UnsupportedOperationException();
    }

    /// Calls this after a change that may let a task start (quick, any thread).
    public void onReady(Runnable listener) {
        throw new UnsupportedOperationException();
    }

    /// Calls this when a running task was cancelled, durable or not (quick, any thread).
    public void onRunCancelled(Consumer<Task> listener) {
        throw new UnsupportedOperationException();
    }

    /// Calls this once if the journal failed for good.
    public void onFailure(Runnable listener) {
        throw new UnsupportedOperationException();
    }

    // ---- the feed

    /// Calls this with every event once it is durable, in order, on the journal's writer thread: quick, never blocking.
    public void onEvent(Consumer<DurableEvent> listener) {
        throw new UnsupportedOperationException();
    }

    /// The events of one task so far, from the journal, as they were published.
    public List<DurableEvent> eventsOf(long id) {
        throw new UnsupportedOperationException();
    }

    /// @param json the event as subscribers see it: `{"seq":…,"event":"task","what":…,"at":…,"task":{…}}`
    /// @param task 0 if it is not a task's
    /// @param ended whether the task has ended with it, or is gone
    public record DurableEvent(long seq, long task, boolean ended, Slice json) {
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
