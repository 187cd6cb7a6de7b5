package server.queue.ledger;

import server.queue.line.EventCodec;
import server.queue.state.Event;
import server.task.Task;
import shared.json.Slice;

/// A durable event with its sequence number, as the feed passes it on. Its JSON is encoded once, when it is first
/// requested. Safe for any thread.
public final class DurableEvent {

    /// The most memory that an event takes, in bytes, without what the task's owner has set.
    private static final int WEIGHT_BYTES = 2_000;

    private final long seq;
    private final Event event;
    private Slice json;

    DurableEvent(long seq, Event event) {
        this.seq = seq;
        this.event = event;
    }

    /// Returns its sequence number.
    public long seq() {
        return seq;
    }

    /// Returns what happened, without the parts that the feed does not show.
    public Event event() {
        return event;
    }

    /// Returns the kind of thing that changed: `task`, `cron`, `action` or `queue`.
    public String kind() {
        return switch (event) {
            case Event.Change change -> "task";
            case Event.Cron cron -> "cron";
            case Event.Action action -> "action";
            case Event.ModeChange change -> "queue";
        };
    }

    /// Returns the task after the event; null if the event is not about a task.
    public Task after() {
        return event instanceof Event.Change change ? change.task() : null;
    }

    /// Returns the task's id; 0 if the event is not about a task.
    public long task() {
        Task task = after();
        return task == null ? 0 : task.id();
    }

    /// Returns the cron task that changed, or that created the task that did; 0 for none.
    public long cron() {
        return switch (event) {
            case Event.Change change -> change.task().cron() == null ? 0 : change.task().cron().cron();
            case Event.Cron cron -> cron.change().cron().id();
            case Event.Action action -> 0;
            case Event.ModeChange change -> 0;
        };
    }

    /// Returns the approximate memory that it takes, in bytes.
    public int weightBytes() {
        return WEIGHT_BYTES + switch (event) {
            case Event.Change change -> length(change.task().metadata())
                    + (change.task().state().error() == null ? 0 : change.task().state().error().length());
            case Event.Cron cron -> length(cron.change().cron().plan().metadata());
            case Event.Action action -> action.change().action().plan().filter().length();
            case Event.ModeChange change -> 0;
        };
    }

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /// Returns its JSON, the same bytes for every caller: `{"seq":…,"event":"task","what":…,"at":…,"task":{…}}`.
    public synchronized Slice json() {
        if (json == null) {
            json = EventCodec.feed(seq, event);
        }
        return json;
    }
}
