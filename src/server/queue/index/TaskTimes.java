package server.queue.index;

import server.task.Task;

/// A filter's bounds for when tasks were created and ended, in milliseconds since the epoch: at `since` or later, and
/// before `until`.
///
/// @param endedSince if this or `endedUntil` is a bound, a task that has not ended does not match
public record TaskTimes(long since, long until, long endedSince, long endedUntil) {

    public static final TaskTimes ALL = new TaskTimes(Long.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE);

    boolean isAll() {
        return since == Long.MIN_VALUE && until == Long.MAX_VALUE && isOfAnyEnd();
    }

    boolean passes(Task task) {
        return since <= task.createdAt() && task.createdAt() < until && (isOfAnyEnd() || task.status().ended()
                && endedSince <= task.state().endedAt() && task.state().endedAt() < endedUntil);
    }

    private boolean isOfAnyEnd() {
        return endedSince == Long.MIN_VALUE && endedUntil == Long.MAX_VALUE;
    }
}
