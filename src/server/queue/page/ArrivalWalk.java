package server.queue.page;

import java.util.function.Predicate;
import java.util.function.Supplier;

import server.queue.index.ArrivalChunk;
import server.queue.index.Arrivals;
import server.queue.index.TaskFilter;
import server.queue.index.Totals;
import server.queue.state.QueueState;
import server.task.Task;

/// A walk over the tasks that pass a filter, in the order of their arrival, in steps, so that a long one holds nobody
/// up for long. Chunks without a task of the right status are passed over.
final class ArrivalWalk {

    private static final int CHUNKS_A_STEP = 32;

    private final Supplier<TaskFilter> filter;
    private final boolean newestFirst;
    private final Predicate<Task> to;
    private final long total;

    /// The number of the next chunk, and the place in it.
    private int number;
    private int at;
    /// How many tasks that pass are still to be passed over, and how many to be met, these among them.
    private long skip;
    private long left;

    /// Prepares it. The filter's query and cron tasks are left aside.
    ///
    /// @param after begins behind this task, which may be gone; null to begin with the first
    /// @param skip  how many tasks that pass are passed over
    /// @param to    takes a task; answers whether it wants another one
    ArrivalWalk(QueueState state, TaskFilter filter, boolean newestFirst, Task after, long skip, Predicate<Task> to) {
        this(state, () -> filter, newestFirst, after, skip, to);
    }

    /// Prepares one whose filter lets fewer and fewer pass.
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
        // of one that is gone the place is not known any more, but who came before it is
        this.to = after == null || slot >= 0 ? to : task -> (newestFirst ? task.arrival() >= after.arrival()
                : task.arrival() <= after.arrival()) || to.test(task);
    }

    /// How many tasks passed the filter at the beginning.
    long total() {
        return total;
    }

    /// Goes on for a while; the state must not change meanwhile, but may between two steps.
    ///
    /// @return whether there is more to do
    boolean step(QueueState state) {
        for (int i = 0; i < CHUNKS_A_STEP; i++) {
            int index = state.arrivals().indexOf(number);
            if (left <= skip || (newestFirst ? index < 0 : index >= state.arrivals().chunkCount())) {
                return false;
            }
            // it may have gone since the last step
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

    /// The place at which a walk through a chunk begins.
    private int edge() {
        return newestFirst ? Arrivals.CHUNK - 1 : 0;
    }
}
