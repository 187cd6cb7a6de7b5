package server.api;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.concurrent.CountDownLatch;

import server.queue.TaskQueue;
import server.task.TaskDocument;

/// The requests that wait for the end of a task. A client that has left is not noticed while nothing is written to it,
/// so clients that come and go could occupy every connection for as long as a wait may last. So beyond a maximum
/// number, the oldest wait ends as if its time were over.
final class Waits {

    private final TaskQueue queue;
    private final int max;
    /// The latches of the waits, the oldest first.
    private final LinkedHashSet<CountDownLatch> waiting = new LinkedHashSet<>();

    Waits(TaskQueue queue, int max) {
        this.queue = queue;
        this.max = max;
    }

    /// Waits until the task has ended, the time is over, or too many newer waits have begun; then returns the task in
    /// its present state.
    TaskDocument awaitEnd(long id, Duration atMost) throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        enter(end);
        try {
            return queue.awaitEnd(id, atMost, end);
        } finally {
            leave(end);
        }
    }

    private synchronized void enter(CountDownLatch end) {
        if (waiting.size() >= max) {
            waiting.removeFirst().countDown();
        }
        waiting.add(end);
    }

    private synchronized void leave(CountDownLatch end) {
        waiting.remove(end);
    }
}
