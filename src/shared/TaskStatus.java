package shared;

import java.util.Locale;

/// A task's status; `TaskState` in the server draws the transitions.
public enum TaskStatus {
    PENDING, RUNNING, COMPLETED, FAILED, CANCELLED;

    /// The name in JSON and on command lines, such as `pending`.
    public final String text = name().toLowerCase(Locale.ROOT);

    /// Returns whether the task has ended, so that nothing more happens to it by itself.
    public boolean ended() {
        return this != PENDING && this != RUNNING;
    }

    /// Reads a status by its [#text].
    ///
    /// @throws Problem (400) if there is no status of this name
    public static TaskStatus parse(String text) {
        for (TaskStatus status : values()) {
            if (status.text.equals(text)) {
                return status;
            }
        }
        throw Problem.badRequest("status must be pending, running, completed, failed or cancelled, not \""
                + Problem.shown(text) + "\"");
    }
}
