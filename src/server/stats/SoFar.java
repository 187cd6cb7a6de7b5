package server.stats;

import server.stats.Buckets.Counted;

/// What the queue did since the server's start. Lengths of time are in seconds.
///
/// @param submitted   tasks that came
/// @param waits       from the submit, or `scheduled_at`, to the start of the first attempt
/// @param runs        of the attempts that completed their task
/// @param loads       of models, as their hosts told
/// @param firstPieces from an attempt's start to the first piece of its answer
public record SoFar(long submitted, long completed, long failed, long cancelled, Counted waits, Counted runs,
        Counted loads, Counted firstPieces) {
}
