package server.live;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import server.queue.ledger.DurableEvent;
import server.queue.ledger.EventLog;

/// One reader's events: first those of the past that it asked for, read from the journal at its own pace, then what
/// comes, through a bounded outbox; each once, in order, none left out. Used by the thread that subscribed.
///
/// The outbox begins to fill once the journal was read to its end; what came until then is read from the journal too.
public final class Subscription implements AutoCloseable {

    /// A reader that lets so many pile up is dropped.
    static final int EVENTS_MAX = 4_096;

    private static final Logger LOG = System.getLogger(Subscription.class.getName());

    private final EventHub hub;
    private final EventFilter filter;
    private final Thread reader = Thread.currentThread();

    /// The events of the past; null once they are read.
    private EventLog log;
    /// The last event that does not come through the outbox; none is known before it has been joined to the hub.
    private long joinedAt = Long.MAX_VALUE;
    /// What was read of the past, or is to be said.
    private final ArrayDeque<LiveEvent> past = new ArrayDeque<>();
    /// All up to here was handed out, or is not asked for.
    private long place;
    private boolean ended;

    /// Its object guards `reason` too.
    private final ArrayDeque<LiveEvent> outbox = new ArrayDeque<>();
    /// Why it is dropped; null if it is not.
    private String reason;

    Subscription(EventHub hub, EventFilter filter) {
        this.hub = hub;
        this.filter = filter;
    }

    void beginNow() {
        join();
        place = Math.max(joinedAt, hub.durableSeq());
    }

    /// @param future whether there was no such event yet
    void beginAfter(EventLog events, boolean future) {
        log = events;
        place = events.seq();
        if (future) {
            reset();
        }
    }

    /// The next event, without waiting for one; null if there is none. The last one is of the kind `dropped`.
    public LiveEvent poll() throws InterruptedException {
        while (log != null && past.isEmpty()) {
            readOn();
        }
        LiveEvent event = past.poll();
        if (event == null) {
            event = pollOutbox();
        }
        if (event != null) {
            place = event.seq();
        }
        return event;
    }

    private LiveEvent pollOutbox() {
        synchronized (outbox) {
            LiveEvent event = outbox.poll();
            while (event != null && event.seq() <= place) {
                event = outbox.poll();
            }
            if (event == null && reason != null && !ended) {
                ended = true;
                event = LiveEvent.dropped(place, reason);
            }
            return event;
        }
    }

    /// Whether nothing more comes.
    public boolean ended() {
        return ended;
    }

    /// The sequence number with which another subscription takes up where this one is: all events up to it were handed
    /// out, or the filter does not pass them.
    public long seq() {
        long seen = hub.handedOn();
        synchronized (outbox) {
            if (log == null && past.isEmpty() && outbox.isEmpty() && reason == null) {
                place = Math.max(place, Math.max(seen, joinedAt));
            }
        }
        return place;
    }

    /// Waits until there may be more, at most so many nanoseconds; as [Watch#await], and wherever this thread parks, a
    /// waking for its other watches ends it too.
    public void await(long nanos) throws InterruptedException {
        LockSupport.parkNanos(this, nanos);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    @Override
    public void close() {
        hub.leave(this);
    }

    // ---- the past

    private void readOn() throws InterruptedException {
        boolean more;
        try {
            more = hub.read(log, event -> {
                if (event.seq() <= joinedAt && filter.passes(event)) {
                    past.add(new LiveEvent(event, 0));
                }
            });
        } catch (IOException unreadable) {
            LOG.log(Level.ERROR, () -> "event=events_unreadable reason=\"" + unreadable.getMessage() + "\"");
            past.clear();
            log = null;
            drop("the events cannot be read: " + unreadable.getMessage());
            return;
        }
        if (log.missed()) {
            reset();
        } else if (joinedAt == Long.MAX_VALUE) {
            if (!more) {
                // what became durable since is read before the outbox is
                join();
            }
        } else if (!more || log.seq() >= joinedAt) {
            if (past.isEmpty()) {
                place = Math.max(place, joinedAt);
            }
            log = null;
        }
    }

    private void join() {
        if (joinedAt == Long.MAX_VALUE) {
            joinedAt = hub.join(this);
        }
    }

    private void reset() {
        join();
        past.clear();
        past.add(LiveEvent.reset(Math.max(joinedAt, hub.durableSeq()), log.oldest()));
        log = null;
    }

    // ---- the hub's thread

    /// @param events  what has happened
    /// @param live    the same, encoded
    /// @param seenMin a reader with something older in its outbox is dropped, by [LiveEvent#published]
    /// @return whether it was woken
    boolean add(List<DurableEvent> events, List<LiveEvent> live, long seenMin) {
        int before;
        int after;
        synchronized (outbox) {
            if (reason != null) {
                return false;
            }
            before = outbox.size();
            for (int i = 0; i < events.size(); i++) {
                if (filter.passes(events.get(i))) {
                    outbox.add(live.get(i));
                }
            }
            after = outbox.size();
            if (after > 0 && (after > EVENTS_MAX || outbox.peek().published < seenMin)) {
                drop("too slow: " + after + " events wait to be read");
            }
        }
        if (after == before) {
            return false;
        }
        LockSupport.unpark(reader);
        return true;
    }

    /// Ends it. What waits in the outbox is not handed out.
    void drop(String why) {
        synchronized (outbox) {
            if (reason == null) {
                reason = why;
                outbox.clear();
            }
        }
        LockSupport.unpark(reader);
    }
}
