package server.task;

/// A cron task's id: as a task's (see [TaskId]), but it begins with `cron_`.
public final class CronId {

    public static final String PREFIX = "cron_";

    private CronId() {
    }

    /// Writes an id as text: `cron_` and its 12 digits.
    public static String format(long id) {
        return PREFIX + TaskId.digits(id);
    }

    /// Reads a whole id; `cron_` may be left out. Returns -1 if it is none.
    public static long parse(String text) {
        return TaskId.parse(PREFIX, text);
    }

    /// Returns the ids that begin with a text, with or without `cron_`; null if none can.
    public static TaskId.IdRange range(String text) {
        return TaskId.range(PREFIX, text);
    }
}
