package server.live;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import server.queue.TaskQueue;
import server.queue.ledger.DurableEvent;
import server.queue.ledger.EventLog;

/// Hands every event to all who subscribed to it.
///
/// The journal's writer only puts an event into a list, and only while somebody is subscribed. One thread takes what is
/// there, appends it to the subscribers' outboxes and wakes them; then it rests a while for each that it woke. So
/// waking takes a bounded share of the processor: with few subscribers or events nothing waits, with many a subscriber
/// is woken once for several events, and writes them at once.
public final class EventHub implements AutoCloseable {

    /// How many events may wait to be handed on. One takes the thread about as long as an append to every outbox.
    private static final int WAITING_MAX = 50_000;

    /// The rest for each subscriber woken, and the longest, in nanoseconds.
    private static final long REST_EACH = 40_000;
    private static final long REST_MAX = 25_000_000;

    /// So many read the journal at the same time.
    private static final int READERS_MAX = 4;

    private static final long CLOSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final TaskQueue queue;
    private final long bytesMax;
    private final Semaphore reading = new Semaphore(READERS_MAX);
    private final Thread thread = Thread.ofVirtual().name("event-hub").unstarted(this::run);

    /// Guards what follows.
    private final Object lock = new Object();
    /// In a list that is never changed but replaced.
    private List<Subscription> subscriptions = List.of();
    private List<DurableEvent> waiting = new ArrayList<>();
    /// All up to this event was put into `waiting`, or nobody was there to want it.
    private long passed;
    /// Whether there were too many.
    private boolean lost;
    private boolean resting;
    private boolean closed;

    /// All up to this event is in the outboxes.
    private volatile long handedOn;
    /// How many bytes of events were ever handed on. Only the hub's thread.
    private long published;

    private EventHub(TaskQueue queue, long bytesMax) {
        this.queue = queue;
        this.bytesMax = bytesMax;
    }

    /// @param bytesMax what all events that wait for a subscriber may take of memory together, in about
    public static EventHub start(TaskQueue queue, long bytesMax) {
        EventHub hub = new EventHub(queue, bytesMax);
        queue.onEvent(hub::publish);
        // what was durable before the hub listened is not told to it
        long before = queue.durableSeq();
        synchronized (hub.lock) {
            hub.passed = Math.max(hub.passed, before);
        }
        hub.thread.start();
        return hub;
    }

    /// An eighth of the heap for all events that wait.
    public static EventHub start(TaskQueue queue) {
        return start(queue, Runtime.getRuntime().maxMemory() / 8);
    }

    /// Subscribes the calling thread to what comes from now on. Close it.
    public Subscription subscribe(EventFilter filter) {
        Subscription subscription = new Subscription(this, filter);
        subscription.beginNow();
        return subscription;
    }

    /// Subscribes the calling thread to all events after this one, those of the past first. Close it.
    ///
    /// @param after if there is no such event yet, or events after it are not kept any more, a `reset` comes first
    public Subscription subscribe(EventFilter filter, long after) {
        Subscription subscription = new Subscription(this, filter);
        subscription.beginAfter(queue.eventsAfter(after), after > queue.durableSeq());
        return subscription;
    }

    /// Ends all subscriptions and waits a little until they are closed, so that their readers can be told.
    @Override
    public void close() {
        long end = System.nanoTime() + CLOSE_NANOS;
        synchronized (lock) {
            closed = true;
            subscriptions.forEach(subscription -> subscription.drop("the server is stopping"));
            for (long left = CLOSE_NANOS; left > 0 && !subscriptions.isEmpty(); left = end - System.nanoTime()) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(lock, left);
                } catch (InterruptedException hurried) {
                    Thread.currentThread().interrupt();
                    left = 0;
                }
            }
        }
        LockSupport.unpark(thread);
    }

    // ---- for subscriptions

    /// From now on the subscription's outbox gets what comes.
    ///
    /// @return the last event that it does not get
    long join(Subscription subscription) {
        synchronized (lock) {
            if (closed) {
                subscription.drop("the server is stopping");
                return passed;
            }
            List<Subscription> more = new ArrayList<>(subscriptions);
            more.add(subscription);
            subscriptions = more;
            return passed;
        }
    }

    void leave(Subscription subscription) {
        synchronized (lock) {
            List<Subscription> fewer = new ArrayList<>(subscriptions);
            fewer.remove(subscription);
            subscriptions = fewer;
            lock.notifyAll();
        }
    }

    /// As [EventLog#next].
    boolean read(EventLog log, Consumer<DurableEvent> to) throws IOException, InterruptedException {
        reading.acquire();
        try {
            return log.next(to);
        } finally {
            reading.release();
        }
    }

    /// What its readers may know of already.
    long durableSeq() {
        return queue.durableSeq();
    }

    long handedOn() {
        return handedOn;
    }

    // ---- the journal's writer

    private void publish(DurableEvent event) {
        boolean wake;
        synchronized (lock) {
            if (event.seq() <= passed) {
                return;
            }
            passed = event.seq();
            if (subscriptions.isEmpty()) {
                return;
            }
            if (waiting.size() == WAITING_MAX) {
                waiting.clear();
                lost = true;
            }
            waiting.add(event);
            wake = resting;
            resting = false;
        }
        if (wake) {
            LockSupport.unpark(thread);
        }
    }

    // ---- the hub's thread

    private void run() {
        while (true) {
            List<DurableEvent> events;
            List<Subscription> to;
            boolean gap;
            synchronized (lock) {
                if (closed) {
                    return;
                }
                events = waiting;
                to = subscriptions;
                gap = lost;
                resting = events.isEmpty();
                if (!resting) {
                    waiting = new ArrayList<>();
                    lost = false;
                }
            }
            if (events.isEmpty()) {
                LockSupport.park(this);
            } else {
                int woken = handOn(events, to, gap);
                LockSupport.parkNanos(this, Math.min(REST_MAX, woken * REST_EACH));
            }
        }
    }

    /// @return how many were woken
    private int handOn(List<DurableEvent> events, List<Subscription> to, boolean gap) {
        List<LiveEvent> live = new ArrayList<>(events.size());
        for (DurableEvent event : events) {
            published += event.weight();
            live.add(new LiveEvent(event, published));
        }
        int woken = 0;
        for (Subscription subscription : to) {
            if (gap) {
                subscription.drop("more happened than the server could hand on");
            }
            woken += subscription.add(events, live, published - bytesMax) ? 1 : 0;
        }
        handedOn = events.getLast().seq();
        return woken;
    }
}
