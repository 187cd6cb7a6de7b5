package server.queue.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

import server.task.Task;
import shared.TaskStatus;

/// Makes a page of tasks that were collected one by one: for orders and searches of which nothing is kept ready.
public final class Selection {

    private Selection() {
    }

    /// Keeps no more of them than up to the page's end: of a million a whole sorted copy costs time and heap.
    public static TaskPage page(List<Task> tasks, TaskSort sort, boolean ascending, int limit, long offset,
            Task after) {
        Comparator<Task> order = order(sort, ascending);
        long end = Math.min(offset, tasks.size()) + limit;
        PriorityQueue<Task> first = new PriorityQueue<>(order.reversed());
        boolean more = false;
        for (Task task : tasks) {
            if (after != null && order.compare(task, after) <= 0) {
                continue;
            }
            if (first.size() < end) {
                first.add(task);
                continue;
            }
            more = true;
            if (end > 0 && order.compare(task, first.peek()) < 0) {
                first.poll();
                first.add(task);
            }
        }
        List<Task> page = new ArrayList<>();
        while (first.size() > offset) {
            page.add(first.poll());
        }
        return new TaskPage(List.copyOf(page.reversed()), tasks.size(), more);
    }

    /// By the value, then newest first; by arrival alone as asked.
    static Comparator<Task> order(TaskSort sort, boolean ascending) {
        Comparator<Task> newestFirst = Comparator.comparingLong(Task::arrival).reversed();
        Comparator<Task> byValue = switch (sort) {
            case CREATED_AT -> Comparator.comparingLong(Task::arrival);
            case PRIORITY -> Comparator.comparingInt(Task::priority);
            case STATUS -> Comparator.comparing(Task::status);
            case MODEL -> Comparator.comparing(Task::model);
            case DURATION -> Comparator.comparingLong(Selection::duration);
        };
        return (ascending ? byValue : byValue.reversed()).thenComparing(newestFirst);
    }

    /// How long the last attempt took, in milliseconds; -1 for a task that has not ended or never ran.
    private static long duration(Task task) {
        boolean ran = task.status() != TaskStatus.RUNNING && task.state().startedAt() != 0;
        return ran ? task.state().endedAt() - task.state().startedAt() : -1;
    }
}
