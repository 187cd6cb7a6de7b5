package server.queue.page;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import server.queue.index.ArrivalChunk;
import server.queue.index.Arrivals;
import server.queue.index.TaskFilter;
import server.queue.index.Totals;
import server.queue.state.QueueState;
import server.task.Task;

/// Finds the tasks that match a filter at one moment, although it reads them in steps between which they change: if a
/// task changes before the walk has reached it, its earlier state is used. The filter's query and cron tasks are
/// ignored. All methods are called under the ledger's lock.
///
/// Invariant: `early` has the ids of the tasks that have changed since the beginning and are still ahead of the walk.
final class Matching implements Arrivals.Watcher {

    static final int CHUNKS_A_STEP = 8;

    private final Arrivals arrivals;
    private final TaskFilter filter;
    private final long asOf;
    private final int chunksAStep;
    private final List<Task> found = new ArrayList<>();
    private final Set<Long> early = new HashSet<>();
    /// The number of the next chunk.
    private int number;

    private Matching(QueueState state, TaskFilter filter, long asOf, int chunksAStep) {
        this.chunksAStep = chunksAStep;
        arrivals = state.arrivals();
        this.filter = filter;
        this.asOf = asOf;
        number = arrivals.numberOf(0);
    }

    /// Begins; must be followed by [#end], whatever happens.
    ///
    /// @param asOf the sequence number of the last event
    static Matching begin(QueueState state, TaskFilter filter, long asOf, int chunksAStep) {
        Matching matching = new Matching(state, filter, asOf, chunksAStep);
        state.arrivals().watch(matching);
        return matching;
    }

    /// Continues for a while.
    ///
    /// @return whether there is more to do
    boolean step() {
        for (int i = 0; i < chunksAStep; i++) {
            int index = arrivals.indexOf(number);
            if (index >= arrivals.chunkCount()) {
                return false;
            }
            ArrivalChunk chunk = index < 0 ? null : arrivals.chunk(index);
            if (chunk != null && chunk.mayHold(filter)) {
                visit(chunk);
            }
            number = arrivals.numberOf(Math.max(0, index + 1));
        }
        return true;
    }

    private void visit(ArrivalChunk chunk) {
        for (int at = 0; at < Arrivals.CHUNK; at++) {
            Task task = chunk.get(at);
            if (task != null && task.arrival() <= asOf && !early.contains(task.id()) && Totals.passes(task, filter)) {
                found.add(task);
            }
        }
    }

    @Override
    public void willChange(int slot, Task before) {
        boolean ahead = arrivals.index(slot) >= arrivals.indexOf(number);
        if (ahead && before.arrival() <= asOf && early.add(before.id()) && Totals.passes(before, filter)) {
            found.add(before);
        }
    }

    void end() {
        arrivals.unwatch(this);
    }

    /// Returns the matching tasks, oldest first.
    Matched matched() {
        found.sort((one, other) -> Long.compare(one.arrival(), other.arrival()));
        return new Matched(found, asOf);
    }
}
