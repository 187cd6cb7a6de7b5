package server.queue;

import java.time.Duration;

/// @param deadShare  a compaction begins by itself once this share of the journal's bytes is dead
/// @param eventsKept so many of the last events stay in any case, for subscribers that resume
/// @param checkEvery how often that is looked at
public record CompactionOptions(double deadShare, long eventsKept, Duration checkEvery) {

    public static final CompactionOptions DEFAULT = new CompactionOptions(0.5, 100_000, Duration.ofSeconds(10));
}
