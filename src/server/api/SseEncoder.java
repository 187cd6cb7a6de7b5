package server.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import server.http.LiveOutput;
import server.live.AnswerBuffer.Chunk;
import server.live.Item;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Writes items as server-sent events, in the two forms described at [EventsApi]: the ids are sequence numbers of
/// events, or places in a task's answer.
final class SseEncoder implements ItemEncoder {

    private static final byte[] END = {'\n', '\n'};

    private final boolean ofTask;
    /// The last id that the client has.
    private long told;

    private SseEncoder(boolean ofTask, long told) {
        this.ofTask = ofTask;
        this.told = told;
    }

    /// Creates an encoder of all events.
    ///
    /// @param after the last id that the client has
    static SseEncoder ofEvents(long after) {
        return new SseEncoder(false, after);
    }

    /// Creates an encoder of one task's events and its answer.
    static SseEncoder ofTask() {
        return new SseEncoder(true, 0);
    }

    @Override
    public boolean write(Item item, LiveOutput out) throws IOException {
        switch (item) {
            case Item.Change(var event) -> write(event.seq(), event.kind(), event.json(), out);
            case Item.Reset reset -> write(reset.seq(), "reset", ItemEncoder.json(reset), out);
            case Item.Piece piece -> write(piece, out);
            case Item.Dropped dropped -> {
                if (ofTask) {
                    // only a broken stream shows its reader that the task has not ended
                    throw new IOException(dropped.reason());
                }
                write(dropped.seq(), "dropped", ItemEncoder.json(dropped), out);
                return false;
            }
            case Item.End end -> {
                if (!ofTask) {
                    write("event: " + ItemEncoder.kind(end), ItemEncoder.json(end), out);
                } else if (end.error() != null) {
                    throw new IOException(end.error());
                }
                return !ofTask;
            }
        }
        return true;
    }

    private void write(long seq, String kind, Slice json, LiveOutput out) throws IOException {
        write(ofTask ? "event: " + kind : "id: " + seq + "\nevent: " + kind, json, out);
        told = seq;
    }

    private void write(Item.Piece piece, LiveOutput out) throws IOException {
        if (!ofTask) {
            write("event: chunk", ItemEncoder.json(piece), out);
            return;
        }
        Chunk chunk = piece.chunk();
        JsonWriter json = new JsonWriter(64 + chunk.text().length()).beginObject();
        json.name("attempt").number(piece.attempt()).name("offset").number(chunk.offset());
        json.name(chunk.thinking() ? "thinking" : "text").string(chunk.text()).endObject();
        write("event: chunk\nid: " + piece.attempt() + "." + chunk.end(), json.slice(), out);
    }

    private static void write(String head, Slice data, LiveOutput out) throws IOException {
        out.write((head + "\ndata: ").getBytes(StandardCharsets.US_ASCII));
        out.write(data);
        out.write(END);
    }

    /// A block without data is not an event to its reader, but its id counts.
    @Override
    public void ping(long seq, LiveOutput out) throws IOException {
        String text = ofTask || seq == told ? ": ping\n\n" : ": ping\nid: " + seq + "\n\n";
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        told = seq;
    }
}
