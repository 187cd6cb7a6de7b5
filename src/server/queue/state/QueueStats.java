package server.queue.state;

import java.util.Map;
import java.util.SortedMap;

import shared.TaskStatus;

/// @param pendingByPriority the number of pending tasks by priority, highest first
/// @param callersWaiting    the number of pending tasks that are calls whose callers wait
/// @param clockSet          by how much the clock was set since the server's start, in milliseconds
/// @param oldestPendingAt   since when the longest waiting of the tasks that could run has waited, 0 if there is none
public record QueueStats(QueueMode mode, Map<TaskStatus, Long> byStatus, long total,
        SortedMap<Integer, Long> pendingByPriority, long callersWaiting, long clockSet, long oldestPendingAt,
        long lastSeq) {
}
