package server.stats;

/// Receives reports of attempts. Each method is quick and may be called by any thread. Times are milliseconds, `now`
/// since the epoch.
public interface AttemptNews {

    /// Records that the first piece of an answer came, and how long after the attempt began.
    default void firstPiece(long millis) {
        // not every implementation counts them
    }

    /// Records that further pieces of an answer came, each of them usually one token.
    default void wrote(long pieces, long now) {
        // not every implementation counts them
    }

    /// Records that a host has completed an answer.
    ///
    /// @param tokens     how many the model generated; 0 if the host does not say
    /// @param counted    how many pieces were reported before, see [#wrote]
    /// @param loadMillis how long it loaded the model for this answer; -1 if it did not, or does not say
    void answered(long task, long tokens, long counted, long loadMillis, long now);
}
