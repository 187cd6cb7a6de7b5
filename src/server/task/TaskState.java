package server.task;

import shared.TaskStatus;

/// Where a task stands, with what is true only there. Times are milliseconds since the epoch, 0 for none.
///
/// ```
///              ┌───────── retrying (backoff, host's failure, crash) ────────┐
///              ▼                                                           │
/// submit ─► pending ──────────── started ────────────────────────────► running ─┬─► completed
///            │ ▲  │                                                             ├─► failed
///            │ │  └─ expired ─► failed                                          └─► cancelled
///            │ └──── retried ── failed, cancelled
///            └─► cancelled
/// ```
public sealed interface TaskState {

    /// @param retryAt when the next attempt may begin; 0: as soon as `scheduled_at` allows
    /// @param error   why the last attempt failed, or why the task waits; null for none
    record Pending(long retryAt, String error) implements TaskState {

        /// Of a task that waits for nothing but its turn. Shared, because there may be millions.
        public static final Pending READY = new Pending(0, null);
    }

    /// @param host the name of the host that it was given to
    /// @param rule which rule chose the host; null if it is not known
    /// @param chosen why it started then; null if it is not known
    /// @param clockSet by how much the clock had been set since the server's start when it began; not on record
    record Running(long startedAt, String host, String rule, Attempt.Chosen chosen, long clockSet)
            implements TaskState {

        public Running(long startedAt, String host, String rule) {
            this(startedAt, host, rule, null, 0);
        }

        public Running(long startedAt, String host) {
            this(startedAt, host, null);
        }
    }

    /// @param cut whether the answer ended because it had reached its greatest length
    record Completed(long startedAt, long endedAt, String host, boolean cut) implements TaskState {

        public Completed(long startedAt, long endedAt, String host) {
            this(startedAt, endedAt, host, false);
        }
    }

    /// @param startedAt 0 if it never ran (it expired in the queue)
    /// @param host      null if it never ran
    record Failed(long startedAt, long endedAt, String host, String error) implements TaskState {
    }

    /// @param startedAt 0 if it was not running
    /// @param host      null if it was not running
    /// @param error     why, if it was not simply asked for; else null
    record Cancelled(long startedAt, long endedAt, String host, String error) implements TaskState {
    }

    /// Returns the status that the API shows.
    default TaskStatus status() {
        return switch (this) {
            case Pending pending -> TaskStatus.PENDING;
            case Running running -> TaskStatus.RUNNING;
            case Completed completed -> TaskStatus.COMPLETED;
            case Failed failed -> TaskStatus.FAILED;
            case Cancelled cancelled -> TaskStatus.CANCELLED;
        };
    }

    /// Returns when the attempt that this state tells of began; 0 if there is none.
    default long startedAt() {
        return 0;
    }

    /// Returns when the task ended; 0 if it has not.
    default long endedAt() {
        return 0;
    }

    /// Returns where it runs or last ran; null if nowhere.
    default String host() {
        return null;
    }

    /// Returns whether it completed with an answer that ended because it had reached its greatest length.
    default boolean cut() {
        return false;
    }

    /// Returns why it failed, was cancelled or waits; null for none.
    default String error() {
        return null;
    }
}
