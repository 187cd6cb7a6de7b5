package server.order;

import java.util.Iterator;
import java.util.PriorityQueue;

import server.queue.index.SortedSlots;

/// Goes through the tasks of a share that are to be asked for, by order: the first of each lane, and the first hundred
/// of a lane of tasks that were tried before. Valid until the next change.
final class Walk implements Comparable<Walk> {

    final Share share;
    private final Iterator<Lane> heads;
    private Lane next;
    /// The current positions in lanes that are asked one by one; null until there is one.
    private PriorityQueue<Deeper> deeper;
    private Lane lane;
    private long order;
    private int slot;

    private static final class Deeper implements Comparable<Deeper> {
        final Lane lane;
        final SortedSlots.Cursor cursor;
        int asked = 1;

        Deeper(Lane lane) {
            this.lane = lane;
            cursor = lane.slots.cursor();
        }

        boolean next() {
            return asked++ < ReadyOrder.ASKED_MAX && cursor.next();
        }

        @Override
        public int compareTo(Deeper other) {
            return Long.compare(cursor.key(), other.cursor.key());
        }
    }

    /// Makes a walk that stands before the first task.
    Walk(Share share) {
        this.share = share;
        heads = share.heads.values().iterator();
        next = heads.hasNext() ? heads.next() : null;
    }

    /// Goes on to the next task; returns false at the end.
    boolean next() {
        boolean goesDeeper = deeper != null && !deeper.isEmpty()
                && (next == null || deeper.peek().cursor.key() < next.slots.firstKey());
        if (!goesDeeper && next == null) {
            return false;
        }
        Deeper from = goesDeeper ? deeper.poll() : next.kind.oneByOne ? new Deeper(next) : null;
        lane = goesDeeper ? from.lane : next;
        order = goesDeeper ? from.cursor.key() : next.slots.firstKey();
        slot = goesDeeper ? from.cursor.slot() : next.slots.firstSlot();
        if (!goesDeeper) {
            next = heads.hasNext() ? heads.next() : null;
        }
        if (from != null && from.next()) {
            if (deeper == null) {
                deeper = new PriorityQueue<>();
            }
            deeper.add(from);
        }
        return true;
    }

    Lane lane() {
        return lane;
    }

    long order() {
        return order;
    }

    int slot() {
        return slot;
    }

    /// By the orders at which they stand.
    @Override
    public int compareTo(Walk other) {
        return Long.compare(order, other.order);
    }
}
