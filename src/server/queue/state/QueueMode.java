package server.queue.state;

import java.util.Locale;

/// What the queue does with tasks; survives a restart.
public enum QueueMode {
    /// Accepts tasks and runs them.
    RUNNING,
    /// Accepts tasks and holds them.
    PAUSED,
    /// Refuses new tasks and runs the existing ones.
    DRAINING;

    public final String text = name().toLowerCase(Locale.ROOT);

    /// Returns the mode with this name.
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
