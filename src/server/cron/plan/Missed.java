package server.cron.plan;

import java.util.Locale;

import server.task.Values;

/// What becomes of due times that passed while the server was down, paused or asleep.
public enum Missed {
    /// They are passed over.
    SKIP,
    /// One run makes up for all of them.
    ONCE,
    /// Each gets its run.
    ALL;

    public final String text = name().toLowerCase(Locale.ROOT);

    /// Returns the constant that a text names.
    public static Missed parse(String text) {
        return Values.choice(values(), "missed", text);
    }
}
