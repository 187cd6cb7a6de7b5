package server.task;

/// A cron task's id, in the form of a task's id (see [TaskId]) but with the prefix `cron_`.
public final class CronId {

    public static final String PREFIX = "cron_";

    private CronId() {
    }

    /// Writes an id as text: `cron_` and its 12 digits.
    public static String format(long id) {
        return PREFIX + TaskId.digits(id);
    }

    /// Reads a whole id, with or without `cron_`. Returns -1 if the text is not an id.
    public static long parse(String text) {
        return TaskId.parse(PREFIX, text);
    }

    /// Returns the ids that begin with a text, with or without `cron_`; null if there can be none.
    public static TaskId.IdRange range(String text) {
        return TaskId.range(PREFIX, text);
    }
}
