package server.queue.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Predicate;

import server.task.Task;

/// Makes a page, in any order, of tasks that are added one by one. Keeps only as many of them as the page's end
/// requires: a complete sorted copy of a million costs time and heap.
final class Selection {

    private final Comparator<Task> order;
    private final Predicate<Task> passes;
    private final Task after;
    private final long offset;
    private final long end;
    /// The first of the tasks added so far, with the last of these on top.
    private final PriorityQueue<Task> first;
    private long total;
    private boolean more;

    /// @param after only tasks that follow this one in the order are on the page; null for all
    Selection(TaskSort sort, boolean ascending, int limit, long offset, Task after) {
        this(order(sort, ascending), task -> true, limit, offset, after);
    }

    /// @param passes which of the added tasks are wanted
    Selection(Comparator<Task> order, Predicate<Task> passes, int limit, long offset, Task after) {
        this.after = after;
        this.offset = offset;
        this.order = order;
        this.passes = passes;
        end = offset + limit;
        first = new PriorityQueue<>(order.reversed());
    }

    /// Adds a task.
    ///
    /// @return true: it wants all tasks
    boolean add(Task task) {
        if (!passes.test(task)) {
            return true;
        }
        total++;
        if (after != null && order.compare(task, after) <= 0) {
            return true;
        }
        if (first.size() == end && end > 0 && order.compare(task, first.peek()) > 0) {
            more = true;
            return true;
        }
        first.add(task);
        if (first.size() > end) {
            first.poll();
            more = true;
        }
        return true;
    }

    TaskPage page() {
        List<Task> page = new ArrayList<>();
        while (first.size() > offset) {
            page.add(first.poll());
        }
        return new TaskPage(List.copyOf(page.reversed()), total, more);
    }

    /// By the value, then newest first; by arrival alone in the requested direction.
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

    /// Returns how long the last attempt took, in milliseconds; -1 for a task that has not ended or never ran.
    private static long duration(Task task) {
        boolean ran = task.status().ended() && task.state().startedAt() != 0;
        return ran ? task.state().endedAt() - task.state().startedAt() : -1;
    }
}
