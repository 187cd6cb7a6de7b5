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

/// Hands every event to all who subscribed to it.
///
/// The journal's writer only puts an event into a list, and only if somebody may want it. One thread takes what is
/// there, appends it to the subscribers' outboxes and wakes them; then it rests a while for each that it woke. So
/// waking takes a bounded share of the processor: with few subscribers or events nothing waits, with many a subscriber
/// is woken once for several events, and writes them at once.
///
/// Most subscribers hear of one task each: they are looked up by its id, so that they cost nothing while others change.
public final class EventHub implements AutoCloseable {

    private static final Logger LOG = System.getLogger("server.live");

    /// How many events may wait to be handed on. One takes the thread about as long as an append to every outbox.
    private static final int WAITING_MAX = 50_000;

    /// The rest for each subscriber woken, and the longest.
    private static final long REST_EACH_NANOS = 40_000;
    private static final long REST_MAX_NANOS = 25_000_000;

    /// How often, in parts of the room for all events that wait, old ones are looked for.
    private static final int SWEEPS = 8;

    private static final long CLOSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final TaskQueue queue;
    private final Answers answers;
    private final long bytesMax;
    private final Thread thread = Thread.ofVirtual().name("event-hub").unstarted(this::run);

    /// All that are joined: changed under the lock.
    private final Set<Subscription> joined = ConcurrentHashMap.newKeySet();
    /// Those that hear of certain tasks only: changed under the lock.
    private final ByTask<Subscription> narrow = new ByTask<>();

    /// Guards what follows.
    private final Object lock = new Object();
    /// The others, in a list that is never changed but replaced.
    private List<Subscription> broad = List.of();
    private List<DurableEvent> waiting = new ArrayList<>();
    /// All up to this event was put into `waiting`, or nobody was there to want it.
    private long passed;
    /// Whether there were too many.
    private boolean lost;
    /// Whether the hub's thread has nothing to do.
    private boolean resting;
    private boolean closed;

    /// All up to this event is in the outboxes of those who want it.
    private volatile long handedOn;
    // only the hub's thread
    /// How many bytes of events were ever handed on.
    private long publishedBytes;
    private long sweptBytes;

    private EventHub(TaskQueue queue, Answers answers, long bytesMax) {
        this.queue = queue;
        this.answers = answers;
        this.bytesMax = bytesMax;
    }

    /// @param answers  what is being said
    /// @param bytesMax what all events that wait for a subscriber may take of memory together, in about
    static EventHub start(TaskQueue queue, Answers answers, long bytesMax) {
        EventHub hub = new EventHub(queue, answers, bytesMax);
        queue.onEvent(hub::publish);
        // what was durable before the hub listened is not told to it
        long before = queue.durableSeq();
        synchronized (hub.lock) {
            hub.passed = Math.max(hub.passed, before);
        }
        hub.thread.start();
        return hub;
    }

    /// Begins to hand on what happens from now on. An eighth of the heap is for all events that wait.
    public static EventHub start(TaskQueue queue, Answers answers) {
        return start(queue, answers, Runtime.getRuntime().maxMemory() / 8);
    }

    /// Subscribes the calling thread to what comes from now on. Close it.
    public Subscription subscribe(EventFilter filter) {
        Subscription subscription = new Subscription(this, queue, filter);
        subscription.beginNow();
        return subscription;
    }

    /// Subscribes the calling thread to all events after this one, those of the past first. Close it.
    ///
    /// @param after if there is no such event yet, or events after it are not kept any more, a `Reset` comes first
    public Subscription subscribe(EventFilter filter, long after) {
        Subscription subscription = new Subscription(this, queue, filter);
        subscription.resume(after);
        return subscription;
    }

    /// Subscribes the calling thread to all events of one task, those of the past first, and to its answer. Close it.
    ///
    /// @throws shared.Problem 404: the task is gone
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

    /// Returns how many subscriptions there are.
    public int subscribers() {
        return joined.size();
    }

    /// Ends all subscriptions and waits a little until they are closed, so that their readers can be told.
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

    /// Returns what is being said, and was.
    public Answers answers() {
        return answers;
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
            joined.add(subscription);
            Set<Long> tasks = subscription.filter().tasks();
            tasks.forEach(task -> narrow.add(task, subscription));
            if (tasks.isEmpty()) {
                broad = Stream.concat(broad.stream(), Stream.of(subscription)).toList();
            }
            return passed;
        }
    }

    void leave(Subscription subscription) {
        synchronized (lock) {
            if (joined.remove(subscription)) {
                subscription.filter().tasks().forEach(task -> narrow.remove(task, subscription));
                broad = broad.stream().filter(other -> other != subscription).toList();
                lock.notifyAll();
            }
        }
    }

    /// All up to this event is in the outboxes of those who want it.
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
            // who joins later has missed nothing
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
                // for want of memory, most likely; nobody else would hand on, so who has missed something is told
                LOG.log(Level.ERROR, "event=events_not_handed_on", failure);
                synchronized (lock) {
                    lost = true;
                }
            }
            LockSupport.parkNanos(this, rest);
        }
    }

    /// @return how many were woken
    private int handOn(List<DurableEvent> events, List<Subscription> to, List<Subscription> missed) {
        missed.forEach(subscription -> subscription.drop("more happened than the server could hand on"));
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
