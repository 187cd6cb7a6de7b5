package server.queue.state;

import java.time.Duration;

/// @param pendingMax          a submit beyond so many pending tasks is refused (429)
/// @param completedMax        so many completed tasks are kept; older ones go, but none younger than 24 h; 0 keeps all
/// @param completedAge        completed and cancelled tasks older than this go; zero keeps all
/// @param failedAge           failed tasks older than this go; zero keeps all
/// @param metadataBytesMax    metadata is held in memory: all tasks' together, at most
/// @param interval            tasks are forgotten in rounds this far apart; zero: each at its time
public record QueueOptions(int pendingMax, int completedMax, Duration completedAge, Duration failedAge,
        long metadataBytesMax, Duration interval) {

    public static final QueueOptions DEFAULT = new QueueOptions(2_000_000, 100_000, Duration.ofDays(7),
            Duration.ofDays(30), Runtime.getRuntime().maxMemory() / 8);

    /// With no rounds.
    public QueueOptions(int pendingMax, int completedMax, Duration completedAge, Duration failedAge,
            long metadataBytesMax) {
        this(pendingMax, completedMax, completedAge, failedAge, metadataBytesMax, Duration.ZERO);
    }
}
