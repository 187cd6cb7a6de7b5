package server.api;

import java.time.Duration;
import java.util.LinkedHashSet;

import server.queue.TaskQueue;
import server.task.TaskDocument;

/// The requests that wait for a task's end. A client that has gone is not noticed while nothing is written to it, so
/// clients that come and go could take every connection for as long as a wait may last. Beyond a number the wait that
/// began first ends therefore, as if its time were over.
final class Waits {

    private final TaskQueue queue;
    private final int max;
    /// Who waits, the first one first. A wait that was ended is not here any more.
    private final LinkedHashSet<Thread> waiting = new LinkedHashSet<>();

    Waits(TaskQueue queue, int max) {
        this.queue = queue;
        this.max = max;
    }

    /// As [TaskQueue#awaitEnd].
    TaskDocument awaitEnd(long id, Duration atMost) throws InterruptedException {
        Thread self = Thread.currentThread();
        enter(self);
        try {
            return queue.awaitEnd(id, atMost);
        } catch (InterruptedException interrupted) {
            if (leave(self)) {
                // by the server, which stops
                throw interrupted;
            }
            return queue.document(id);
        } finally {
            if (!leave(self)) {
                // the sign to end may have come after the end
                Thread.interrupted();
            }
        }
    }

    private void enter(Thread self) {
        synchronized (waiting) {
            if (waiting.size() >= max) {
                waiting.removeFirst().interrupt();
            }
            waiting.add(self);
        }
    }

    private boolean leave(Thread self) {
        synchronized (waiting) {
            return waiting.remove(self);
        }
    }
}
