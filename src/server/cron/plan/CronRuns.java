package server.cron.plan;

import java.util.Arrays;

import shared.TaskStatus;

/// The last runs of a cron task, oldest first. Immutable and packed into two longs per run, because there may be
/// 100,000 cron tasks: the task's id, with its outcome in the low four bits, and the due time.
public final class CronRuns {

    static final int MAX = 20;
    public static final CronRuns NONE = new CronRuns(new long[0]);

    private static final int OUTCOME_BITS = 4;

    private final long[] packed;

    private CronRuns(long[] packed) {
        this.packed = packed;
    }

    /// Returns the number of runs, at most [#MAX].
    public int size() {
        return packed.length / 2;
    }

    /// Returns the id of the run's task.
    public long task(int index) {
        return packed[2 * index] >>> OUTCOME_BITS;
    }

    /// Returns when the run was due, in milliseconds since the epoch.
    ///
    /// @param index from 0, the oldest first
    public long dueAt(int index) {
        return packed[2 * index + 1];
    }

    /// Returns how the run's task ended; null if it has not ended.
    public TaskStatus outcome(int index) {
        int outcome = (int) packed[2 * index] & (1 << OUTCOME_BITS) - 1;
        return outcome == 0 ? null : TaskStatus.values()[outcome - 1];
    }

    /// Returns how many of the last ended runs failed in a row.
    public int failedLast() {
        int failed = 0;
        for (int i = size() - 1; i >= 0; i--) {
            if (outcome(i) != null && outcome(i) != TaskStatus.FAILED) {
                break;
            }
            failed += outcome(i) == null ? 0 : 1;
        }
        return failed;
    }

    /// Returns these runs and one more; the oldest is dropped if there are too many.
    ///
    /// @param dueAt   milliseconds since the epoch
    /// @param outcome null if the task has not ended
    public CronRuns with(long task, long dueAt, TaskStatus outcome) {
        int from = packed.length == 2 * MAX ? 2 : 0;
        long[] next = Arrays.copyOfRange(packed, from, packed.length + 2);
        next[next.length - 2] = packed(task, outcome);
        next[next.length - 1] = dueAt;
        return new CronRuns(next);
    }

    /// Returns these runs with the end of a task; itself if the task is not among them.
    CronRuns ended(long task, TaskStatus outcome) {
        for (int i = 0; i < size(); i++) {
            if (task(i) == task) {
                long[] next = packed.clone();
                next[2 * i] = packed(task, outcome);
                return new CronRuns(next);
            }
        }
        return this;
    }

    private static long packed(long task, TaskStatus outcome) {
        return task << OUTCOME_BITS | (outcome == null ? 0 : outcome.ordinal() + 1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CronRuns that && Arrays.equals(packed, that.packed);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(packed);
    }
}
