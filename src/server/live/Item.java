package server.live;

import server.live.AnswerBuffer.Chunk;
import server.queue.ledger.DurableEvent;
import shared.TaskStatus;

/// An item of a [Subscription], in order. Server-sent events, lines of JSON and WebSocket messages are its encodings.
public sealed interface Item {

    /// A change of the queue.
    record Change(DurableEvent event) implements Item {
    }

    /// Events that the subscriber requested are no longer kept, or do not exist yet: the subscription continues with
    /// the event after `seq`, and the subscriber must reload its data.
    ///
    /// @param oldest the event from which on all are kept
    record Reset(long seq, long oldest) implements Item {
    }

    /// The last item: the subscription has ended. A new subscription after `seq` misses nothing.
    record Dropped(long seq, String reason) implements Item {
    }

    /// A piece of the answer of a followed task's attempt.
    record Piece(String task, int attempt, Chunk chunk) implements Item {
    }

    /// The last item of a followed task, which is no longer followed.
    ///
    /// @param error why the rest of its answer cannot be read; null if it is complete
    record End(String task, TaskStatus status, String error) implements Item {
    }
}
