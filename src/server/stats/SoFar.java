package server.stats;

import server.stats.Buckets.Counted;

/// What the queue has done since the server's start. Durations are in seconds.
///
/// @param submitted   how many tasks were submitted
/// @param waits       from the submit, or `scheduled_at`, to the start of the first attempt
/// @param runs        the durations of the attempts that completed their task
/// @param loads       the durations of models' loads, as the hosts reported them
/// @param firstPieces from an attempt's start to the first piece of its answer
public record SoFar(long submitted, long completed, long failed, long cancelled, Counted waits, Counted runs,
        Counted loads, Counted firstPieces) {
}
