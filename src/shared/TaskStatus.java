package shared;

import java.util.Locale;

/// Where a task stands; `TaskState` in the server draws the ways between these.
public enum TaskStatus {
    PENDING, RUNNING, COMPLETED, FAILED, CANCELLED;

    /// Its name in JSON and on command lines, as `pending`.
    public final String text = name().toLowerCase(Locale.ROOT);

    /// Tells whether nothing more happens to such a task by itself.
    public boolean ended() {
        return this != PENDING && this != RUNNING;
    }

    /// Reads a status by its [#text].
    ///
    /// @throws Problem (400) if there is none of this name
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
