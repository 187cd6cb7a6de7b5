package server.live;

import server.live.AnswerBuffer.Chunk;
import server.queue.ledger.DurableEvent;
import shared.TaskStatus;

/// What a [Subscription] hands out, in order. Server-sent events, lines of JSON and WebSocket messages are encodings of
/// it.
public sealed interface Item {

    /// A change of the queue.
    record Change(DurableEvent event) implements Item {
    }

    /// Events that the subscriber asked for are not kept any more, or never were: it goes on with the event after
    /// `seq`, and has to reload what it knows.
    ///
    /// @param oldest the oldest event from which on all are kept
    record Reset(long seq, long oldest) implements Item {
    }

    /// The last item: the subscription has ended. Another one after `seq` misses nothing.
    record Dropped(long seq, String reason) implements Item {
    }

    /// A piece of the answer that an attempt of a followed task gives.
    record Piece(String task, int attempt, Chunk chunk) implements Item {
    }

    /// The last item of a followed task, which is followed no longer.
    ///
    /// @param error why the rest of its answer cannot be read; null if all of it was handed out
    record End(String task, TaskStatus status, String error) implements Item {
    }
}
