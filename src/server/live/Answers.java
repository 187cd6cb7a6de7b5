package server.live;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The answers that are being given, and who reads them. The dispatcher begins and ends them. Safe for any thread, and
/// quick.
public final class Answers {

    /// What is kept of one attempt's answer, in bytes. Readers get what is beyond from the result.
    public static final int TASK_MAX = 4 << 20;

    private final ConcurrentHashMap<Long, AnswerBuffer> running = new ConcurrentHashMap<>();
    private final ByTask<AnswerReader> readers = new ByTask<>();
    private final Unfinished unfinished = new Unfinished();
    /// What all answers together may still take, in bytes.
    private final AtomicLong room;

    /// @param bytesMax what all running answers together may take; beyond it they are cut as at [#TASK_MAX]
    public Answers(long bytesMax) {
        room = new AtomicLong(bytesMax);
    }

    /// Takes an eighth of the heap for all answers together.
    public Answers() {
        this(Runtime.getRuntime().maxMemory() / 8);
    }

    /// Begins an attempt's answer; what is left of an earlier attempt's is no longer found.
    ///
    /// @param seq of the event that the attempt began with
    public AnswerBuffer begin(long task, int attempt, long seq) {
        AnswerBuffer buffer = new AnswerBuffer(task, attempt, seq, this);
        AnswerBuffer earlier = running.put(task, buffer);
        if (earlier != null) {
            earlier.release();
        }
        // they hold it from now on, however soon it ends
        readers.of(task).forEach(reader -> reader.begun(buffer));
        return buffer;
    }

    /// Ends an attempt's answer. Call it before the queue is told how the attempt ended, so that nobody takes the old
    /// answer for the next attempt's. Readers that hold the buffer can read it to its end. Does nothing if another
    /// attempt has begun since.
    public void end(long task, int attempt) {
        AnswerBuffer buffer = running.get(task);
        if (buffer != null && buffer.attempt() == attempt && running.remove(task, buffer)) {
            buffer.release();
        }
    }

    /// Ends the answer of an attempt that did not complete, as [#end] does, and keeps the beginning of what it said.
    public void breakOff(long task, int attempt) {
        AnswerBuffer buffer = running.get(task);
        if (buffer != null && buffer.attempt() == attempt) {
            unfinished.keep(task, attempt, buffer);
        }
        end(task, attempt);
    }

    /// Returns the beginning of what an attempt had said that did not complete; null if nothing, or if it is not kept
    /// any more.
    public String unfinished(long task, int attempt) {
        return unfinished.of(task, attempt);
    }

    /// The answer that this task's running attempt is giving; null if none.
    AnswerBuffer find(long task) {
        return running.get(task);
    }

    /// Lets a reader have what the task's attempts answer from now on, and what the running one has so far.
    void add(long task, AnswerReader reader) {
        readers.add(task, reader);
        reader.begun(running.get(task));
    }

    void remove(long task, AnswerReader reader) {
        readers.remove(task, reader);
    }

    /// Lets the readers of a task look for more.
    void wake(long task) {
        readers.of(task).forEach(AnswerReader::wake);
    }

    boolean take(int bytes) {
        if (room.addAndGet(-bytes) >= 0) {
            return true;
        }
        room.addAndGet(bytes);
        return false;
    }

    void giveBack(int bytes) {
        room.addAndGet(bytes);
    }
}
