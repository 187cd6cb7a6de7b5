package server.action.plan;

import java.util.Locale;

/// A change of an action. In the journal, each change is a line with the whole action after it, except for its tasks,
/// which are only in its first line.
///
/// @param action the action after the event; its positions are filled in when the event is applied
public record ActionEvent(What what, long at, TaskAction action) {

    /// Returns the same event without the action's tasks.
    public ActionEvent slim() {
        return new ActionEvent(what, at, action.with(null));
    }

    /// What happened to an action.
    public enum What {
        ACCEPTED,
        /// It handled some of its tasks, whose events come before this one in the same unit of the journal.
        PROGRESS, COMPLETED, STOPPED;

        public final String text = name().toLowerCase(Locale.ROOT);
    }
}
