package server.queue.page;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import server.task.Task;
import shared.TaskStatus;

/// The tasks that matched a filter at one moment.
///
/// @param tasks in their state at that moment, oldest first
/// @param asOf  the sequence number of the last event that is included
public record Matched(List<Task> tasks, long asOf) {

    /// Returns how many there are of each status, without statuses that have none.
    public Map<TaskStatus, Integer> byStatus() {
        Map<TaskStatus, Integer> counts = new EnumMap<>(TaskStatus.class);
        tasks.forEach(task -> counts.merge(task.status(), 1, Integer::sum));
        return counts;
    }
}
