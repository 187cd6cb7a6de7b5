package server.api;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.concurrent.CountDownLatch;

import server.queue.TaskQueue;
import server.task.TaskDocument;

/// The requests that wait for a task's end. A client that has gone is not noticed while nothing is written to it, so
/// clients that come and go could take every connection for as long as a wait may last. Beyond a number the wait that
/// began first ends therefore, as if its time were over.
final class Waits {

    private final TaskQueue queue;
    private final int max;
    /// What each waits for, the first one first.
    private final LinkedHashSet<CountDownLatch> waiting = new LinkedHashSet<>();

    Waits(TaskQueue queue, int max) {
        this.queue = queue;
        this.max = max;
    }

    /// Waits until the task has ended, but no longer than a time, and not while more than may wait came later; then
    /// returns the task as it is.
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
