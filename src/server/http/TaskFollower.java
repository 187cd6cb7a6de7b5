package server.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;

import server.live.AnswerBuffer;
import server.live.AnswerBuffer.Chunk;
import server.live.Answers;
import server.live.Watch;
import server.queue.TaskQueue;
import server.queue.DurableEvent;
import server.task.ResultText;
import server.task.TaskDocument;
import shared.Problem;
import shared.TaskStatus;
import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;

/// One reader's stream of one task, as [TaskStream] describes it. All pieces of an attempt come before the event that
/// tells of its end.
final class TaskFollower {

    /// How a result is cut into pieces, in bytes.
    private static final int PIECE_MAX = 64 << 10;

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
    private final Answers answers;
    private final Watch watch;
    private final IntConsumer memory;
    private final LiveOutput out;

    /// Where the reader is.
    private Place place;
    /// The running attempt's answer; null while none is known.
    private AnswerBuffer buffer;
    /// Whether an attempt runs, by the events sent so far.
    private boolean running;
    private long lastSeq;
    /// @param memory is told before so many bytes of a result are kept for the client; may throw
    TaskFollower(long task, TaskQueue queue, Answers answers, Watch watch, Place place, IntConsumer memory,
            LiveOutput out) {
        this.task = task;
        this.queue = queue;
        this.answers = answers;
        this.watch = watch;
        this.memory = memory;
        this.place = place;
        this.out = out;
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
            adopt();
            drain();
            if (!out.flush()) {
                rest();
            }
        }
    }

    /// Turns to the answer that is being given.
    private void adopt() throws IOException {
        AnswerBuffer newest = running ? answers.find(task) : null;
        if (newest != null && newest != buffer) {
            drain();
            buffer = newest;
            boolean resumes = place.attempt() == newest.attempt()
                    && (place.offset() <= newest.length() || newest.truncated());
            place = resumes ? place : new Place(newest.attempt(), 0);
        }
    }

    /// Sends what there is of the answer.
    private void drain() throws IOException {
        if (buffer == null) {
            return;
        }
        for (Chunk chunk = buffer.read(place.offset()); chunk != null; chunk = buffer.read(place.offset())) {
            piece(chunk.thinking(), chunk.offset(), chunk.end(), chunk.text());
        }
    }

    private void tell(DurableEvent event) throws IOException {
        if (event.seq() <= lastSeq) {
            return;
        }
        lastSeq = event.seq();
        String status = status(event.json());
        running = status.equals(TaskStatus.RUNNING.text);
        if (!running) {
            drain();
            if (status.equals(TaskStatus.COMPLETED.text) && (buffer == null || buffer.truncated())) {
                drainResult();
            }
            buffer = null;
        }
        send("event: task\ndata: ", event.json());
    }

    /// Sends what the result has beyond the reader's place.
    private void drainResult() throws IOException {
        TaskDocument document;
        try {
            document = queue.document(task);
        } catch (Problem deleted) {
            return;
        }
        if (document.result() == null || document.attempts().isEmpty()) {
            return;
        }
        int attempt = document.attempts().getLast().number();
        if (place.attempt() != attempt) {
            place = new Place(attempt, 0);
        }
        // its two texts, and their bytes
        memory.accept(2 * document.result().length());
        ResultText answer = ResultText.of(document.result());
        byte[] thinking = answer.thinking().getBytes(StandardCharsets.UTF_8);
        pieces(true, thinking, 0);
        pieces(false, answer.text().getBytes(StandardCharsets.UTF_8), thinking.length);
    }

    /// @param base the offset of these bytes in the answer
    private void pieces(boolean thinking, byte[] utf8, int base) throws IOException {
        while (place.offset() < base + utf8.length) {
            int from = characterStart(utf8, place.offset() - base);
            int to = utf8.length - from <= PIECE_MAX ? utf8.length : characterStart(utf8, from + PIECE_MAX);
            piece(thinking, base + from, base + to, new String(utf8, from, to - from, StandardCharsets.UTF_8));
        }
    }

    private static int characterStart(byte[] utf8, int at) {
        int start = at;
        while (start > 0 && (utf8[start] & 0xc0) == 0x80) {
            start--;
        }
        return start;
    }

    private void piece(boolean thinking, int offset, int end, String text) throws IOException {
        JsonWriter json = new JsonWriter(64 + text.length());
        json.beginObject().name("attempt").number(place.attempt()).name("offset").number(offset)
                .name(thinking ? "thinking" : "text").string(text).endObject();
        send("event: chunk\nid: " + place.attempt() + "." + end + "\ndata: ",
                new Slice(json.buffer(), 0, json.length()));
        place = new Place(place.attempt(), end);
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
    private static String status(Slice event) {
        JsonReader json = JsonReader.ofOwn(event);
        json.beginObject();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            if (name.equals("task")) {
                json.beginObject();
            } else if (name.equals("status")) {
                return json.string();
            } else {
                json.skip();
            }
        }
        return "";
    }
}
