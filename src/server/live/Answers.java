package server.live;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import server.queue.ledger.DurableEvent;

/// The answers that are being given, and who watches them. The dispatcher begins and ends them; a stream takes a
/// [Watch] on its task. All of it is safe for any thread and quick.
public final class Answers {

    /// What is kept of one attempt's answer, in bytes. Readers get what is beyond from the result.
    public static final int TASK_MAX = 4 << 20;

    private final ConcurrentHashMap<Long, AnswerBuffer> running = new ConcurrentHashMap<>();
    /// By task: its watches, in a list that is never changed but replaced.
    private final ConcurrentHashMap<Long, List<Watch>> watches = new ConcurrentHashMap<>();
    /// What all answers together may still take, in bytes.
    private final AtomicLong room;

    /// @param bytesMax what all running answers together may take; beyond it they are cut as at [#TASK_MAX]
    public Answers(long bytesMax) {
        room = new AtomicLong(bytesMax);
    }

    /// An eighth of the heap for all answers together.
    public Answers() {
        this(Runtime.getRuntime().maxMemory() / 8);
    }

    /// Begins an attempt's answer; what is left of an earlier attempt's is no longer found.
    public AnswerBuffer begin(long task, int attempt) {
        AnswerBuffer buffer = new AnswerBuffer(task, attempt, this);
        AnswerBuffer earlier = running.put(task, buffer);
        if (earlier != null) {
            earlier.release();
        }
        wake(task);
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

    /// The answer that this task's running attempt is giving; null if none.
    public AnswerBuffer find(long task) {
        return running.get(task);
    }

    /// Watches a task from now on, for the calling thread. Close it.
    public Watch watch(long task) {
        Watch watch = new Watch(this, task, Thread.currentThread());
        watches.compute(task, (id, before) -> {
            List<Watch> after = before == null ? new ArrayList<>() : new ArrayList<>(before);
            after.add(watch);
            return after;
        });
        return watch;
    }

    /// Takes every durable event, in order: `queue.onEvent(answers::publish)`. Quick.
    public void publish(DurableEvent event) {
        List<Watch> here = watches.get(event.task());
        if (here != null) {
            here.forEach(watch -> watch.add(event));
        }
    }

    /// Lets the watches of a task look for more.
    void wake(long task) {
        List<Watch> here = watches.get(task);
        if (here != null) {
            here.forEach(Watch::wake);
        }
    }

    void remove(long task, Watch watch) {
        watches.computeIfPresent(task, (id, before) -> {
            List<Watch> after = new ArrayList<>(before);
            after.remove(watch);
            return after.isEmpty() ? null : after;
        });
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
