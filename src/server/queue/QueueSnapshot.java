package server.queue;

import java.util.List;

import server.queue.state.QueueStats;
import server.task.Task;

/// The queue as of one moment, `stats.lastSeq()`.
///
/// @param newest the newest tasks, newest first
public record QueueSnapshot(QueueStats stats, List<Task> newest) {
}
