package server.queue.index;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import server.task.Task;

/// Which tasks each cron task made, also one that is gone, so that they are found without a search.
public final class TasksByCron {

    private final Map<Long, SortedSlots> byCron = new HashMap<>();

    /// Does nothing for a task that no cron task made.
    public void add(Task task, int slot) {
        if (task.cron() != null) {
            byCron.computeIfAbsent(task.cron().cron(), first -> new SortedSlots()).add(task.arrival(), slot);
        }
    }

    /// Removes a task that is gone; does nothing for a task that no cron task made.
    public void remove(Task task, int slot) {
        SortedSlots slots = task.cron() == null ? null : byCron.get(task.cron().cron());
        if (slots != null && slots.remove(task.arrival(), slot) && slots.isEmpty()) {
            byCron.remove(task.cron().cron());
        }
    }

    /// Returns the tasks that pass; the filter's query is left aside, but it names at least one cron task.
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
