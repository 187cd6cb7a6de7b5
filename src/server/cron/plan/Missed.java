package server.cron.plan;

import java.util.Locale;

import server.task.Values;

/// What happens to due times that passed while the server was down, paused or asleep.
public enum Missed {
    /// They are skipped.
    SKIP,
    /// One run makes up for all of them.
    ONCE,
    /// Each gets its own run.
    ALL;

    public final String text = name().toLowerCase(Locale.ROOT);

    /// Returns the constant that a text names.
    ///
    /// @throws shared.Problem 400 if it names none
    public static Missed parse(String text) {
        return Values.choice(values(), "missed", text);
    }
}
