package server.queue;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import server.queue.ledger.DurableEvent;

/// Those who wait for a task's end. All that wait for one task share a latch.
final class EndWaiters {

    private static final class Waiters {
        final CountDownLatch latch = new CountDownLatch(1);
        int count;
    }

    private final Map<Long, Waiters> byTask = new HashMap<>();

    /// A latch that opens when the task has ended; to be given back.
    synchronized CountDownLatch enter(long task) {
        Waiters waiters = byTask.computeIfAbsent(task, absent -> new Waiters());
        waiters.count++;
        return waiters.latch;
    }

    synchronized void leave(long task, CountDownLatch latch) {
        Waiters waiters = byTask.get(task);
        if (waiters != null && waiters.latch == latch && --waiters.count == 0) {
            byTask.remove(task);
        }
    }

    /// Opens the latch of a task that has ended with this event.
    synchronized void happened(DurableEvent event) {
        boolean ended = event.after() != null && event.after().status().ended();
        Waiters waiters = !ended || byTask.isEmpty() ? null : byTask.remove(event.task());
        if (waiters != null) {
            waiters.latch.countDown();
        }
    }

    /// Nobody needs to wait any longer: the journal failed.
    synchronized void giveUp() {
        byTask.values().forEach(waiters -> waiters.latch.countDown());
        byTask.clear();
    }
}
