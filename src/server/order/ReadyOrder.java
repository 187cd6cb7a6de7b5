package server.order;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

import server.queue.index.SortedSlots;
import server.task.ApiPath;
import server.task.RunnerOptions;
import server.task.Task;

/// The pending tasks that wait for nothing but their turn: by priority, higher first, within one by order.
///
/// Where a task can run depends on its demand alone, so tasks of one priority and demand form a lane; when the first
/// of a lane finds no place, neither would those behind it, and the whole lane is passed over. Tasks that have a
/// history (they were tried somewhere) have lanes of their own, by where that was last. There one after the other is
/// asked for, because the rest of the history may matter too; but it rarely does, so a lane is passed over when a
/// hundred found no place.
///
/// Invariants: no lane is empty; `heads` has each lane of its priority once, under the order of the lane's first task.
public final class ReadyOrder {

    private final TreeMap<Integer, Level> levels = new TreeMap<>(Comparator.reverseOrder());
    private int size;

    /// How many tasks of a lane are asked for, so that thousands of them do not make each start slow.
    public static final int ASKED_MAX = 100;

    /// @param triedOn where the last attempt failed, empty if it was not on record; null if there was none
    private record Demand(String model, String on, boolean remote, boolean waitForModel, ApiPath endpoint,
            boolean onlyOrders, RunnerOptions runner, String client, String triedOn) {
    }

    private static final class Deeper {
        final SortedSlots.Cursor cursor;
        int asked = 1;

        Deeper(SortedSlots.Cursor cursor) {
            this.cursor = cursor;
        }

        boolean next() {
            return asked++ < ASKED_MAX && cursor.next();
        }
    }

    private static final class Lane {
        final boolean oneByOne;
        final SortedSlots slots = new SortedSlots();

        Lane(boolean oneByOne) {
            this.oneByOne = oneByOne;
        }
    }

    private static final class Level {
        final Map<Demand, Lane> lanes = new HashMap<>();
        final TreeMap<Long, Lane> heads = new TreeMap<>();
    }

    public int size() {
        return size;
    }

    public void add(Task task, int slot) {
        Level level = levels.computeIfAbsent(task.priority(), absent -> new Level());
        Lane lane = level.lanes.computeIfAbsent(demandOf(task), demand -> new Lane(demand.triedOn() != null));
        long head = lane.slots.firstKey();
        lane.slots.add(task.order(), slot);
        if (task.order() < head) {
            level.heads.remove(head);
            level.heads.put(task.order(), lane);
        }
        size++;
    }

    /// The task must be there, as it was when it was added.
    public void remove(Task task, int slot) {
        Level level = levels.get(task.priority());
        Demand demand = demandOf(task);
        Lane lane = level.lanes.get(demand);
        long head = lane.slots.firstKey();
        lane.slots.remove(task.order(), slot);
        if (task.order() == head) {
            level.heads.remove(head);
            if (lane.slots.isEmpty()) {
                level.lanes.remove(demand);
            } else {
                level.heads.put(lane.slots.firstKey(), lane);
            }
        }
        if (level.lanes.isEmpty()) {
            levels.remove(task.priority());
        }
        size--;
    }

    /// The first slot that passes, in the order of priority and order; -1 if none does. The predicate is asked for the
    /// first of each lane, and for the first hundred of a lane of tasks that have a history.
    public int first(IntPredicate passes) {
        for (Level level : levels.values()) {
            int slot = first(level, passes);
            if (slot >= 0) {
                return slot;
            }
        }
        return -1;
    }

    /// How many go before a task, by priority and order, wherever they can run.
    public int countBefore(Task task) {
        int before = 0;
        for (Map.Entry<Integer, Level> level : levels.entrySet()) {
            if (level.getKey() < task.priority()) {
                return before;
            }
            for (Lane lane : level.getValue().lanes.values()) {
                before += level.getKey() > task.priority() ? lane.slots.size() : lane.slots.countBefore(task.order());
            }
        }
        return before;
    }

    private static int first(Level level, IntPredicate passes) {
        // refused tasks of lanes that are asked one by one: where such a lane goes on
        PriorityQueue<Deeper> deeper = null;
        Iterator<Lane> heads = level.heads.values().iterator();
        Lane lane = next(heads);
        while (lane != null || deeper != null && !deeper.isEmpty()) {
            Deeper asked;
            if (deeper != null && !deeper.isEmpty()
                    && (lane == null || deeper.peek().cursor.key() < lane.slots.firstKey())) {
                asked = deeper.poll();
            } else if (lane.oneByOne) {
                asked = new Deeper(lane.slots.cursor());
                lane = next(heads);
            } else {
                int slot = lane.slots.firstSlot();
                if (passes.test(slot)) {
                    return slot;
                }
                lane = next(heads);
                continue;
            }
            if (passes.test(asked.cursor.slot())) {
                return asked.cursor.slot();
            }
            if (asked.next()) {
                if (deeper == null) {
                    deeper = new PriorityQueue<>(Comparator.comparingLong((Deeper other) -> other.cursor.key()));
                }
                deeper.add(asked);
            }
        }
        return -1;
    }

    /// Since when the task that waits longest could have begun, as it was submitted or scheduled; 0 if there is none.
    /// Within a lane a later one may wait longer than those before it only where these were scheduled; so many of them
    /// are passed over at most.
    public long waitingSince(IntFunction<Task> tasks) {
        long first = Long.MAX_VALUE;
        for (Level level : levels.values()) {
            for (Lane lane : level.lanes.values()) {
                Deeper walk = new Deeper(lane.slots.cursor());
                Task task;
                do {
                    task = tasks.apply(walk.cursor.slot());
                    first = Math.min(first, Math.max(task.createdAt(), task.terms().scheduledAt()));
                } while (task.terms().scheduledAt() > 0 && walk.next());
            }
        }
        return size == 0 ? 0 : first;
    }

    private static Lane next(Iterator<Lane> lanes) {
        return lanes.hasNext() ? lanes.next() : null;
    }

    private static Demand demandOf(Task task) {
        String triedOn = !task.attempts().isEmpty() ? String.valueOf(task.attempts().getLast().host())
                : task.state().error() != null ? "" : null;
        return new Demand(task.model(), task.terms().on(), task.terms().remote(), task.terms().waitForModel(),
                task.terms().caller().endpoint(), task.terms().caller().onlyOrders(),
                task.terms().runner(), task.terms().caller().client(), triedOn);
    }
}
