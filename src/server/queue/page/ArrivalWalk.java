package server.queue.page;

import java.util.function.Predicate;
import java.util.function.Supplier;

import server.queue.index.ArrivalChunk;
import server.queue.index.Arrivals;
import server.queue.index.TaskFilter;
import server.queue.index.Totals;
import server.queue.state.QueueState;
import server.task.Task;

/// A walk over the tasks that match a filter, in order of arrival, in steps, so that a long walk holds nobody up for
/// long. Chunks without a task of the right status are skipped.
final class ArrivalWalk {

    private static final int CHUNKS_A_STEP = 32;

    private final Supplier<TaskFilter> filter;
    private final boolean newestFirst;
    private final Predicate<Task> to;
    private final long total;

    /// The number of the next chunk, and the position in it.
    private int number;
    private int at;
    /// How many matching tasks must still be skipped, and how many visited, including these.
    private long skip;
    private long left;

    /// Prepares a walk. The filter's query and cron tasks are ignored.
    ///
    /// @param after begins after this task, which may be gone; null to begin with the first
    /// @param skip  how many matching tasks to skip
    /// @param to    receives a task; returns whether it wants another one
    ArrivalWalk(QueueState state, TaskFilter filter, boolean newestFirst, Task after, long skip, Predicate<Task> to) {
        this(state, () -> filter, newestFirst, after, skip, to);
    }

    /// Prepares a walk whose filter lets fewer and fewer tasks pass.
    ArrivalWalk(QueueState state, Supplier<TaskFilter> filter, boolean newestFirst, Task after, long skip,
            Predicate<Task> to) {
        this.filter = filter;
        this.newestFirst = newestFirst;
        this.skip = skip;
        total = state.totals().of(filter.get());
        left = after == null ? total : Long.MAX_VALUE;
        Arrivals arrivals = state.arrivals();
        int slot = after == null ? -1 : state.slotOf(after.id());
        number = arrivals.numberOf(slot >= 0 ? arrivals.index(slot) : newestFirst ? arrivals.chunkCount() - 1 : 0);
        at = slot >= 0 ? (slot & Arrivals.CHUNK - 1) + (newestFirst ? -1 : 1) : edge();
        // the position of a deleted task is no longer known, but it is known which tasks came before it
        this.to = after == null || slot >= 0 ? to : task -> (newestFirst ? task.arrival() >= after.arrival()
                : task.arrival() <= after.arrival()) || to.test(task);
    }

    /// Returns how many tasks matched the filter at the beginning.
    long total() {
        return total;
    }

    /// Continues for a while; the state must not change meanwhile, but may between two steps.
    ///
    /// @return whether there is more to do
    boolean step(QueueState state) {
        for (int i = 0; i < CHUNKS_A_STEP; i++) {
            int index = state.arrivals().indexOf(number);
            if (left <= skip || (newestFirst ? index < 0 : index >= state.arrivals().chunkCount())) {
                return false;
            }
            // the task may have been deleted since the last step
            if (index >= 0) {
                visit(state.arrivals().chunk(index));
            }
            number += newestFirst ? -1 : 1;
            at = edge();
        }
        return true;
    }

    private void visit(ArrivalChunk chunk) {
        TaskFilter wanted = filter.get();
        if (chunk == null || !chunk.mayHold(wanted)) {
            return;
        }
        int count = skip > 0 && at == edge() ? chunk.countOf(wanted) : -1;
        if (count >= 0 && count <= skip) {
            skip -= count;
            left -= count;
            return;
        }
        for (; at >= 0 && at < Arrivals.CHUNK && left > 0; at += newestFirst ? -1 : 1) {
            Task task = chunk.get(at);
            if (task != null && Totals.passes(task, wanted)) {
                left--;
                if (skip > 0) {
                    skip--;
                } else if (!to.test(task)) {
                    left = 0;
                }
            }
        }
    }

    /// Returns the position at which a walk through a chunk begins.
    private int edge() {
        return newestFirst ? Arrivals.CHUNK - 1 : 0;
    }
}
