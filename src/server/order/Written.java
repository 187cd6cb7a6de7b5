package server.order;

/// What a running attempt has written so far.
///
/// @param tokens approximately: the pieces of its answer
/// @param millis the time from the first of them to the last
/// @param limit  how many it may write; 0: no limit, or not known
public record Written(long tokens, long millis, long limit) {

    /// The least number of tokens from which its speed is known.
    private static final int PACE_TOKENS = 10;

    public static final Written NOTHING = new Written(0, 0, 0);

    /// Returns the milliseconds per token; 0 if it has not written enough to tell.
    double pace() {
        return tokens < PACE_TOKENS ? 0 : (double) millis / (tokens - 1);
    }

    /// Returns a number of tokens, cut at its limit.
    long cut(long wouldWrite) {
        return limit > 0 ? Math.min(limit, wouldWrite) : wouldWrite;
    }
}
