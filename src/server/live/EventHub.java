package server.live;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import server.live.Subscription.Handed;
import server.queue.TaskQueue;
import server.queue.ledger.DurableEvent;
import server.task.Task;

/// Passes every event on to its subscribers.
///
/// The journal's writer only appends an event to a list, and only if somebody may want it. One thread takes the list,
/// appends the events to the subscribers' outboxes and wakes the subscribers; then it rests for a time that grows with
/// the number of those that it woke. So waking takes a bounded share of the processor: with few subscribers or events
/// nothing waits; with many, a subscriber is woken once for several events and writes them together.
///
/// Most subscribers want one task each: they are looked up by its id, so they cost nothing while other tasks change.
public final class EventHub implements AutoCloseable {

    private static final Logger LOG = System.getLogger("server.live");

    /// The number of events that may wait to be passed on. Passing one on takes about as long as an append to every
    /// outbox.
    private static final int WAITING_MAX = 50_000;

    /// The rest for each woken subscriber, and the longest rest.
    private static final long REST_EACH_NANOS = 40_000;
    private static final long REST_MAX_NANOS = 25_000_000;

    /// Old events are looked for each time this fraction of the room for waiting events was passed on.
    private static final int SWEEPS = 8;

    private static final long CLOSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final TaskQueue queue;
    private final Answers answers;
    private final long bytesMax;
    private final Thread thread = Thread.ofVirtual().name("event-hub").unstarted(this::run);

    /// All that have joined; changed under the lock.
    private final Set<Subscription> joined = ConcurrentHashMap.newKeySet();
    /// Those that want certain tasks only; changed under the lock.
    private final ByTask<Subscription> narrow = new ByTask<>();

    /// Guards the following fields.
    private final Object lock = new Object();
    /// The others, in a list that is never changed, but replaced.
    private List<Subscription> broad = List.of();
    private List<DurableEvent> waiting = new ArrayList<>();
    /// All events up to this one were put into `waiting`, or nobody was there to want them.
    private long passed;
    /// Whether too many events were waiting, so that some were lost.
    private boolean lost;
    /// Whether the hub's thread has nothing to do.
    private boolean resting;
    private boolean closed;

    /// All events up to this one are in the outboxes of their subscribers.
    private volatile long handedOn;
    // used only by the hub's thread
    /// The total size of the events passed on, in bytes.
    private long publishedBytes;
    private long sweptBytes;

    private EventHub(TaskQueue queue, Answers answers, long bytesMax) {
        this.queue = queue;
        this.answers = answers;
        this.bytesMax = bytesMax;
    }

    /// Starts a hub.
    ///
    /// @param answers  the answers in progress
    /// @param bytesMax approximate limit of the memory of all events that wait for subscribers
    static EventHub start(TaskQueue queue, Answers answers, long bytesMax) {
        EventHub hub = new EventHub(queue, answers, bytesMax);
        queue.onEvent(hub::publish);
        // the hub does not hear of events that were durable before it listened
        long before = queue.durableSeq();
        synchronized (hub.lock) {
            hub.passed = Math.max(hub.passed, before);
        }
        hub.thread.start();
        return hub;
    }

    /// Starts a hub that passes on events from now on. The events that wait may use an eighth of the heap.
    public static EventHub start(TaskQueue queue, Answers answers) {
        return start(queue, answers, Runtime.getRuntime().maxMemory() / 8);
    }

    /// Subscribes the calling thread to all events from now on. Must be closed.
    public Subscription subscribe(EventFilter filter) {
        Subscription subscription = new Subscription(this, queue, filter);
        subscription.beginNow();
        return subscription;
    }

    /// Subscribes the calling thread to all events after this one, past events first. Must be closed.
    ///
    /// @param after if there is no such event yet, or later events are no longer kept, a `Reset` comes first
    public Subscription subscribe(EventFilter filter, long after) {
        Subscription subscription = new Subscription(this, queue, filter);
        subscription.resume(after);
        return subscription;
    }

    /// Subscribes the calling thread to all events of one task, past events first, and to its answer. Must be closed.
    ///
    /// @throws shared.Problem 404 if the task was deleted
    public Subscription subscribe(Task task, AnswerPlace from, Memory memory) {
        Subscription subscription = new Subscription(this, queue, EventFilter.ofTask(task.id()));
        try {
            subscription.beginWith(task, from, memory);
            return subscription;
        } catch (RuntimeException gone) {
            subscription.close();
            throw gone;
        }
    }

    /// Returns the number of subscriptions.
    public int subscribers() {
        return joined.size();
    }

    /// Ends all subscriptions, and waits briefly until they are closed, so that their readers learn of it.
    @Override
    public void close() {
        long end = System.nanoTime() + CLOSE_NANOS;
        synchronized (lock) {
            closed = true;
            joined.forEach(subscription -> subscription.drop("the server is stopping"));
            for (long left = CLOSE_NANOS; left > 0 && !joined.isEmpty(); left = end - System.nanoTime()) {
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

    /// Returns the answers in progress and the unfinished ones.
    public Answers answers() {
        return answers;
    }

    // ---- for subscriptions

    /// Adds a subscription: from now on its outbox gets the events.
    ///
    /// @return the last event that its outbox does not get
    long join(Subscription subscription) {
        synchronized (lock) {
            if (closed) {
                subscription.drop("the server is stopping");
                return passed;
            }
            joined.add(subscription);
            Set<Long> tasks = subscription.tasks();
            tasks.forEach(task -> narrow.add(task, subscription));
            if (tasks.isEmpty()) {
                broad = Stream.concat(broad.stream(), Stream.of(subscription)).toList();
            }
            return passed;
        }
    }

    /// Adds one more task to those that a subscription wants.
    void addTask(Subscription subscription, long task) {
        synchronized (lock) {
            if (joined.contains(subscription)) {
                narrow.add(task, subscription);
            }
        }
    }

    void removeTask(Subscription subscription, long task) {
        synchronized (lock) {
            narrow.remove(task, subscription);
        }
    }

    void leave(Subscription subscription) {
        synchronized (lock) {
            if (joined.remove(subscription)) {
                subscription.tasks().forEach(task -> narrow.remove(task, subscription));
                broad = broad.stream().filter(other -> other != subscription).toList();
                lock.notifyAll();
            }
        }
    }

    /// Returns the last event up to which all are in the outboxes of their subscribers.
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
            if (broad.isEmpty() && narrow.of(event.task()).isEmpty()) {
                if (resting) {
                    handedOn = passed;
                }
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
            // a subscription that joins later has missed nothing
            List<Subscription> missed;
            long upTo;
            synchronized (lock) {
                if (closed) {
                    return;
                }
                events = waiting;
                to = broad;
                missed = lost ? List.copyOf(joined) : List.of();
                lost = false;
                upTo = passed;
                resting = events.isEmpty() && missed.isEmpty();
                if (resting) {
                    handedOn = upTo;
                } else {
                    waiting = new ArrayList<>();
                }
            }
            if (events.isEmpty() && missed.isEmpty()) {
                LockSupport.park(this);
                continue;
            }
            long rest = REST_MAX_NANOS;
            try {
                rest = Math.min(rest, handOn(events, to, missed) * REST_EACH_NANOS);
                handedOn = upTo;
            } catch (RuntimeException | Error failure) {
                // most likely out of memory; nobody else would pass the events on, so the subscribers learn that they
                // missed some
                LOG.log(Level.ERROR, "event=events_not_handed_on", failure);
                synchronized (lock) {
                    lost = true;
                }
            }
            LockSupport.parkNanos(this, rest);
        }
    }

    /// Passes events on.
    ///
    /// @return the number of subscribers woken
    private int handOn(List<DurableEvent> events, List<Subscription> to, List<Subscription> missed) {
        missed.forEach(subscription -> subscription.drop("more events arrived than the server could deliver"));
        List<Handed> handed = new ArrayList<>(events.size());
        int woken = 0;
        for (DurableEvent event : events) {
            publishedBytes += event.weightBytes();
            Handed one = new Handed(event, publishedBytes);
            handed.add(one);
            for (Subscription subscription : narrow.of(event.task())) {
                woken += subscription.add(List.of(one)) ? 1 : 0;
            }
        }
        for (Subscription subscription : to) {
            woken += subscription.add(handed) ? 1 : 0;
        }
        if (publishedBytes - sweptBytes > bytesMax / SWEEPS) {
            sweptBytes = publishedBytes;
            joined.forEach(subscription -> subscription.dropIfBehind(publishedBytes - bytesMax));
        }
        return woken;
    }
}
