package server.live;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import server.executor.Pieces;

/// What has come so far of one attempt's answer. One thread writes, any number of readers read, each from an offset of
/// its own; a late one gets all from the start. A writer never waits for a reader: a read copies at most
/// [#CHUNK_MAX] bytes under the lock.
///
/// An offset counts UTF-8 bytes of text and thinking together, in the order in which they came. The buffer keeps the
/// beginning of an answer: once its room is used up it takes no more, and readers get the rest from the task's result
/// ([#truncated]). A lone surrogate counts, and is kept, as one `?`.
public final class AnswerBuffer implements Pieces {

    /// The most that one [#read] hands out, in bytes.
    static final int CHUNK_MAX = 64 << 10;

    /// What a change between text and thinking takes of the room, so that changing all the time is bounded too.
    private static final int RUN_COST = 16;

    /// A piece of the answer, of one kind.
    ///
    /// @param offset where it begins
    /// @param end    where it ends: the offset to read on from
    public record Chunk(boolean thinking, int offset, int end, String text) {
    }

    private final long task;
    private final int attempt;
    private final long seq;
    private final Answers answers;

    private byte[] bytes = new byte[256];
    private int length;
    /// Where each run of one kind begins. Even runs are text and odd ones thinking; the first may be empty.
    private int[] runs = new int[4];
    private int runCount = 1;
    private int reserved;
    private boolean truncated;
    /// Whether the attempt is over; what still comes then is dropped.
    private boolean released;

    /// @param seq of the event that the attempt began with
    AnswerBuffer(long task, int attempt, long seq, Answers answers) {
        this.task = task;
        this.attempt = attempt;
        this.seq = seq;
        this.answers = answers;
    }

    int attempt() {
        return attempt;
    }

    /// The sequence number of the event that the attempt began with.
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

    /// Returns what follows the offset, up to the next change of kind; null if there is nothing yet. An offset inside a
    /// character means the character's beginning.
    synchronized Chunk read(int offset) {
        if (offset >= length) {
            return null;
        }
        int from = characterStart(bytes, Math.max(offset, 0));
        int found = Arrays.binarySearch(runs, 0, runCount, from);
        // the last of the runs that begin here: an empty first one is passed over
        int run = found < 0 ? -found - 2 : found + 1 < runCount && runs[found + 1] == from ? found + 1 : found;
        int end = run + 1 < runCount ? runs[run + 1] : length;
        if (end - from > CHUNK_MAX) {
            end = characterStart(bytes, from + CHUNK_MAX);
        }
        return new Chunk((run & 1) == 1, from, end, new String(bytes, from, end - from, StandardCharsets.UTF_8));
    }

    /// Returns how many bytes there are to read.
    synchronized int length() {
        return length;
    }

    /// Returns whether more came than is kept.
    synchronized boolean truncated() {
        return truncated;
    }

    /// Gives its room back; what it holds can still be read.
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

    /// Where the character begins that this place is in.
    static int characterStart(byte[] utf8, int at) {
        int start = at;
        while (start > 0 && (utf8[start] & 0xc0) == 0x80) {
            start--;
        }
        return start;
    }
}
