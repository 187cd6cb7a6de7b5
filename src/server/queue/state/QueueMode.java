package server.queue.state;

import java.util.Locale;

/// What the queue does with tasks; survives a restart.
public enum QueueMode {
    /// Takes tasks and runs them.
    RUNNING,
    /// Takes tasks and holds them.
    PAUSED,
    /// Refuses new tasks and runs what is there.
    DRAINING;

    public final String text = name().toLowerCase(Locale.ROOT);

    /// Returns the mode that a text names.
    ///
    /// @throws IllegalArgumentException if none has this name
    public static QueueMode parse(String text) {
        for (QueueMode mode : values()) {
            if (mode.text.equals(text)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("a mode of the queue that is unknown: " + text);
    }
}
