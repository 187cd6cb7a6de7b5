package server.queue.page;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Predicate;

import server.queue.index.TaskFilter;
import server.queue.index.Totals;
import server.task.Task;
import shared.TaskStatus;

/// Makes the first page of tasks sorted by a value that many tasks share. The number of tasks of each value is known,
/// so it is known which values the page contains, and how many tasks of each; of those the newest come first. So a walk
/// from the newest task on ends as soon as it has visited them.
final class FirstValues implements Predicate<Task> {

    private final TaskFilter filter;
    private final TaskSort sort;
    private final long end;
    private final Selection selection;
    private final long total;
    /// The number of tasks of each value that are still to come.
    private final Map<Object, Long> left = new HashMap<>();
    private TaskFilter wanted;

    /// Returns whether this way of sorting is possible.
    static boolean sortsBy(TaskSort sort) {
        return sort == TaskSort.STATUS || sort == TaskSort.PRIORITY || sort == TaskSort.MODEL;
    }

    FirstValues(Totals totals, TaskFilter filter, TaskSort sort, boolean ascending, int limit, long offset) {
        this.filter = filter;
        this.sort = sort;
        end = offset + limit;
        selection = new Selection(sort, ascending, limit, offset, null);
        total = totals.of(filter);
        SortedMap<?, Long> counts = switch (sort) {
            case STATUS -> totals.byStatus(filter, ascending);
            case PRIORITY -> totals.byPriority(filter, ascending);
            case MODEL -> totals.byModel(filter, ascending);
            case CREATED_AT, DURATION -> throw new IllegalArgumentException(sort.toString());
        };
        long room = end;
        for (Map.Entry<?, Long> count : counts.entrySet()) {
            if (room > 0) {
                left.put(count.getKey(), Math.min(room, count.getValue()));
                room -= count.getValue();
            }
        }
        narrow();
    }

    /// Which tasks are still to come: of a value whose tasks were met no more.
    TaskFilter wanted() {
        return wanted;
    }

    /// @return whether it wants another one
    @Override
    public boolean test(Task task) {
        Object value = switch (sort) {
            case STATUS -> task.status();
            case PRIORITY -> task.priority();
            case MODEL, CREATED_AT, DURATION -> task.model();
        };
        Long more = left.get(value);
        if (more != null) {
            selection.add(task);
            if (more > 1) {
                left.put(value, more - 1);
            } else {
                left.remove(value);
                narrow();
            }
        }
        return !left.isEmpty();
    }

    TaskPage page() {
        return new TaskPage(selection.page().tasks(), total, total > end);
    }

    private void narrow() {
        wanted = filter.with(sort == TaskSort.STATUS ? values(TaskStatus.class) : filter.statuses(),
                sort == TaskSort.PRIORITY ? values(Integer.class) : filter.priorities(),
                sort == TaskSort.MODEL ? values(String.class) : filter.models());
    }

    private <V> Set<V> values(Class<V> type) {
        return Set.copyOf(left.keySet().stream().map(type::cast).toList());
    }
}
