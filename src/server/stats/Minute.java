package server.stats;

/// What the queue did in one minute, by the wall clock.
///
/// @param at        its beginning, milliseconds since the epoch
/// @param seconds   how much of it is on record: less than 60 in the first and in the running minute
/// @param pending   how many tasks were pending at its end
/// @param running   how many tasks were running at its end
/// @param tokens    the tokens generated (`eval_count`), counted as pieces while these come, corrected when the answer
///                  ends
/// @param waits     from the submit, or `scheduled_at`, to the start of the first attempt
/// @param runs      the durations of the attempts that completed their task
public record Minute(long at, double seconds, long pending, long running, long submitted, long completed, long failed,
        long cancelled, long tokens, Percentiles waits, Percentiles runs) {

    /// In milliseconds; -1 if there are none.
    public record Percentiles(long p50, long p95) {

        static final Percentiles NONE = new Percentiles(-1, -1);
    }

    /// Returns the tokens per second; 0 if the minute has just begun.
    public double tokensPerSecond() {
        return seconds == 0 ? 0 : tokens / seconds;
    }
}
