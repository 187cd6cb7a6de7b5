package server.queue.page;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

import server.queue.index.ArrivalChunk;
import server.queue.index.Arrivals;
import server.queue.index.TaskFilter;
import server.queue.index.Totals;
import server.queue.state.QueueState;
import server.task.Task;
import shared.TaskStatus;

/// One page of a listing, found in steps, so that a long search holds nobody up for long.
///
/// Orders by priority, status and model need no sorting: the totals tell which values there are, and each value is
/// one run over the tasks in the order of their arrival, newest first. Chunks without a fitting task are passed over.
public final class Listing {

    private static final int CHUNKS_A_STEP = 32;

    private final ArrayDeque<TaskFilter> runs;
    private final boolean newestFirst;
    private final int limit;
    private final long total;
    private final List<Task> found = new ArrayList<>();
    private long skip;

    /// The run being made: its filter, the number of its next chunk, the place in it, and how many that pass are still
    /// to be seen.
    private TaskFilter run;
    private int number;
    private int at;
    private long left;
    /// The task after which the first run begins; null from then on.
    private Task after;

    /// Prepares it; the state must not change meanwhile.
    ///
    /// @param sort  not by duration
    /// @param after the last task of the page before; null for none
    public Listing(QueueState state, TaskFilter filter, TaskSort sort, boolean ascending, int limit, long offset,
            Task after) {
        this.limit = limit;
        this.skip = offset;
        this.after = after;
        newestFirst = sort != TaskSort.CREATED_AT || !ascending;
        total = state.totals().of(filter);
        runs = switch (sort) {
            case CREATED_AT, DURATION -> new ArrayDeque<>(List.of(filter));
            case PRIORITY -> runs(state, filter, after, group -> group.priority, Task::priority, ascending,
                    value -> narrowed(filter, filter.statuses(), Set.of(value), filter.models()));
            case STATUS -> runs(state, filter, after, group -> group.status, Task::status, ascending,
                    value -> narrowed(filter, Set.of(value), filter.priorities(), filter.models()));
            case MODEL -> runs(state, filter, after, group -> group.model, Task::model, ascending,
                    value -> narrowed(filter, filter.statuses(), filter.priorities(), Set.of(value)));
        };
    }

    /// Goes on for a while; the state must not change meanwhile, but may between two steps.
    ///
    /// @return whether there is more to do
    public boolean step(QueueState state) {
        for (int i = 0; i < CHUNKS_A_STEP; i++) {
            if (found.size() > limit || run == null && !nextRun(state)) {
                return false;
            }
            int index = state.arrivals().indexOf(number);
            if (left <= 0 || (newestFirst ? index < 0 : index >= state.arrivals().chunkCount())) {
                run = null;
            } else {
                visit(index < 0 ? null : state.arrivals().chunk(index));
                number += newestFirst ? -1 : 1;
                at = newestFirst ? Arrivals.CHUNK - 1 : 0;
            }
        }
        return true;
    }

    public TaskPage page() {
        boolean more = found.size() > limit;
        return new TaskPage(List.copyOf(more ? found.subList(0, limit) : found), total, more);
    }

    private boolean nextRun(QueueState state) {
        do {
            run = runs.poll();
            if (run == null) {
                return false;
            }
            left = after == null ? state.totals().of(run) : Long.MAX_VALUE;
            if (left <= skip) {
                skip -= left;
                left = 0;
            }
        } while (left == 0);
        Arrivals arrivals = state.arrivals();
        int slot = after == null ? -1 : state.slotOf(after.id());
        after = null;
        if (slot >= 0) {
            number = arrivals.numberOf(arrivals.index(slot));
            at = (slot & Arrivals.CHUNK - 1) + (newestFirst ? -1 : 1);
        } else {
            number = arrivals.numberOf(newestFirst ? arrivals.chunkCount() - 1 : 0);
            at = newestFirst ? Arrivals.CHUNK - 1 : 0;
        }
        return true;
    }

    private void visit(ArrivalChunk chunk) {
        if (chunk == null || !chunk.mayHold(run)) {
            return;
        }
        boolean whole = at == (newestFirst ? Arrivals.CHUNK - 1 : 0);
        int count = whole && skip > 0 ? chunk.countOf(run) : -1;
        if (count >= 0 && count <= skip) {
            skip -= count;
            left -= count;
            return;
        }
        for (; at >= 0 && at < Arrivals.CHUNK && found.size() <= limit && left > 0; at += newestFirst ? -1 : 1) {
            Task task = chunk.get(at);
            if (task != null && Totals.passes(task, run)) {
                left--;
                if (skip > 0) {
                    skip--;
                } else {
                    found.add(task);
                }
            }
        }
    }

    private static TaskFilter narrowed(TaskFilter filter, Set<TaskStatus> statuses, Set<Integer> priorities,
            Set<String> models) {
        return new TaskFilter(statuses, filter.types(), priorities, models, Set.of(), null);
    }

    /// One run for each value that the totals know, from that of `after` on.
    private static <V extends Comparable<V>> ArrayDeque<TaskFilter> runs(QueueState state, TaskFilter filter,
            Task after, Function<Totals.Group, V> ofGroup, Function<Task, V> ofTask, boolean ascending,
            Function<V, TaskFilter> narrowed) {
        TreeMap<V, Boolean> values = ascending ? new TreeMap<>()
                : new TreeMap<>(Comparator.reverseOrder());
        state.totals().forEach(group -> {
            if (Totals.passes(group, filter)) {
                values.put(ofGroup.apply(group), true);
            }
        });
        if (after != null) {
            values.put(ofTask.apply(after), true);
        }
        ArrayDeque<TaskFilter> runs = new ArrayDeque<>();
        for (V value : (after == null ? values : values.tailMap(ofTask.apply(after), true)).keySet()) {
            runs.add(narrowed.apply(value));
        }
        return runs;
    }
}
