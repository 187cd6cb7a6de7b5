package server.queue.page;

import server.queue.index.TaskFilter;
import server.queue.state.QueueState;
import server.task.Task;

/// Pages of a state alone, made both ways.
public final class PagesOf {

    private PagesOf() {
    }

    /// All tasks that pass, through a selection.
    public static TaskPage selected(QueueState state, TaskFilter filter, TaskSort sort, boolean ascending, int limit,
            int offset, Task after) {
        Selection selection = new Selection(sort, ascending, limit, offset, after);
        ArrivalWalk walk = new ArrivalWalk(state, filter, true, null, 0, selection::add);
        while (walk.step(state)) {
            // on
        }
        return selection.page();
    }

    /// The first page by a value that many share, by a walk that ends with it.
    public static TaskPage byValue(QueueState state, TaskFilter filter, TaskSort sort, boolean ascending, int limit,
            int offset) {
        FirstValues first = new FirstValues(state.totals(), filter, sort, ascending, limit, offset);
        ArrivalWalk walk = new ArrivalWalk(state, first::wanted, true, null, 0, first);
        while (walk.step(state)) {
            // on
        }
        return first.page();
    }

    /// In the order of arrival, by a walk that ends with the page.
    public static TaskPage walked(QueueState state, TaskFilter filter, boolean ascending, int limit, int offset,
            Task after) {
        Pages.Arrived found = new Pages.Arrived(limit);
        ArrivalWalk walk = new ArrivalWalk(state, filter, !ascending, after, offset, found);
        while (walk.step(state)) {
            // on
        }
        return found.page(walk.total());
    }
}
