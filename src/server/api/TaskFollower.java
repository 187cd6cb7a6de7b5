package server.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;

import server.http.LiveOutput;
import server.live.AnswerBuffer.Chunk;
import server.live.AnswerPieces;
import server.live.AnswerPieces.Piece;
import server.live.Answers;
import server.live.Watch;
import server.queue.TaskQueue;
import server.queue.ledger.DurableEvent;
import shared.Problem;
import shared.TaskStatus;
import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;

/// One reader's stream of one task, as [TaskStream] describes it. All pieces of an attempt come before the event that
/// tells of its end.
final class TaskFollower {

    private static final byte[] PING = ": ping\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = {'\n', '\n'};

    /// What a reader has: of this attempt's answer, all before the offset.
    record Place(int attempt, int offset) {

        private static final Place START = new Place(0, 0);

        /// @param lastEventId null for none
        static Place parse(String lastEventId) {
            if (lastEventId == null || lastEventId.isEmpty()) {
                return START;
            }
            int dot = lastEventId.indexOf('.');
            try {
                int attempt = Integer.parseInt(lastEventId.substring(0, Math.max(dot, 0)));
                int offset = Integer.parseInt(lastEventId.substring(dot + 1));
                if (attempt >= 0 && offset >= 0) {
                    return new Place(attempt, offset);
                }
            } catch (NumberFormatException notOurs) {
                // said below
            }
            throw Problem.badRequest("Last-Event-ID must be the id of a chunk, as in 1.42, not \"" + lastEventId
                    + "\"");
        }
    }

    private final long task;
    private final TaskQueue queue;
    private final Watch watch;
    private final LiveOutput out;
    private final AnswerPieces pieces;
    private long lastSeq;

    /// @param place  what the reader has
    /// @param memory is told before so many bytes of a result are kept for the client; may throw
    TaskFollower(long task, TaskQueue queue, Answers answers, Watch watch, Place place, IntConsumer memory,
            LiveOutput out) {
        this.task = task;
        this.queue = queue;
        this.watch = watch;
        this.out = out;
        pieces = new AnswerPieces(task, TaskStatus.PENDING, place.attempt(), place.offset(), queue, answers, memory);
    }

    void run() throws IOException, InterruptedException {
        boolean ended = false;
        for (DurableEvent event : queue.eventsOf(task)) {
            tell(event);
            ended = event.ended();
        }
        while (!ended && !watch.overflowed()) {
            DurableEvent event = watch.poll();
            if (event != null) {
                tell(event);
                ended = event.ended() && event.seq() == lastSeq;
                continue;
            }
            drain();
            if (!out.flush()) {
                rest();
            }
        }
    }

    private void tell(DurableEvent event) throws IOException {
        if (event.seq() <= lastSeq) {
            return;
        }
        lastSeq = event.seq();
        TaskStatus status = status(event.json());
        pieces.become(status);
        if (status != TaskStatus.RUNNING) {
            drain();
        }
        send("event: task\ndata: ", event.json());
    }

    /// Sends what there is of the answer.
    private void drain() throws IOException {
        for (Piece piece = pieces.next(); piece != null; piece = pieces.next()) {
            Chunk chunk = piece.chunk();
            JsonWriter json = new JsonWriter(64 + chunk.text().length());
            json.beginObject().name("attempt").number(piece.attempt()).name("offset").number(chunk.offset())
                    .name(chunk.thinking() ? "thinking" : "text").string(chunk.text()).endObject();
            send("event: chunk\nid: " + piece.attempt() + "." + chunk.end() + "\ndata: ",
                    new Slice(json.buffer(), 0, json.length()));
        }
    }

    private void send(String head, Slice data) throws IOException {
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(data.bytes(), data.from(), data.length());
        out.write(END);
        out.sent();
    }

    /// Waits for more; a client that vanished is only noticed by writing to it.
    private void rest() throws IOException, InterruptedException {
        long left = out.untilPing();
        if (left > 0) {
            watch.await(left);
        } else {
            out.write(PING);
        }
    }

    /// The task's status as an event tells it.
    private static TaskStatus status(Slice event) {
        JsonReader json = JsonReader.ofOwn(event);
        json.beginObject();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            if (name.equals("task")) {
                json.beginObject();
            } else if (name.equals("status")) {
                return TaskStatus.parse(json.string());
            } else {
                json.skip();
            }
        }
        return TaskStatus.PENDING;
    }
}
