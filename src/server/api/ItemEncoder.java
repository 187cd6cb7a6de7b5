package server.api;

import java.io.IOException;

import server.http.LiveOutput;
import server.live.AnswerBuffer.Chunk;
import server.live.Item;
import server.live.Subscription;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Writes a subscription's items as one kind of HTTP stream.
interface ItemEncoder {

    /// Writes an item.
    ///
    /// @return whether the stream continues
    /// @throws IOException if the stream must break off, or its client has left
    boolean write(Item item, LiveOutput out) throws IOException;

    /// Writes a sign of life, with the client's position in the stream if it may have changed.
    ///
    /// @param seq the client has all events up to this one
    void ping(long seq, LiveOutput out) throws IOException;

    /// Writes items as they occur until the stream ends.
    default void run(Subscription items, LiveOutput out) throws IOException, InterruptedException {
        boolean more = true;
        while (more) {
            Item item = items.poll();
            if (item != null) {
                more = write(item, out);
                out.sent();
            } else if (!out.flush()) {
                long left = out.untilPing(items.reading());
                if (left > 0) {
                    items.await(left);
                } else {
                    ping(items.seq(), out);
                }
            }
        }
        // before the subscription is closed, because a stopping server waits only for that
        out.end();
    }

    /// Returns `{"seq":N,"event":"reset","oldest":M}`.
    static Slice json(Item.Reset reset) {
        return new JsonWriter().beginObject().name("seq").number(reset.seq()).name("event").string("reset")
                .name("oldest").number(reset.oldest()).endObject().slice();
    }

    /// Returns `{"event":"chunk","task":"task_…","attempt":1,"offset":0,"end":5,"text":"Hello"}`, or `thinking` for
    /// `text`.
    static Slice json(Item.Piece piece) {
        Chunk chunk = piece.chunk();
        JsonWriter json = new JsonWriter(128 + chunk.text().length()).beginObject().name("event").string("chunk");
        json.name("task").string(piece.task()).name("attempt").number(piece.attempt());
        json.name("offset").number(chunk.offset()).name("end").number(chunk.end());
        return json.name(chunk.thinking() ? "thinking" : "text").string(chunk.text()).endObject().slice();
    }

    /// Returns `{"event":"unsubscribed","task":"task_…","status":"completed"}`, or
    /// `{"event":"error","task":…,"error":…}`.
    static Slice json(Item.End end) {
        JsonWriter json = new JsonWriter().beginObject().name("event").string(kind(end));
        json.name("task").string(end.task());
        return (end.error() == null ? json.name("status").string(end.status().text)
                : json.name("error").string(end.error())).endObject().slice();
    }

    static String kind(Item.End end) {
        return end.error() == null ? "unsubscribed" : "error";
    }

    /// Returns `{"seq":N,"event":"dropped","reason":…}`.
    static Slice json(Item.Dropped dropped) {
        return new JsonWriter().beginObject().name("seq").number(dropped.seq()).name("event").string("dropped")
                .name("reason").string(dropped.reason()).endObject().slice();
    }
}
