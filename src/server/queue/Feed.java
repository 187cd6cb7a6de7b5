package server.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import server.queue.TaskQueue.DurableEvent;

/// Passes events on once they are durable, in order, and keeps the last of them at hand.
///
/// Threads: [#appended] is called under the queue's lock, [#durable] on the journal's writer thread; the fields are
/// guarded by this object, and listeners are called without any lock.
final class Feed {

    private static final int RECENT_MAX = 1024;

    /// Events that wait for their sync, oldest first.
    private final ArrayDeque<DurableEvent> waiting = new ArrayDeque<>();
    /// The last durable events, oldest first.
    private final ArrayDeque<DurableEvent> recent = new ArrayDeque<>();
    private final List<Consumer<DurableEvent>> listeners = new CopyOnWriteArrayList<>();

    void listen(Consumer<DurableEvent> listener) {
        listeners.add(listener);
    }

    synchronized void appended(DurableEvent event) {
        waiting.add(event);
    }

    void durable(long seq) {
        List<DurableEvent> batch = new ArrayList<>();
        synchronized (this) {
            while (!waiting.isEmpty() && waiting.peek().seq() <= seq) {
                DurableEvent event = waiting.poll();
                batch.add(event);
                recent.add(event);
                if (recent.size() > RECENT_MAX) {
                    recent.poll();
                }
            }
        }
        for (DurableEvent event : batch) {
            listeners.forEach(listener -> listener.accept(event));
        }
    }

    /// The last durable events of one task, oldest first.
    synchronized List<DurableEvent> recentOf(long task) {
        return recent.stream().filter(event -> event.task() == task).toList();
    }
}
