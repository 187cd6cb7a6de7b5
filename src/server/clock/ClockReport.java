package server.clock;

/// What is known of a clock besides its time. Milliseconds.
public interface ClockReport {

    /// Returns the moment from which on the clock's times are sure; 0: all are.
    long sureSince();

    /// Returns by how much the clock was set since it was made, forward less back.
    default long setBy() {
        return 0;
    }
}
