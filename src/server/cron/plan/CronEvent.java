package server.cron.plan;

import java.util.Locale;

import shared.json.Slice;

/// A cron task changed. In the journal each change is a line with the whole cron task as it is after it, but for the
/// template, which stands in the line that set it.
///
/// @param cron     as it is after the event (for `removed`: as it was); its positions are filled in when the event is
///                 applied
/// @param template the template of its tasks, if the event sets it; null otherwise
public record CronEvent(What what, long at, CronTask cron, Slice template) {

    /// Returns the same without its template.
    public CronEvent slim() {
        return new CronEvent(what, at, cron, null);
    }

    /// What happened to a cron task.
    public enum What {
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

        public final String text = name().toLowerCase(Locale.ROOT);
    }
}
