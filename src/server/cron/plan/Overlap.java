package server.cron.plan;

import java.util.Locale;

import server.task.Values;

/// What happens to a due time while the task of the previous run is pending or running.
public enum Overlap {
    /// It is skipped.
    SKIP,
    /// It gets its task nevertheless.
    ALLOW,
    /// It waits until that task has ended; at most one waits.
    QUEUE,
    /// It gets its task, and the old one is cancelled.
    REPLACE;

    public final String text = name().toLowerCase(Locale.ROOT);

    /// Returns the constant that a text names.
    ///
    /// @throws shared.Problem 400 if it names none
    public static Overlap parse(String text) {
        return Values.choice(values(), "overlap", text);
    }
}
