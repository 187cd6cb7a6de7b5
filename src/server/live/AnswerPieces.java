package server.live;

import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;

import server.live.AnswerBuffer.Chunk;
import server.queue.TaskQueue;
import server.task.ResultText;
import server.task.TaskDocument;
import shared.Problem;
import shared.TaskStatus;

/// One reader's way through the answers of one task, attempt by attempt, from any place on: first what the buffer of
/// the running attempt has, and once it has completed what the buffer did not keep, from the result. For one thread.
public final class AnswerPieces {

    /// How a result is cut into pieces, in bytes.
    private static final int PIECE_MAX = 64 << 10;

    /// A piece of an attempt's answer.
    public record Piece(int attempt, Chunk chunk) {
    }

    private final long task;
    private final TaskQueue queue;
    private final Answers answers;
    private final IntConsumer memory;

    /// What the reader has: of this attempt's answer, all before the offset.
    private int attempt;
    private int offset;
    private TaskStatus status;
    /// The answer that is being read; null while there is none.
    private AnswerBuffer buffer;
    /// The completed answer, thinking first; null before it is needed.
    private byte[][] result;
    /// Whether all was said that is to be said of this status.
    private boolean settled;

    /// @param status  the task's
    /// @param attempt of its answer the reader has all before `offset`; 0: nothing
    /// @param memory  is told before so many bytes of a result are kept for the reader; may throw
    public AnswerPieces(long task, TaskStatus status, int attempt, int offset, TaskQueue queue, Answers answers,
            IntConsumer memory) {
        this.task = task;
        this.status = status;
        this.attempt = attempt;
        this.offset = offset;
        this.queue = queue;
        this.answers = answers;
        this.memory = memory;
    }

    /// Tells what the task's status is now. Before an attempt begins, [#next] must have come to its end: what is not
    /// handed out of the answer before might be lost.
    public void become(TaskStatus now) {
        status = now;
        settled = false;
    }

    /// Takes hold of the answer that is being given, so that all of it can be read later. [#next] does so too.
    public void look() {
        if (status != TaskStatus.RUNNING || buffer != null && offset < buffer.length()) {
            return;
        }
        AnswerBuffer newest = answers.find(task);
        if (newest != null && newest != buffer) {
            buffer = newest;
            if (attempt != newest.attempt() || offset > newest.length() && !newest.truncated()) {
                attempt = newest.attempt();
                offset = 0;
            }
        }
    }

    /// Whether nothing is left to say of what the status ended: an attempt that runs ends nothing.
    public boolean settled() {
        return settled || status == TaskStatus.RUNNING;
    }

    public TaskStatus status() {
        return status;
    }

    /// The next piece; null if there is none now. Of an attempt that has ended, all is handed out before that.
    ///
    /// @throws Problem the result cannot be read, or there is no memory for it
    public Piece next() {
        if (settled) {
            return null;
        }
        Piece piece = result == null ? ofBuffer() : ofResult();
        if (piece == null && status != TaskStatus.RUNNING) {
            if (status == TaskStatus.COMPLETED && result == null && (buffer == null || buffer.truncated())) {
                readResult();
                piece = ofResult();
            }
            if (piece == null) {
                buffer = null;
                settled = true;
            }
        }
        return piece;
    }

    private Piece ofBuffer() {
        look();
        Chunk chunk = buffer == null ? null : buffer.read(offset);
        return chunk == null ? null : piece(chunk);
    }

    private Piece piece(Chunk chunk) {
        offset = chunk.end();
        return new Piece(attempt, chunk);
    }

    private void readResult() {
        result = new byte[2][0];
        TaskDocument document;
        try {
            document = queue.document(task);
        } catch (Problem problem) {
            if (problem.status() != 404) {
                throw problem;
            }
            // it was deleted since
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
        // its two texts, and their bytes
        memory.accept(2 * document.result().length());
        ResultText answer = ResultText.of(document.result());
        result[0] = answer.thinking().getBytes(StandardCharsets.UTF_8);
        result[1] = answer.text().getBytes(StandardCharsets.UTF_8);
    }

    private Piece ofResult() {
        boolean thinking = offset < result[0].length;
        byte[] utf8 = thinking ? result[0] : result[1];
        int base = thinking ? 0 : result[0].length;
        if (offset - base >= utf8.length) {
            return null;
        }
        int from = AnswerBuffer.characterStart(utf8, offset - base);
        int to = utf8.length - from <= PIECE_MAX ? utf8.length : AnswerBuffer.characterStart(utf8, from + PIECE_MAX);
        return piece(new Chunk(thinking, base + from, base + to,
                new String(utf8, from, to - from, StandardCharsets.UTF_8)));
    }
}
