package server.queue.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import server.cron.plan.CronEvent;
import server.queue.state.Event;

/// Passes events on once they are durable, in order, and keeps the last of them at hand.
///
/// Threads: [#appending] is called under the queue's lock, [#durable] on the journal's writer thread; the fields are
/// guarded by this object, and listeners are called without any lock.
public final class Feed {

    private static final int RECENT_MAX = 1024;

    /// Events that wait for their sync, oldest first.
    private final ArrayDeque<DurableEvent> waiting = new ArrayDeque<>();
    /// The last durable events, oldest first.
    private final ArrayDeque<DurableEvent> recent = new ArrayDeque<>();
    private final List<Consumer<DurableEvent>> listeners = new CopyOnWriteArrayList<>();

    public void listen(Consumer<DurableEvent> listener) {
        listeners.add(listener);
    }

    /// Takes events and appends them, in this order, for they may be durable before the append returns. Calls are
    /// serialised by the queue's lock.
    public <T> T appending(long firstSeq, List<? extends Event> events, Supplier<T> append) {
        synchronized (this) {
            for (int i = 0; i < events.size(); i++) {
                waiting.add(new DurableEvent(firstSeq + i, slim(events.get(i))));
            }
        }
        boolean appended = false;
        try {
            T positions = append.get();
            appended = true;
            return positions;
        } finally {
            if (!appended) {
                drop(events.size());
            }
        }
    }

    private synchronized void drop(int count) {
        for (int i = 0; i < count; i++) {
            waiting.removeLast();
        }
    }

    public void durable(long seq) {
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

    /// The last durable events of one task, oldest first; also those that are just being passed on.
    ///
    /// @param durableSeq what is durable already
    public synchronized List<DurableEvent> recentOf(long task, long durableSeq) {
        return Stream.concat(recent.stream(), waiting.stream().takeWhile(event -> event.seq() <= durableSeq))
                .filter(event -> event.task() == task).toList();
    }

    /// What the feed shows of an event, without what it need not keep in memory.
    private static Event slim(Event event) {
        return switch (event) {
            case Event.ModeChange change -> change;
            case Event.Cron(CronEvent change) -> new Event.Cron(change.slim());
            case Event.Change change -> change.slim();
        };
    }
}
