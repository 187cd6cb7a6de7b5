package server.live;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;

import server.queue.ledger.DurableEvent;

/// One reader's view of what happens to a task: its durable events since the watch began, and a waking when there is
/// more of its answer. Used by the thread that began it.
public final class Watch implements AutoCloseable {

    /// A task has few events; a reader that lets so many pile up reads no more and is given up.
    static final int EVENTS_MAX = 1_000;

    private final Answers answers;
    private final long task;
    private final Thread reader;

    private final Queue<DurableEvent> events = new ArrayDeque<>();
    private boolean overflowed;

    Watch(Answers answers, long task, Thread reader) {
        this.answers = answers;
        this.task = task;
        this.reader = reader;
    }

    /// The next event, without waiting; null if there is none.
    public DurableEvent poll() {
        synchronized (events) {
            return events.poll();
        }
    }

    /// Whether events were lost, because the reader was too slow.
    public boolean overflowed() {
        synchronized (events) {
            return overflowed;
        }
    }

    /// Waits until there may be more since the last look, at most so many nanoseconds. Looking before each waiting is
    /// enough to miss nothing: a waking between the look and the waiting ends the waiting at once.
    public void await(long nanos) throws InterruptedException {
        LockSupport.parkNanos(this, nanos);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    void add(DurableEvent event) {
        synchronized (events) {
            if (events.size() == EVENTS_MAX) {
                overflowed = true;
            } else {
                events.add(event);
            }
        }
        wake();
    }

    void wake() {
        LockSupport.unpark(reader);
    }

    @Override
    public void close() {
        answers.remove(task, this);
    }
}
