package server.cron.plan;

import java.util.Locale;

import shared.json.Slice;

/// A change of a cron task. In the journal, each change is a line with the whole cron task after it, except for the
/// template, which is in the line that set it.
///
/// @param cron     the cron task after the event (for `removed`: before it); its positions are filled in when the event
///                 is applied
/// @param template the template of its tasks, if the event sets it; null otherwise
public record CronEvent(What what, long at, CronTask cron, Slice template) {

    /// Returns the same event without its template.
    public CronEvent slim() {
        return new CronEvent(what, at, cron, null);
    }

    /// What happened to a cron task.
    public enum What {
        CREATED, UPDATED, ENABLED, DISABLED, REMOVED,
        /// A due time created a task: the event that follows in the same unit of the journal is that task's submit.
        FIRED,
        /// A due time waits for the end of the previous task.
        WAITING,
        /// One or more due times got no task.
        SKIPPED,
        /// A task of it has ended; in one unit with that task's own event.
        ENDED,
        /// The clock was set, and its next run was moved.
        RESCHEDULED;

        public final String text = name().toLowerCase(Locale.ROOT);
    }
}
