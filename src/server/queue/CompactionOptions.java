package server.queue;

import java.time.Duration;

/// @param deadShare  a compaction begins by itself once this share of the journal's bytes is dead
/// @param eventsKept how many of the last events are always kept, for subscribers that resume
/// @param checkEvery how often the share is checked
public record CompactionOptions(double deadShare, long eventsKept, Duration checkEvery) {

    public static final CompactionOptions DEFAULT = new CompactionOptions(0.5, 100_000, Duration.ofSeconds(10));
}
