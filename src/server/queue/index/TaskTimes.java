package server.queue.index;

import server.task.Task;

/// When tasks were created and when they ended, for a filter. Milliseconds since the epoch; from `since` on, and before
/// `until`.
///
/// @param endedSince a task that has not ended passes only if neither this nor `endedUntil` asks for anything
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
