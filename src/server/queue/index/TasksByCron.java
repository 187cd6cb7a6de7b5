package server.queue.index;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import server.task.Task;

/// The tasks that each cron task created, even if the cron task was deleted, so that they are found without a search.
public final class TasksByCron {

    private final Map<Long, SortedSlots> byCron = new HashMap<>();

    /// Adds a task; does nothing if no cron task created it.
    public void add(Task task, int slot) {
        if (task.cron() != null) {
            byCron.computeIfAbsent(task.cron().cron(), first -> new SortedSlots()).add(task.arrival(), slot);
        }
    }

    /// Removes a deleted task; does nothing if no cron task created it.
    public void remove(Task task, int slot) {
        SortedSlots slots = task.cron() == null ? null : byCron.get(task.cron().cron());
        if (slots != null && slots.remove(task.arrival(), slot) && slots.isEmpty()) {
            byCron.remove(task.cron().cron());
        }
    }

    /// Returns the matching tasks of the filter's cron tasks, of which there must be one; the filter's query is
    /// ignored.
    public List<Task> tasks(TaskFilter filter, Arrivals arrivals) {
        List<Task> tasks = new ArrayList<>();
        for (long cron : filter.crons()) {
            SortedSlots slots = byCron.get(cron);
            if (slots != null) {
                SortedSlots.Cursor cursor = slots.cursor();
                do {
                    Task task = arrivals.get(cursor.slot());
                    if (Totals.passes(task, filter)) {
                        tasks.add(task);
                    }
                } while (cursor.next());
            }
        }
        return tasks;
    }
}
