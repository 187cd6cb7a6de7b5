package server.live;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import server.live.AnswerBuffer.Chunk;
import server.queue.TaskQueue;
import server.queue.ledger.DurableEvent;
import server.task.Task;
import server.task.TaskDocument;
import shared.Problem;
import shared.ResultText;
import shared.TaskStatus;

/// Reads the answers of one task's attempts for one reader: first from the buffer of the running attempt and then, once
/// the task has completed, from the result what the buffer did not keep.
///
/// The order rule: an attempt's pieces come after the event with which it began and before the event with which it
/// ended. So [#before] tells the reader of each next event, and an attempt is read only after its first event.
///
/// Used by the subscription's thread, except [#begun] and [#wake].
final class AnswerReader implements AutoCloseable {

    /// The largest piece of a result, in bytes.
    private static final int PIECE_BYTES = 64 << 10;

    private final Task task;
    private final TaskQueue queue;
    private final Answers answers;
    private final Memory memory;
    private final Thread reader;

    /// The reader has everything before the offset of this attempt's answer.
    private int attempt;
    private int offset;
    /// The last event of the task that was taken into account; 0 for none.
    private long seen;
    /// The task's status after that event.
    private TaskStatus status = TaskStatus.PENDING;
    /// Whether everything that belongs before the next event was returned.
    private boolean settled;
    /// The answer that is being read; null if there is none.
    private AnswerBuffer buffer;
    /// The newest attempt's answer; null if there is none. Guarded by this object.
    private AnswerBuffer newest;
    /// The completed answer's thinking and text; null until needed.
    private byte[][] result;
    /// The lengths of its alternating runs of thinking and text, in bytes, beginning with thinking.
    private List<Long> runs = List.of();
    private int heldBytes;

    /// Creates a reader that begins before the task's first event.
    ///
    /// @param place  what the reader already has
    /// @param reader the thread that [#wake] wakes
    AnswerReader(Task task, AnswerPlace place, TaskQueue queue, Answers answers, Memory memory, Thread reader) {
        this.task = task;
        this.attempt = place.attempt();
        this.offset = place.offset();
        this.queue = queue;
        this.answers = answers;
        this.memory = memory;
        this.reader = reader;
    }

    /// Sets the beginning to after this event.
    ///
    /// @param now the task's status after this event, or later
    void beginAt(long seq, TaskStatus now) {
        seen = seq;
        status = now;
    }

    /// Returns the next item that belongs before this event of the task; null if the event is next.
    Item before(DurableEvent event) {
        if (event.seq() > seen) {
            seen = event.seq();
            status = event.after().status();
            settled = false;
        }
        return status == TaskStatus.RUNNING ? null : next();
    }

    /// Returns the next item that is available now; null if there is none.
    Item next() {
        if (settled) {
            return null;
        }
        try {
            Chunk chunk = chunk();
            if (chunk != null) {
                offset = chunk.end();
                return new Item.Piece(task.name(), attempt, chunk);
            }
        } catch (Problem unreadable) {
            return new Item.End(task.name(), status, unreadable.getMessage());
        }
        if (status != TaskStatus.RUNNING) {
            settled = true;
            buffer = null;
            forget();
        }
        return null;
    }

    /// Returns the last item of an ended task, once everything before it was returned; otherwise null.
    Item end() {
        return settled && status.ended() ? new Item.End(task.name(), status, null) : null;
    }

    TaskStatus status() {
        return status;
    }

    // ---- for any thread

    /// Notes that an attempt has begun to answer.
    synchronized void begun(AnswerBuffer answer) {
        if (answer != null && (newest == null || newest.seq() < answer.seq())) {
            newest = answer;
        }
    }

    /// Wakes the reader, because there may be more to read.
    void wake() {
        LockSupport.unpark(reader);
    }

    /// Drops an answer that was read to its end.
    private synchronized void forget() {
        if (newest != null && newest.seq() <= seen) {
            newest = null;
        }
    }

    private synchronized AnswerBuffer newest() {
        return newest;
    }

    // ---- the pieces

    private Chunk chunk() {
        if (result != null) {
            return ofResult();
        }
        Chunk chunk = ofBuffer();
        if (chunk == null && status == TaskStatus.COMPLETED && (buffer == null || buffer.truncated())) {
            readResult();
            chunk = ofResult();
        }
        return chunk;
    }

    private Chunk ofBuffer() {
        AnswerBuffer now = newest();
        if (now != null && now != buffer && now.seq() <= seen) {
            buffer = now;
            if (attempt != now.attempt() || offset > now.length() && !now.truncated()) {
                attempt = now.attempt();
                offset = 0;
            }
        }
        return buffer == null ? null : buffer.read(offset);
    }

    private void readResult() {
        result = new byte[2][0];
        TaskDocument document;
        try {
            document = queue.document(task.id());
        } catch (Problem problem) {
            if (problem.status() != 404) {
                throw problem;
            }
            // it was deleted meanwhile
            return;
        }
        if (document.result() == null || document.attempts().isEmpty()) {
            return;
        }
        int last = document.attempts().getLast().number();
        if (attempt != last) {
            attempt = last;
            offset = 0;
        }
        // for the two texts and their bytes
        int bytes = 2 * document.result().length();
        memory.take().accept(bytes);
        heldBytes += bytes;
        ResultText answer = ResultText.of(document.result());
        result[0] = answer.thinking().getBytes(StandardCharsets.UTF_8);
        result[1] = answer.text().getBytes(StandardCharsets.UTF_8);
        runs = runs(answer, result);
    }

    /// Returns a piece of the result. An offset counts bytes in order of arrival, while each run is in the text of its
    /// kind.
    private Chunk ofResult() {
        long begin = 0;
        long[] passed = new long[2];
        for (int i = 0; i < runs.size(); i++) {
            int kind = i & 1;
            long length = runs.get(i);
            if (offset < begin + length) {
                byte[] utf8 = result[kind];
                int shift = (int) (begin - passed[kind]);
                int from = AnswerBuffer.characterStart(utf8, offset - shift);
                int end = (int) (passed[kind] + length);
                int to = end - from <= PIECE_BYTES ? end : AnswerBuffer.characterStart(utf8, from + PIECE_BYTES);
                return new Chunk(kind == 0, shift + from, shift + to,
                        new String(utf8, from, to - from, StandardCharsets.UTF_8));
            }
            begin += length;
            passed[kind] += length;
        }
        return null;
    }

    /// Returns the runs of the result, if they match its texts; otherwise thinking, then text.
    private static List<Long> runs(ResultText answer, byte[][] utf8) {
        long[] sum = new long[2];
        for (int i = 0; i < answer.runs().size(); i++) {
            sum[i & 1] += answer.runs().get(i);
        }
        boolean fit = sum[0] == utf8[0].length && sum[1] == utf8[1].length;
        return fit ? answer.runs() : List.of((long) utf8[0].length, (long) utf8[1].length);
    }

    @Override
    public void close() {
        answers.remove(task.id(), this);
        memory.giveBack().accept(heldBytes);
        heldBytes = 0;
    }
}
