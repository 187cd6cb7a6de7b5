package server.stats;

/// Is told of what attempts do. Each method is quick, for any thread. Times are milliseconds, `now` since the epoch.
public interface AttemptNews {

    /// Takes note that the first piece of an answer came, and how long after the attempt began.
    default void firstPiece(long millis) {
        // not everybody counts them
    }

    /// Takes note that so many more pieces of an answer came, which are mostly tokens.
    default void wrote(long pieces, long now) {
        // not everybody counts them
    }

    /// Tells that a host has completed an answer.
    ///
    /// @param tokens     what the model wrote; 0 if the host does not tell
    /// @param counted    how many pieces were told of, see [#wrote]
    /// @param loadMillis how long it loaded the model for that; -1 if it did not, or does not tell
    void answered(long task, long tokens, long counted, long loadMillis, long now);
}
