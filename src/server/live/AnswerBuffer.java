package server.live;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import server.executor.Pieces;

/// The part of one attempt's answer that has arrived so far. One thread writes; any number of readers read, each from
/// its own offset, so a late reader gets everything from the start. The writer never waits for a reader: a read copies
/// at most [#CHUNK_MAX] bytes under the lock.
///
/// An offset counts UTF-8 bytes of text and thinking together, in order of arrival. The buffer keeps the beginning of
/// an answer: once its room is used up it accepts no more, and readers get the rest from the task's result
/// ([#truncated]). A lone surrogate counts, and is kept, as one `?`.
public final class AnswerBuffer implements Pieces {

    /// The maximum that one [#read] returns, in bytes.
    static final int CHUNK_MAX = 64 << 10;

    /// The room that a change between text and thinking counts for, in bytes, so that constant changes are bounded too.
    private static final int RUN_COST = 16;

    /// A piece of the answer: text or thinking.
    ///
    /// @param offset of its beginning
    /// @param end    the offset of its end, from which to read on
    public record Chunk(boolean thinking, int offset, int end, String text) {
    }

    private final long task;
    private final int attempt;
    private final long seq;
    private final Answers answers;

    private byte[] bytes = new byte[256];
    private int length;
    /// The offset of each run of one kind. Even runs are text and odd ones thinking; the first may be empty.
    private int[] runs = new int[4];
    private int runCount = 1;
    private int reserved;
    private boolean truncated;
    /// Whether the attempt is over; what arrives afterwards is dropped.
    private boolean released;

    /// @param seq the sequence number of the event with which the attempt began
    AnswerBuffer(long task, int attempt, long seq, Answers answers) {
        this.task = task;
        this.attempt = attempt;
        this.seq = seq;
        this.answers = answers;
    }

    int attempt() {
        return attempt;
    }

    /// Returns the sequence number of the event with which the attempt began.
    long seq() {
        return seq;
    }

    @Override
    public void text(String piece) {
        append(piece, 0);
    }

    @Override
    public void thinking(String piece) {
        append(piece, 1);
    }

    /// Returns the piece from the offset to the next change of kind; null if there is nothing yet. An offset inside a
    /// character is moved to the character's beginning.
    synchronized Chunk read(int offset) {
        if (offset >= length) {
            return null;
        }
        int from = characterStart(bytes, Math.max(offset, 0));
        int found = Arrays.binarySearch(runs, 0, runCount, from);
        // the last run that begins here: an empty first run is skipped
        int run = found < 0 ? -found - 2 : found + 1 < runCount && runs[found + 1] == from ? found + 1 : found;
        int end = run + 1 < runCount ? runs[run + 1] : length;
        if (end - from > CHUNK_MAX) {
            end = characterStart(bytes, from + CHUNK_MAX);
        }
        return new Chunk((run & 1) == 1, from, end, new String(bytes, from, end - from, StandardCharsets.UTF_8));
    }

    /// Returns how many bytes can be read.
    synchronized int length() {
        return length;
    }

    /// Returns whether more arrived than is kept.
    synchronized boolean truncated() {
        return truncated;
    }

    /// Returns its room; its content can still be read.
    synchronized void release() {
        answers.giveBack(reserved);
        reserved = 0;
        released = true;
    }

    private void append(String piece, int kind) {
        if (piece.isEmpty()) {
            return;
        }
        byte[] more = piece.getBytes(StandardCharsets.UTF_8);
        synchronized (this) {
            if (released) {
                return;
            }
            boolean change = (runCount - 1 & 1) != kind;
            int need = more.length + (change ? RUN_COST : 0);
            if (truncated || need > Answers.TASK_MAX - reserved || !answers.take(need)) {
                truncated = true;
                return;
            }
            reserved += need;
            if (change) {
                beginRun();
            }
            if (more.length > bytes.length - length) {
                bytes = Arrays.copyOf(bytes, Math.max(length + more.length, 2 * bytes.length));
            }
            System.arraycopy(more, 0, bytes, length, more.length);
            length += more.length;
        }
        answers.wake(task);
    }

    private void beginRun() {
        if (runCount == runs.length) {
            runs = Arrays.copyOf(runs, 2 * runCount);
        }
        runs[runCount++] = length;
    }

    /// Returns where the character at this position begins.
    static int characterStart(byte[] utf8, int at) {
        int start = at;
        while (start > 0 && (utf8[start] & 0xc0) == 0x80) {
            start--;
        }
        return start;
    }
}
