package server.queue;

import java.util.List;
import java.util.Locale;

import server.task.Attempt;
import server.task.CronTask;
import server.task.Task;
import shared.json.Slice;

/// One change of the queue: a line of the journal, an event of the feed. It is a fact; [QueueState#apply] never refuses
/// one.
sealed interface Event {

    /// When it happened, milliseconds since the epoch. A clock may have gone backwards between two events.
    long at();

    /// What happened to a task.
    enum What {
        SUBMITTED, STARTED, RETRYING, COMPLETED, FAILED, CANCELLED, PRIORITY, RETRIED, DELETED;

        final String text = name().toLowerCase(Locale.ROOT);

        static What parse(String text) {
            for (What what : values()) {
                if (what.text.equals(text)) {
                    return what;
                }
            }
            throw new IllegalArgumentException("an event that is unknown: " + text
                    + ". Was this journal written by a newer version?");
        }
    }

    /// A task changed.
    ///
    /// @param task     as it is after the event (for `deleted`: as it was); its order, arrival and positions are filled
    ///                 in when the event is applied
    /// @param attempts all so far, also of an ended task, whose `task` holds none
    /// @param request  what only a `submitted` event has; null otherwise
    /// @param result   what only a `completed` event has; null otherwise
    record Change(What what, long at, Task task, List<Attempt> attempts, Request request, Slice result)
            implements Event {

        /// The same without what need not be kept in memory until it is shown.
        Change slim() {
            return new Change(what, at, task, List.of(),
                    request == null ? null : new Request(null, request.preview, null, null), null);
        }
    }

    /// What memory does not hold of a submit.
    ///
    /// @param key         its idempotency key, null for none
    /// @param fingerprint of the body that came with the key
    record Request(Slice payload, String preview, String key, String fingerprint) {
    }

    /// What happened to a cron task.
    enum CronWhat {
        CREATED, UPDATED, ENABLED, DISABLED, REMOVED,
        /// A due time made a task: the event that follows in the same unit of the journal is that task's submit.
        FIRED,
        /// A due time waits for the end of the task before.
        WAITING,
        /// One or more due times got no task.
        SKIPPED,
        /// A task of it has ended; in one unit with that task's own event.
        ENDED,
        /// The clock was set back so far that its next run was moved.
        RESCHEDULED;

        final String text = name().toLowerCase(Locale.ROOT);
    }

    /// A cron task changed.
    ///
    /// @param cron     as it is after the event (for `removed`: as it was); its positions are filled in when the event
    ///                 is applied
    /// @param template the template of its tasks, if the event sets it; null otherwise
    record CronChange(CronWhat what, long at, CronTask cron, Slice template) implements Event {
    }

    /// The queue was paused, resumed or drained.
    record ModeChange(QueueMode mode, long at) implements Event {
    }
}
