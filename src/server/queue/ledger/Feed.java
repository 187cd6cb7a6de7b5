package server.queue.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

import server.queue.state.Event;

/// Passes events on once they are durable, in order, and keeps the most recent ones in memory.
///
/// Threads: [#expect] is called under the ledger's lock, [#durable] on the journal's writer thread; the fields are
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

    /// Accepts events that are about to be appended, in this order. Calls are serialised by the ledger's lock.
    synchronized void expect(long firstSeq, List<? extends Event> events) {
        for (int i = 0; i < events.size(); i++) {
            waiting.add(new DurableEvent(firstSeq + i, events.get(i).slim()));
        }
    }

    /// Withdraws the last of these events, which were not appended.
    synchronized void drop(int count) {
        for (int i = 0; i < count; i++) {
            waiting.removeLast();
        }
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

    /// Returns the last durable events of one task, oldest first, including those that are being passed on.
    ///
    /// @param durableSeq what is durable already
    synchronized List<DurableEvent> recentOf(long task, long durableSeq) {
        return Stream.concat(recent.stream(), waiting.stream().takeWhile(event -> event.seq() <= durableSeq))
                .filter(event -> event.task() == task).toList();
    }
}
