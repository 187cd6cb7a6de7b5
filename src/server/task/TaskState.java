package server.task;

import shared.TaskStatus;

/// A task's state, with the data that only this state has. Times are milliseconds since the epoch, 0 for none.
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
    /// @param error   why the last attempt failed or why the task waits; null for none
    record Pending(long retryAt, String error) implements TaskState {

        /// The state of a task that waits only for its turn. Shared, because there may be millions.
        public static final Pending READY = new Pending(0, null);
    }

    /// @param host the name of the host that runs it
    /// @param rule which rule chose the host; null if it is not known
    /// @param chosen why it started then; null if it is not known
    /// @param clockSet by how much the clock had been set between the server's start and the run's start, in
    ///                 milliseconds; not in the journal
    record Running(long startedAt, String host, String rule, Attempt.Chosen chosen, long clockSet)
            implements TaskState {

        public Running(long startedAt, String host, String rule) {
            this(startedAt, host, rule, null, 0);
        }

        public Running(long startedAt, String host) {
            this(startedAt, host, null);
        }
    }

    /// @param cut whether the answer ended because it had reached its maximum length
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
    /// @param error     the reason if it was not simply requested; else null
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

    /// Returns when this state's attempt began; 0 if there is none.
    default long startedAt() {
        return 0;
    }

    /// Returns when the task ended; 0 if it has not.
    default long endedAt() {
        return 0;
    }

    /// Returns the host that runs it or ran it last; null if none did.
    default String host() {
        return null;
    }

    /// Returns whether it completed with an answer that was cut at its maximum length.
    default boolean cut() {
        return false;
    }

    /// Returns why it failed, was cancelled or waits; null if there is no reason.
    default String error() {
        return null;
    }
}
