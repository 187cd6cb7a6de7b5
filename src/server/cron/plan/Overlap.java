package server.cron.plan;

import java.util.Locale;

import server.task.Values;

/// What a due time does while the task of the run before is pending or running.
public enum Overlap {
    /// It is passed over.
    SKIP,
    /// It gets its task all the same.
    ALLOW,
    /// It waits until that task has ended; at most one waits.
    QUEUE,
    /// It gets its task, and the old one is cancelled.
    REPLACE;

    public final String text = name().toLowerCase(Locale.ROOT);

    /// Returns the constant that a text names.
    public static Overlap parse(String text) {
        return Values.choice(values(), "overlap", text);
    }
}
