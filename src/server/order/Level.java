package server.order;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import server.task.Task;

/// The waiting tasks of one effective priority, and each client's use of the hosts' time at it.
///
/// Invariants: `waiting` has each share with waiting tasks, and only those, except the `parked` ones, whose clients may
/// have no more tasks running. `resting` has each other share that runs nothing; `passed` those of `waiting` whose
/// first task may be overdue. A share is detached while it is changed, because its place in these sets follows from its
/// content.
final class Level {

    final TreeSet<Share> waiting = new TreeSet<>();
    private final TreeSet<Share> parked = new TreeSet<>();
    final TreeMap<Long, Share> passed = new TreeMap<>();
    final Map<Demand, DemandGroup> kinds = new HashMap<>();
    /// The kinds of each model, without those that are asked one by one.
    final Map<String, List<DemandGroup>> models = new HashMap<>();
    /// The number of kinds that are asked one by one.
    int oneByOne;
    final Map<String, Share> shares = new HashMap<>();
    /// The turns of the tasks that are not in their share's first turn, by order.
    private final Map<Long, Turn> late = new HashMap<>();
    private final TreeSet<Share> resting = new TreeSet<>();
    /// The greatest virtual time at which anything was started.
    private double present;
    private long refreshed = Long.MIN_VALUE;
    private long numbers;
    private int size;

    int size() {
        return size;
    }

    double present() {
        return present;
    }

    /// Returns whether no task waits or runs; then all clients begin anew.
    boolean isOver() {
        return resting.size() == shares.size();
    }

    /// Returns each share with waiting tasks, in no order.
    Iterable<Share> all() {
        if (parked.isEmpty()) {
            return waiting;
        }
        List<Share> all = new ArrayList<>(waiting);
        all.addAll(parked);
        return all;
    }

    /// Leaves a share out of all choices until [#unpark].
    void park(Share share) {
        waiting.remove(share);
        passed.remove(share.firstOrder());
        share.parked = true;
        parked.add(share);
    }

    /// Includes a client's share in the choices again.
    void unpark(String client, OrderOptions options) {
        Share share = parked.isEmpty() ? null : shares.get(client);
        if (share != null && share.parked) {
            detach(share);
            share.parked = false;
            attach(share, options);
        }
    }

    void unparkAll(OrderOptions options) {
        List.copyOf(parked).forEach(share -> unpark(share.client, options));
    }

    /// Returns the least virtual time of the waiting shares; infinite if none waits.
    private double least() {
        double open = waiting.isEmpty() ? Double.POSITIVE_INFINITY : waiting.first().time;
        return parked.isEmpty() ? open : Math.min(open, parked.first().time);
    }

    void add(Task task, int slot, Demand demand, OrderOptions options) {
        size++;
        String client = task.terms().caller().client();
        Share share = shares.get(client);
        if (share == null) {
            share = new Share(client, numbers++);
            shares.put(client, share);
        }
        boolean anew = share.isEmpty();
        Turn turn = share.turnOf(task.order(), options);
        if (turn != share.firstTurn()) {
            late.put(task.order(), turn);
        }
        Lane lane = lane(turn, demand);
        long head = lane.slots.firstKey();
        lane.slots.add(task.order(), slot);
        if (task.order() > head) {
            return;
        }
        detach(share);
        if (anew) {
            share.time = Math.max(share.time, Math.max(Math.min(least(), present), present - options.maxWait()));
        }
        share.heads.remove(head);
        share.heads.put(task.order(), lane);
        attach(share, options);
    }

    boolean has(Task task, int slot, Demand demand) {
        Share share = shares.get(task.terms().caller().client());
        Lane lane = share == null || share.isEmpty() ? null : turn(share, task).lanes.get(kinds.get(demand));
        return lane != null && lane.slots.contains(task.order(), slot);
    }

    /// Returns the share of a client that has waiting tasks.
    Share share(String client) {
        return shares.get(client);
    }

    private Turn turn(Share share, Task task) {
        Turn turn = late.isEmpty() ? null : late.get(task.order());
        return turn == null ? share.firstTurn() : turn;
    }

    void remove(Task task, int slot, Demand demand, OrderOptions options) {
        size--;
        Share share = shares.get(task.terms().caller().client());
        Turn turn = turn(share, task);
        late.remove(task.order());
        Lane lane = turn.lanes.get(kinds.get(demand));
        boolean first = lane.slots.firstKey() == task.order();
        if (first) {
            detach(share);
            share.heads.remove(task.order());
        }
        lane.slots.remove(task.order(), slot);
        if (first) {
            if (lane.slots.isEmpty()) {
                turn.lanes.remove(lane.kind);
                forgetLane(lane.kind);
                share.forgetTurns();
            } else {
                share.heads.put(lane.slots.firstKey(), lane);
            }
            attach(share, options);
        }
    }

    /// Counts the start of a task that is removed next.
    ///
    /// @param charge by how much its client's virtual time advances
    void started(Task task, String host, double charge, long step, OrderOptions options) {
        Share share = shares.get(task.terms().caller().client());
        detach(share);
        share.time = Math.max(share.time, present - 2 * options.maxWait());
        present = Math.max(present, share.time);
        share.time += charge;
        share.running++;
        share.started(task.order(), host, step);
        attach(share, options);
        while (!resting.isEmpty() && isOfNoUse(resting.first(), options)) {
            shares.remove(resting.pollFirst().client);
        }
    }

    /// Counts that a task that would have been first was passed over.
    void passedOver(Share share, long order, String host, long step, OrderOptions options) {
        detach(share);
        share.started(order + 1, host, step);
        attach(share, options);
    }

    /// @param correction by how much its client's virtual time advances in addition
    void ended(String client, double correction, OrderOptions options) {
        Share share = shares.get(client);
        detach(share);
        share.time += correction;
        share.running--;
        attach(share, options);
    }

    /// Discards the counts of passes so far.
    void forgetPassed(OrderOptions options) {
        refreshed = Long.MIN_VALUE;
        late.clear();
        passed.clear();
        all().forEach(share -> share.forgetPassed(options));
    }

    /// Tells the shares what is overdue by now.
    void refresh(long step) {
        if (refreshed != step) {
            refreshed = step;
            passed.clear();
            for (Share share : all()) {
                share.refresh(step);
                if (!share.parked && share.firstOrder() < share.bound) {
                    passed.put(share.firstOrder(), share);
                }
            }
        }
    }

    /// Returns the step after this one in which more tasks may be overdue because of time alone; Long.MAX_VALUE for
    /// none.
    long nextLong(long step) {
        long next = Long.MAX_VALUE;
        for (Share share : all()) {
            for (Turn turn : share.turns()) {
                next = Math.min(next, turn.nextLong(step));
            }
        }
        return next;
    }

    /// Returns a copy with only as many of its tasks as the copying takes.
    Level copy(ReadyOrder.Copying copying) {
        Level copy = new Level();
        copy.present = present;
        copy.numbers = numbers;
        for (Share share : all()) {
            if (!copying.isFull()) {
                copy.take(share, copying);
            }
        }
        // a client whose tasks grow into this level continues where it was
        for (Share share : resting) {
            if (copy.resting.size() < copying.most()) {
                copy.resting.add(copy.takeIdle(share));
            }
        }
        return copy;
    }

    private void take(Share from, ReadyOrder.Copying copying) {
        Share share = new Share(from);
        for (int i = 0; i < from.turns().size(); i++) {
            Turn turn = share.turns().get(i);
            for (Lane of : from.turns().get(i).lanes.values()) {
                Lane lane = lane(turn, of.kind.demand);
                for (int slot : copying.take(of.slots)) {
                    long order = copying.order(slot);
                    lane.slots.add(order, slot);
                    size++;
                    if (i > 0) {
                        late.put(order, turn);
                    }
                }
                share.heads.put(lane.slots.firstKey(), lane);
            }
        }
        share.look();
        shares.put(share.client, share);
        waiting.add(share);
    }

    /// Adds a client with running tasks to a copy.
    void takeRunning(String client, Level from) {
        if (!shares.containsKey(client)) {
            takeIdle(from.shares.get(client));
        }
    }

    private Share takeIdle(Share from) {
        Share share = new Share(from);
        share.turns().clear();
        shares.put(share.client, share);
        return share;
    }

    private Lane lane(Turn turn, Demand demand) {
        DemandGroup kind = kinds.get(demand);
        if (kind == null) {
            kind = new DemandGroup(demand);
            kinds.put(demand, kind);
            if (kind.oneByOne) {
                oneByOne++;
            } else {
                models.computeIfAbsent(kind.warmModel, model -> new ArrayList<>(1)).add(kind);
            }
        }
        Lane lane = turn.lanes.get(kind);
        if (lane == null) {
            lane = new Lane(kind, turn);
            turn.lanes.put(kind, lane);
            kind.lanes++;
        }
        return lane;
    }

    private void forgetLane(DemandGroup kind) {
        kind.lanes--;
        if (kind.lanes == 0) {
            kinds.remove(kind.demand);
            if (kind.oneByOne) {
                oneByOne--;
            } else {
                List<DemandGroup> others = models.get(kind.warmModel);
                others.remove(kind);
                if (others.isEmpty()) {
                    models.remove(kind.warmModel);
                }
            }
        }
    }

    private void detach(Share share) {
        if (share.parked) {
            parked.remove(share);
        } else if (!share.isEmpty()) {
            waiting.remove(share);
            passed.remove(share.firstOrder());
        } else if (share.running == 0) {
            resting.remove(share);
        }
    }

    private void attach(Share share, OrderOptions options) {
        share.look();
        share.parked &= !share.isEmpty();
        if (share.parked) {
            parked.add(share);
        } else if (!share.isEmpty()) {
            waiting.add(share);
            if (share.firstOrder() < share.bound) {
                passed.put(share.firstOrder(), share);
            }
        } else if (share.running == 0) {
            if (isOfNoUse(share, options)) {
                shares.remove(share.client);
            } else {
                resting.add(share);
            }
        }
    }

    /// Returns whether a resting share would begin no later if it arrived anew.
    private boolean isOfNoUse(Share share, OrderOptions options) {
        return share.time <= present - options.maxWait();
    }
}
