package server.action.plan;

import java.util.Locale;

/// An action changed. In the journal each change is a line with the whole action as it is after it, but for its tasks,
/// which stand in its first line alone.
///
/// @param action as it is after the event; its positions are filled in when the event is applied
public record ActionEvent(What what, long at, TaskAction action) {

    /// Returns the same without the action's tasks.
    public ActionEvent slim() {
        return new ActionEvent(what, at, action.with(null));
    }

    /// What happened to an action.
    public enum What {
        ACCEPTED,
        /// It did some of its tasks: their events stand before this one in the same unit of the journal.
        PROGRESS, COMPLETED, STOPPED;

        public final String text = name().toLowerCase(Locale.ROOT);
    }
}
