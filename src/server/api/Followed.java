package server.api;

import java.io.IOException;

import server.http.Bodies;
import server.live.AnswerPieces;
import server.live.AnswerPieces.Piece;
import server.live.Answers;
import server.live.Watch;
import server.queue.TaskQueue;
import server.queue.ledger.DurableEvent;
import server.task.Task;
import server.websocket.Close;
import server.websocket.FrameWriter;
import server.websocket.Violation;
import shared.TaskStatus;
import shared.json.JsonWriter;

/// A task whose answer a client gets. Used by the thread that made it, which the task wakes.
final class Followed implements AutoCloseable {

    private final Task task;
    private final Watch watch;
    private final AnswerPieces pieces;
    private final Bodies memory;
    private int held;
    /// The last event that the pieces know of; what is durable later comes through the watch.
    private long seen;
    /// The event of which the pieces know last, if it came through the watch; else 0.
    private long latest;

    /// @param from which task, and what the client has of its answer
    /// @throws shared.Problem 404 or 409: there is no such task, or more than one
    Followed(LiveRequest.From from, TaskQueue queue, Answers answers, Bodies memory) {
        this.memory = memory;
        Task found = queue.find(from.id());
        watch = answers.watch(found.id());
        seen = queue.durableSeq();
        try {
            // as it is now that it is watched
            task = queue.find(found.name());
        } catch (RuntimeException gone) {
            watch.close();
            throw gone;
        }
        pieces = new AnswerPieces(task.id(), task.status(), from.attempt(), from.offset(), queue, answers, this::hold);
    }

    long id() {
        return task.id();
    }

    String name() {
        return task.name();
    }

    /// As far as this has come.
    String status() {
        return pieces.status().text;
    }

    /// Whether this has come so far that the event may be told: all pieces of what it ends are said.
    boolean past(long seq) {
        return seen >= seq && pieces.settled();
    }

    /// Says the next piece. Those of an attempt come after the event that tells of its beginning.
    ///
    /// @param told the client has got all events up to this one
    /// @return whether there may be more
    boolean speak(FrameWriter out, long told) throws IOException {
        if (pieces.status() == TaskStatus.RUNNING && told < latest) {
            pieces.look();
            return false;
        }
        Piece piece = pieces.next();
        if (piece != null) {
            write(piece, out);
            return true;
        }
        DurableEvent event = watch.poll();
        if (event == null) {
            if (watch.overflowed()) {
                throw new Violation(Close.TRY_AGAIN_LATER, "too slow: " + task.name() + " has gone on without you");
            }
            return false;
        }
        pieces.become(event.after().status());
        seen = Math.max(seen, event.seq());
        latest = event.seq();
        return true;
    }

    /// Whether this is over for a client that was told all events up to this one, after a [#speak] that had nothing to
    /// say.
    boolean over(long told) {
        return pieces.status().ended() && told >= latest;
    }

    private void write(Piece piece, FrameWriter out) throws IOException {
        String text = piece.chunk().text();
        JsonWriter json = new JsonWriter(128 + text.length()).beginObject();
        json.name("event").string("chunk").name("task").string(task.name());
        json.name("attempt").number(piece.attempt());
        json.name("offset").number(piece.chunk().offset()).name("end").number(piece.chunk().end());
        json.name(piece.chunk().thinking() ? "thinking" : "text").string(text).endObject();
        out.text(json.buffer(), 0, json.length());
    }

    private void hold(int bytes) {
        memory.take(bytes);
        held += bytes;
    }

    @Override
    public void close() {
        watch.close();
        memory.giveBack(held);
        held = 0;
    }
}
