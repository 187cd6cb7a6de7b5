package server.order;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

import server.queue.index.SortedSlots;

/// One client in one level: its waiting tasks, and its virtual time.
///
/// Invariants: `heads` has each lane once, under the order of its first task; no lane is empty.
final class Share implements Comparable<Share> {

    /// How many turns there are at most; what comes late after that shares the newest, and counts a little too much.
    private static final int TURNS_MAX = 64;

    final String client;
    final TreeMap<Long, Lane> heads = new TreeMap<>();
    /// Seconds by weight that its attempts have taken, from where it began; in milliseconds.
    double time;
    /// How many attempts run.
    int running;
    /// Of its first task, as it was when the share was attached: Long.MAX_VALUE for none.
    private long firstOrder = Long.MAX_VALUE;
    private int firstSlot;
    /// Whether its client may have no more running, as it was when that was asked.
    boolean parked;
    /// What has this order or a larger one is not overdue.
    long bound = Long.MIN_VALUE;
    /// The first turn is that of all that were there before anything of a larger order was started.
    private final List<Turn> turns = new ArrayList<>(1);
    private final long number;

    /// @param number its own, to tell it from others
    Share(String client, long number) {
        this.client = client;
        this.number = number;
    }

    /// The same client with the same turns, but no tasks.
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

    /// Takes note of the first task, on which its place among others depends.
    void look() {
        SortedSlots first = heads.isEmpty() ? null : heads.firstEntry().getValue().slots;
        firstOrder = first == null ? Long.MAX_VALUE : first.firstKey();
        firstSlot = first == null ? -1 : first.firstSlot();
    }

    /// The turn of a task that becomes ready.
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

    /// The lanes of these kinds.
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

    /// Counts a start, which passes what has a smaller order.
    void started(long order, String host, long step) {
        turns.forEach(turn -> turn.started(order, host, step));
        refresh(step);
    }

    /// Forgets the turns of which no task waits any more.
    void forgetTurns() {
        if (turns.size() > 1) {
            turns.removeIf(turn -> turn != turns.getFirst() && turn.lanes.isEmpty());
        }
        if (heads.isEmpty()) {
            turns.clear();
            bound = Long.MIN_VALUE;
        }
    }

    /// Puts all into one turn, which begins now.
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
