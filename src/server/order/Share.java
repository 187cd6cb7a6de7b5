package server.order;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

import server.queue.index.SortedSlots;

/// One client in one level: its waiting tasks, and its virtual time.
///
/// Invariants: `heads` has each lane once, under the order of its first task; no lane is empty.
final class Share implements Comparable<Share> {

    /// The greatest number of turns; tasks that arrive late after that share the newest turn, and count a little too
    /// much.
    private static final int TURNS_MAX = 64;

    final String client;
    final TreeMap<Long, Lane> heads = new TreeMap<>();
    /// The seconds that its attempts have taken, by weight, from where it began; in milliseconds.
    double time;
    /// The number of running attempts.
    int running;
    /// The order of its first task when the share was attached; Long.MAX_VALUE for none.
    private long firstOrder = Long.MAX_VALUE;
    private int firstSlot;
    /// Whether its client may have no more tasks running, when that was last asked.
    boolean parked;
    /// Tasks with this order or a larger one are not overdue.
    long bound = Long.MIN_VALUE;
    /// The first turn is that of all tasks that were present before anything of a larger order was started.
    private final List<Turn> turns = new ArrayList<>(1);
    private final long number;

    /// @param number identifies it among the others
    Share(String client, long number) {
        this.client = client;
        this.number = number;
    }

    /// Returns the same client with the same turns, without tasks.
    Share(Share of) {
        client = of.client;
        number = of.number;
        time = of.time;
        running = of.running;
        of.turns.forEach(turn -> turns.add(new Turn(turn)));
    }

    List<Turn> turns() {
        return turns;
    }

    boolean isEmpty() {
        return heads.isEmpty();
    }

    long firstOrder() {
        return firstOrder;
    }

    int firstSlot() {
        return firstSlot;
    }

    /// Records the first task, on which its place among others depends.
    void look() {
        SortedSlots first = heads.isEmpty() ? null : heads.firstEntry().getValue().slots;
        firstOrder = first == null ? Long.MAX_VALUE : first.firstKey();
        firstSlot = first == null ? -1 : first.firstSlot();
    }

    /// Returns the turn for a task that becomes ready.
    Turn turnOf(long order, OrderOptions options) {
        if (turns.isEmpty()) {
            turns.add(new Turn(options));
        }
        if (!turns.getFirst().hasPassed(order)) {
            return turns.getFirst();
        }
        Turn newest = turns.getLast();
        if (turns.size() < TURNS_MAX && newest.hasPassed(order)) {
            newest = new Turn(options);
            turns.add(newest);
        }
        return newest;
    }

    /// Returns the lanes of these kinds.
    List<Lane> lanes(List<DemandGroup> kinds) {
        List<Lane> lanes = new ArrayList<>(1);
        for (Turn turn : turns) {
            for (DemandGroup kind : kinds) {
                Lane lane = turn.lanes.get(kind);
                if (lane != null) {
                    lanes.add(lane);
                }
            }
        }
        return lanes;
    }

    Turn firstTurn() {
        return turns.getFirst();
    }

    /// Counts a start, which passes over smaller orders.
    void started(long order, String host, long step) {
        turns.forEach(turn -> turn.started(order, host, step));
        refresh(step);
    }

    /// Removes turns without waiting tasks.
    void forgetTurns() {
        if (turns.size() > 1) {
            turns.removeIf(turn -> turn != turns.getFirst() && turn.lanes.isEmpty());
        }
        if (heads.isEmpty()) {
            turns.clear();
            bound = Long.MIN_VALUE;
        }
    }

    /// Puts all tasks into one turn, which begins now.
    void forgetPassed(OrderOptions options) {
        Turn fresh = new Turn(options);
        for (Turn turn : turns) {
            for (Lane lane : turn.lanes.values()) {
                Lane into = fresh.lanes.get(lane.kind);
                if (into == null) {
                    into = new Lane(lane.kind, fresh);
                    fresh.lanes.put(lane.kind, into);
                } else {
                    lane.kind.lanes--;
                }
                into.slots.addAll(lane.slots);
            }
        }
        heads.clear();
        fresh.lanes.values().forEach(lane -> heads.put(lane.slots.firstKey(), lane));
        turns.clear();
        turns.add(fresh);
        bound = Long.MIN_VALUE;
    }

    void refresh(long step) {
        bound = Long.MIN_VALUE;
        for (Turn turn : turns) {
            bound = Math.max(bound, turn.bound(step));
        }
    }

    @Override
    public int compareTo(Share other) {
        int byTime = Double.compare(time, other.time);
        if (byTime != 0) {
            return byTime;
        }
        if (running != other.running) {
            return Integer.compare(running, other.running);
        }
        int byOrder = Long.compare(firstOrder(), other.firstOrder());
        return byOrder != 0 ? byOrder : Long.compare(number, other.number);
    }
}
