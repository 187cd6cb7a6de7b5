package server.order;

/// What a running attempt has written so far.
///
/// @param tokens about: the pieces of its answer
/// @param millis how long it took from the first of them to the last
/// @param limit  how many it may write; 0: as many as it likes, or not known
public record Written(long tokens, long millis, long limit) {

    /// So many tokens tell how fast an attempt writes.
    private static final int PACE_TOKENS = 10;

    public static final Written NOTHING = new Written(0, 0, 0);

    /// Milliseconds for each token; 0 if it has not written enough to tell.
    double pace() {
        return tokens < PACE_TOKENS ? 0 : (double) millis / (tokens - 1);
    }

    /// So many tokens, if it is not ended before.
    long cut(long wouldWrite) {
        return limit > 0 ? Math.min(limit, wouldWrite) : wouldWrite;
    }
}
