package server.queue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

import server.queue.ledger.DurableEvent;

/// The latches of threads that wait for a task's end.
final class EndWaiters {

    private final Map<Long, Set<CountDownLatch>> byTask = new HashMap<>();

    /// Opens the latch when the task has ended, unless [#leave] removes it first.
    synchronized CountDownLatch enter(long task, CountDownLatch latch) {
        byTask.computeIfAbsent(task, absent -> new HashSet<>()).add(latch);
        return latch;
    }

    synchronized void leave(long task, CountDownLatch latch) {
        Set<CountDownLatch> latches = byTask.get(task);
        if (latches != null && latches.remove(latch) && latches.isEmpty()) {
            byTask.remove(task);
        }
    }

    /// Opens the latches of a task that has ended with this event.
    synchronized void happened(DurableEvent event) {
        boolean ended = event.after() != null && event.after().status().ended();
        Set<CountDownLatch> latches = !ended || byTask.isEmpty() ? null : byTask.remove(event.task());
        if (latches != null) {
            latches.forEach(CountDownLatch::countDown);
        }
    }

    /// Opens all latches: the journal failed, so no task ends any more.
    synchronized void giveUp() {
        byTask.values().forEach(latches -> latches.forEach(CountDownLatch::countDown));
        byTask.clear();
    }
}
