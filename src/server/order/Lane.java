package server.order;

import server.queue.index.SortedSlots;

/// The tasks of one client, level, demand and turn, by order. If its first task finds no place, neither would those
/// behind it.
final class Lane {

    final DemandGroup kind;
    final Turn turn;
    final SortedSlots slots = new SortedSlots();

    Lane(DemandGroup kind, Turn turn) {
        this.kind = kind;
        this.turn = turn;
    }
}
