package server.live;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The answers in progress and their readers. The dispatcher begins and ends them. Thread-safe and quick.
public final class Answers {

    /// How much of one attempt's answer is kept, in bytes. Readers get the rest from the result.
    public static final int TASK_MAX = 4 << 20;

    private final ConcurrentHashMap<Long, AnswerBuffer> running = new ConcurrentHashMap<>();
    private final ByTask<AnswerReader> readers = new ByTask<>();
    private final Unfinished unfinished = new Unfinished();
    /// The room that is left for all answers together, in bytes.
    private final AtomicLong room;

    /// @param bytesMax limit of all running answers together; beyond it they are cut off as at [#TASK_MAX]
    public Answers(long bytesMax) {
        room = new AtomicLong(bytesMax);
    }

    /// Creates one that may use an eighth of the heap for all answers together.
    public Answers() {
        this(Runtime.getRuntime().maxMemory() / 8);
    }

    /// Begins an attempt's answer; an earlier attempt's answer is no longer found.
    ///
    /// @param seq the sequence number of the event with which the attempt began
    public AnswerBuffer begin(long task, int attempt, long seq) {
        AnswerBuffer buffer = new AnswerBuffer(task, attempt, seq, this);
        AnswerBuffer earlier = running.put(task, buffer);
        if (earlier != null) {
            earlier.release();
        }
        // they keep the buffer from now on, however soon it ends
        readers.of(task).forEach(reader -> reader.begun(buffer));
        return buffer;
    }

    /// Ends an attempt's answer. Must be called before the queue learns how the attempt ended, so that nobody takes the
    /// old answer for the next attempt's. Readers that have the buffer can read it to its end. Does nothing if another
    /// attempt has begun meanwhile.
    public void end(long task, int attempt) {
        AnswerBuffer buffer = running.get(task);
        if (buffer != null && buffer.attempt() == attempt && running.remove(task, buffer)) {
            buffer.release();
        }
    }

    /// Ends the answer of an attempt that did not complete, as [#end] does, and keeps the beginning of its text.
    public void breakOff(long task, int attempt) {
        AnswerBuffer buffer = running.get(task);
        if (buffer != null && buffer.attempt() == attempt) {
            unfinished.keep(task, attempt, buffer);
        }
        end(task, attempt);
    }

    /// Returns the beginning of the text of an attempt that did not complete; null if there is none, or it is no longer
    /// kept.
    public String unfinished(long task, int attempt) {
        return unfinished.of(task, attempt);
    }

    /// Returns the answer of this task's running attempt; null if none.
    AnswerBuffer find(long task) {
        return running.get(task);
    }

    /// Gives a reader the answers of the task's attempts from now on, and the running one so far.
    void add(long task, AnswerReader reader) {
        readers.add(task, reader);
        reader.begun(running.get(task));
    }

    void remove(long task, AnswerReader reader) {
        readers.remove(task, reader);
    }

    /// Wakes the readers of a task.
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
