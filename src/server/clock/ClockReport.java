package server.clock;

/// What is known about a clock besides its time. All times are in milliseconds.
public interface ClockReport {

    /// Returns the time since when the clock is reliable; 0: always.
    long sureSince();

    /// Returns by how much the clock was set since it was created: the sum of all changes, negative if it was set back.
    default long setBy() {
        return 0;
    }
}
