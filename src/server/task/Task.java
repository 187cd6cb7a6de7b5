package server.task;

import java.util.List;

import shared.TaskStatus;
import shared.TaskType;

/// What memory holds of a task: what scheduling and listing need, and where in the journal the rest is. Immutable; a
/// change makes a new instance. It is kept small because there may be millions: the prompt, the answer and an ended
/// task's attempts are read from the journal on request (`TaskDocument`).
///
/// @param id        see [TaskId]
/// @param model     the model's name; equal names share one string
/// @param createdAt milliseconds since the epoch
/// @param order     the sequence number of its `submitted` event or of its last `retried` one: first come, first served
///                  within a priority
/// @param arrival   the sequence number of its `submitted` event: the order of listings
/// @param terms     most share [Terms#DEFAULT]
/// @param metadata  the JSON object that the submit gave, as bytes; null for none
/// @param retries   how many attempts failed and were tried again since the submit or the last manual retry
/// @param attempts  its attempts so far; empty once the task has ended (its last line has them then)
/// @param requestAt the journal position of its `submitted` line, which holds the payload
/// @param lastAt    the journal position of its last line, which holds the result, error and attempts
/// @param cron      the cron task's run that created it; null for a task that was submitted
public record Task(long id, TaskType type, String model, int priority, TaskState state, long createdAt, long order,
        long arrival, Terms terms, byte[] metadata, int retries, List<Attempt> attempts, long requestAt,
        long lastAt, CronOrigin cron) {

    /// Makes a task that has no attempts and no position yet, neither in the two orders nor in the journal.
    public Task(long id, TaskType type, String model, int priority, TaskState state, long createdAt, Terms terms,
            byte[] metadata, int retries, CronOrigin cron) {
        this(id, type, model, priority, state, createdAt, 0, 0, terms, metadata, retries, List.of(), 0, 0, cron);
    }

    /// After this many deaths of the server while it ran, a task runs alone.
    public static final int DEATHS_MAX = 3;

    /// Returns the status of its state.
    public TaskStatus status() {
        return state.status();
    }

    /// Returns the id as text.
    public String name() {
        return TaskId.format(id);
    }

    /// Returns whether its prompt and answer are no longer kept: it was submitted as not to be recorded, and has ended.
    public boolean isUnrecorded() {
        return !terms.caller().record() && status().ended();
    }

    /// Returns what the asker should know about its priority: that it was lowered; empty if it was not.
    public List<String> lowered() {
        Integer asked = terms.placing().priorityAsked();
        String client = terms.caller().client();
        return asked == null ? List.of() : List.of("priority " + asked + " is lowered to " + priority
                + ", the highest that " + (client == null ? "tasks without a client" : "client " + client)
                + " may have");
    }

    /// Returns when it may start at the earliest, by `scheduled_at` and `retry_at`, in milliseconds since the epoch; 0:
    /// at once.
    public long wakeAt() {
        return Math.max(terms.scheduledAt(), retryAt());
    }

    /// Returns when its next attempt may begin, in milliseconds since the epoch; 0 if it waits for no such time.
    public long retryAt() {
        return state instanceof TaskState.Pending pending ? pending.retryAt() : 0;
    }

    /// Returns whether it must run alone: the server died [#DEATHS_MAX] times while it ran, so it may be the cause.
    public boolean runsAlone() {
        int deaths = 0;
        for (Attempt attempt : attempts) {
            deaths += attempt.died() ? 1 : 0;
        }
        return deaths >= DEATHS_MAX;
    }

    /// Returns the same task in another state.
    public Task with(TaskState next) {
        return with(next, retries, attempts);
    }

    /// Returns the same task in another state, with another number of retries and other attempts.
    public Task with(TaskState next, int nextRetries, List<Attempt> nextAttempts) {
        return new Task(id, type, model, priority, next, createdAt, order, arrival, terms, metadata, nextRetries,
                nextAttempts, requestAt, lastAt, cron);
    }

    /// Returns the same task with the start of its run as the clock, which may have been set since, would show it now.
    ///
    /// @param clockSet by how much the clock has been set since the server started, in milliseconds
    public Task timed(long clockSet) {
        return state instanceof TaskState.Running run && run.clockSet() != clockSet ? with(new TaskState.Running(
                run.startedAt() + clockSet - run.clockSet(), run.host(), run.rule(), run.chosen(), clockSet)) : this;
    }

    /// Returns the same task with another priority.
    public Task withPriority(int next) {
        return new Task(id, type, model, next, state, createdAt, order, arrival, terms, metadata, retries, attempts,
                requestAt, lastAt, cron);
    }

    /// Returns the same task with other terms.
    public Task withTerms(Terms next) {
        return new Task(id, type, model, priority, state, createdAt, order, arrival, next, metadata, retries, attempts,
                requestAt, lastAt, cron);
    }

    /// Returns the same task without its metadata.
    public Task withoutMetadata() {
        return new Task(id, type, model, priority, state, createdAt, order, arrival, terms, null, retries, attempts,
                requestAt, lastAt, cron);
    }

    /// Returns the task as its `submitted` event leaves it.
    ///
    /// @param seq      the event's sequence number
    /// @param position its line's position in the journal
    public Task arrived(long seq, long position) {
        return placed(seq, seq, position, position);
    }

    /// Returns the task as a later event leaves it.
    ///
    /// @param before   the task before the event
    /// @param position the position of the event's line in the journal
    public Task following(Task before, long nextOrder, long position) {
        Task after = placed(nextOrder, before.arrival, before.requestAt, position);
        // a line of version 0.1 does not have the runner's options
        return terms.runner() != null || before.terms.runner() == null ? after
                : after.withTerms(terms.with(before.terms.runner()));
    }

    /// Returns the same task at another position in the queue's order.
    public Task ordered(long next) {
        return placed(next, arrival, requestAt, lastAt);
    }

    private Task placed(long nextOrder, long nextArrival, long nextRequestAt, long nextLastAt) {
        return new Task(id, type, model, priority, state, createdAt, nextOrder, nextArrival, terms, metadata, retries,
                attempts, nextRequestAt, nextLastAt, cron);
    }
}
