package server.live;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

import server.live.Item.Change;
import server.live.Item.Dropped;
import server.live.Item.End;
import server.live.Item.Reset;
import server.queue.TaskQueue;
import server.queue.ledger.DurableEvent;
import server.queue.ledger.EventLog;
import server.queue.ledger.Pace;
import server.task.Task;
import shared.LogValue;
import shared.Problem;
import shared.TaskStatus;

/// One subscriber's items: the events that its filter passes, and the answers of the tasks that it follows. Past events
/// come first, read from the journal at the subscriber's pace, then live ones, through a bounded outbox; each once, in
/// order, without gaps. Used by the thread that subscribed.
///
/// ```
///  reading the past ──── read to its end: join the hub, read what came since ────▶ live ──▶ dropped
///        │                                                                          ▲      (too slow, or the
///        └──────────────── events are missing: reset, join the hub ─────────────────┘       server stops)
/// ```
///
/// The overflow rule: a subscriber that lets [#EVENTS_MAX] events pile up, or holds old ones while much happens, is
/// dropped, and learns the sequence number from which it can resume. The order rule is [AnswerReader]'s.
public final class Subscription implements AutoCloseable {

    static final int EVENTS_MAX = 4_096;

    /// The number of answers that a subscriber may follow at a time.
    public static final int FOLLOWED_MAX = 100;

    private static final Logger LOG = System.getLogger("server.live");

    /// An event in the outboxes.
    ///
    /// @param publishedBytes the total that the hub had passed on up to and including it
    record Handed(DurableEvent event, long publishedBytes) {
    }

    private final EventHub hub;
    private final TaskQueue queue;
    private final EventFilter filter;
    private final Thread reader = Thread.currentThread();

    /// The past events; null once they have been read.
    private EventLog log;
    private final Pace.Read pace;
    /// The last event that does not come through the outbox; not meaningful before this joined the hub.
    private long joinedAt;
    /// Past events that were read, and other items to return. Each part of the past gets a new deque: if one that the
    /// garbage collector has moved to the old generation grew, the array that it leaves there would keep the part's
    /// events until a full collection.
    private ArrayDeque<Item> past = new ArrayDeque<>();
    /// The next item of the feed, which pieces may still precede.
    private Item next;
    /// All events up to this one were returned, or were not requested.
    private long place;
    private boolean ended;

    /// Also the lock for `reason`, `asked` and `followed`; only the reader changes `followed`.
    private final ArrayDeque<Handed> outbox = new ArrayDeque<>();
    /// Why it was dropped; null if it was not.
    private String reason;
    /// Whether the reader found the outbox empty. A reader that has not polled since is busy, or blocked by a client
    /// that reads nothing: waking it would have no effect.
    private boolean asked;
    /// By task; the next to be read comes first.
    private final SequencedMap<Long, AnswerReader> followed = new LinkedHashMap<>();

    Subscription(EventHub hub, TaskQueue queue, EventFilter filter) {
        this.hub = hub;
        this.queue = queue;
        this.filter = filter;
        pace = queue.ledger().pace().beginInTurns();
    }

    /// Returns the tasks whose events alone it may want; empty if it wants those of others, too. For the reader.
    Set<Long> tasks() {
        if (filter.tasks().isEmpty()) {
            return Set.of();
        }
        Set<Long> tasks = new HashSet<>(filter.tasks());
        tasks.addAll(followed.keySet());
        return tasks;
    }

    /// Returns whether the hub has to learn that the answer of this task is followed.
    private boolean isBesideFilter(long task) {
        return !filter.tasks().isEmpty() && !filter.tasks().contains(task);
    }

    // ---- where it begins

    void beginNow() {
        joinedAt = hub.join(this);
        place = Math.max(joinedAt, queue.durableSeq());
    }

    /// Moves back or forward to the events after this one. Followed answers stay followed.
    ///
    /// @param after if there is no such event yet, or later events are no longer kept, a `Reset` comes first
    public void resume(long after) {
        hub.leave(this);
        synchronized (outbox) {
            outbox.clear();
            reason = null;
        }
        past.clear();
        next = null;
        ended = false;
        joinedAt = Long.MAX_VALUE;
        // in turns from here on: a thousand subscribers that come at once leave a processor to accept the next request
        pace.takeTurn();
        try {
            log = queue.eventsAfter(after);
            place = log.seq();
            if (after > queue.durableSeq()) {
                reset();
            }
        } finally {
            pace.endTurn();
        }
    }

    /// Begins with the events of one task so far, and reads its answer.
    void beginWith(Task task, AnswerPlace from, Memory memory) {
        joinedAt = hub.join(this);
        // as of no event yet: the past events contain the rest
        follow(task, from, memory);
        queue.eventsOf(task.id()).forEach(event -> past.add(new Change(event)));
    }

    // ---- the items

    /// Returns the next item, without waiting; null if there is none now.
    public Item poll() {
        while (true) {
            if (next == null) {
                next = nextOfFeed();
            }
            if (next == null) {
                return ended ? null : nextOfAnswers();
            }
            if (!(next instanceof Change(DurableEvent event))) {
                place = next instanceof Reset reset ? reset.seq() : place;
                return taken();
            }
            AnswerReader answer = followed.isEmpty() ? null : followed.get(event.task());
            Item before = answer == null ? null : answer.before(event);
            if (before != null) {
                return handOut(event.task(), before);
            }
            place = event.seq();
            Item change = taken();
            if (filter.passes(event)) {
                return change;
            }
        }
    }

    private Item taken() {
        Item item = next;
        next = null;
        return item;
    }

    /// Returns whether there are more past events to read, even if [#poll] returned null.
    public boolean reading() {
        return log != null;
    }

    /// Returns the sequence number from which another subscription would continue this one: all events up to it were
    /// returned, or the filter does not pass them.
    public long seq() {
        long handedOn = hub.handedOn();
        if (next == null && past.isEmpty()) {
            if (log != null) {
                place = Math.max(place, Math.min(log.seq(), joinedAt));
            } else {
                synchronized (outbox) {
                    if (outbox.isEmpty() && reason == null) {
                        place = Math.max(place, Math.max(handedOn, joinedAt));
                    }
                }
            }
        }
        return place;
    }

    /// Waits until there may be more, for at most this many nanoseconds. Nothing is missed if [#poll] is called before
    /// each wait: a wake-up in between ends the wait at once.
    public void await(long nanos) throws InterruptedException {
        if (!reading()) {
            LockSupport.parkNanos(this, nanos);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    // ---- answers

    /// Follows a task's answer too, from a place on. If it is followed already, it starts again.
    ///
    /// @param id an id, or a prefix of one
    /// @return the task in its present state
    /// @throws Problem 404 if there is no such task, 409 if there are several, 429 beyond [#FOLLOWED_MAX]
    public Task follow(String id, AnswerPlace from, Memory memory) {
        Task found = queue.find(id);
        unfollow(found.id());
        if (followed.size() == FOLLOWED_MAX) {
            throw new Problem(429, "already " + FOLLOWED_MAX + " answers are subscribed to, which is the limit; "
                    + "unsubscribe from some");
        }
        AnswerReader answer = follow(found, from, memory);
        // from here on, all its events come through the feed; at this one, its state is the one read here
        long seen = queue.durableSeq();
        try {
            Task now = queue.find(found.name());
            answer.beginAt(seen, now.status());
            return now;
        } catch (Problem gone) {
            unfollow(found.id());
            throw gone;
        }
    }

    private AnswerReader follow(Task task, AnswerPlace from, Memory memory) {
        AnswerReader answer = new AnswerReader(task, from, queue, hub.answers(), memory, reader);
        synchronized (outbox) {
            followed.put(task.id(), answer);
        }
        if (isBesideFilter(task.id())) {
            hub.addTask(this, task.id());
        }
        hub.answers().add(task.id(), answer);
        return answer;
    }

    /// Stops following a task's answer.
    ///
    /// @return the last known status of the task; null if it was not followed
    public TaskStatus unfollow(long task) {
        AnswerReader answer;
        synchronized (outbox) {
            answer = followed.remove(task);
        }
        if (answer == null) {
            return null;
        }
        if (isBesideFilter(task)) {
            hub.removeTask(this, task);
        }
        answer.close();
        return answer.status();
    }

    /// Returns the next item of one of the followed answers, which take turns; null if there is none.
    private Item nextOfAnswers() {
        for (long task : List.copyOf(followed.keySet())) {
            AnswerReader answer = followed.get(task);
            Item item = answer.next();
            if (item == null) {
                item = answer.end();
            }
            if (item != null) {
                synchronized (outbox) {
                    followed.putLast(task, answer);
                }
                return handOut(task, item);
            }
        }
        return null;
    }

    private Item handOut(long task, Item item) {
        if (item instanceof End) {
            unfollow(task);
        }
        return item;
    }

    @Override
    public void close() {
        hub.leave(this);
        List.copyOf(followed.keySet()).forEach(this::unfollow);
    }

    // ---- the feed

    private Item nextOfFeed() {
        if (log != null && past.isEmpty()) {
            readOn();
        }
        Item item = past.poll();
        return item != null || log != null ? item : pollOutbox();
    }

    private Item pollOutbox() {
        synchronized (outbox) {
            Handed handed = outbox.poll();
            while (handed != null && handed.event().seq() <= place) {
                handed = outbox.poll();
            }
            if (handed != null) {
                return new Change(handed.event());
            }
            asked = true;
            if (reason == null || ended) {
                return null;
            }
            ended = true;
            return new Dropped(place, reason);
        }
    }

    private void readOn() {
        boolean more;
        pace.takeTurn();
        past = new ArrayDeque<>();
        try {
            more = log.next(event -> {
                if (event.seq() <= joinedAt && wants(event)) {
                    past.add(new Change(event));
                }
            });
        } catch (IOException unreadable) {
            LOG.log(Level.ERROR, () -> "event=events_unreadable reason=" + LogValue.of(unreadable.getMessage()));
            past.clear();
            log = null;
            drop("the events cannot be read: " + unreadable.getMessage());
            return;
        } finally {
            pace.endTurn();
        }
        if (log.missed()) {
            reset();
        } else if (joinedAt == Long.MAX_VALUE) {
            if (!more) {
                // what has become durable meanwhile is read before the outbox
                joinedAt = hub.join(this);
            }
        } else if (!more || log.seq() >= joinedAt) {
            if (past.isEmpty()) {
                place = Math.max(place, joinedAt);
            }
            log = null;
        }
    }

    private void reset() {
        if (joinedAt == Long.MAX_VALUE) {
            joinedAt = hub.join(this);
        }
        past.clear();
        past.add(new Reset(Math.max(joinedAt, queue.durableSeq()), log.oldest()));
        log = null;
    }

    /// Returns whether an event is needed: followed tasks' events are, even if the filter does not pass them.
    private boolean wants(DurableEvent event) {
        return filter.passes(event) || !followed.isEmpty() && followed.containsKey(event.task());
    }

    // ---- for the hub

    /// Adds events to the outbox.
    ///
    /// @return whether the reader was woken
    boolean add(List<Handed> events) {
        boolean wake;
        synchronized (outbox) {
            int before = outbox.size();
            if (reason == null) {
                for (Handed handed : events) {
                    if (wants(handed.event())) {
                        outbox.add(handed);
                    }
                }
            }
            int after = outbox.size();
            if (after > EVENTS_MAX) {
                drop("too slow: " + after + " events wait to be read");
            }
            wake = asked && after > before;
            asked &= !wake;
        }
        if (wake) {
            LockSupport.unpark(reader);
        }
        return wake;
    }

    /// Drops the subscription if its oldest waiting event was passed on too long ago.
    ///
    /// @param publishedBytesMin the oldest event that may still wait, by the total passed on up to it
    void dropIfBehind(long publishedBytesMin) {
        synchronized (outbox) {
            if (!outbox.isEmpty() && outbox.peek().publishedBytes() < publishedBytesMin) {
                drop("too slow: " + outbox.size() + " events wait to be read");
            }
        }
    }

    /// Ends the subscription. The events in the outbox are discarded.
    ///
    /// @param why for the subscriber
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
