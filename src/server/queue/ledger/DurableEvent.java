package server.queue.ledger;

import java.util.function.Supplier;

import server.cron.plan.CronEvent;
import server.queue.line.EventCodec;
import server.queue.state.Event;
import server.task.Task;
import shared.json.Slice;

/// An event as subscribers see it. Its JSON is made when somebody asks.
public final class DurableEvent {

    /// What an event takes of memory at most, besides what its task's owner has set.
    private static final int WEIGHT = 2_000;

    private final long seq;
    private final long id;
    private final boolean ended;
    private final Task task;
    private final long cron;
    private final String kind;
    private final String what;
    private final long at;
    private final int weight;
    private Supplier<Slice> source;
    private Slice json;

    /// An event of a task of which nothing more is known.
    public DurableEvent(long seq, long task, boolean ended, Slice json) {
        this.seq = seq;
        this.id = task;
        this.ended = ended;
        this.task = null;
        this.cron = 0;
        this.kind = "task";
        this.what = null;
        this.at = 0;
        this.weight = WEIGHT;
        this.json = json;
    }

    DurableEvent(long seq, Event event) {
        this.seq = seq;
        at = event.at();
        source = () -> EventCodec.feed(seq, event);
        switch (event) {
            case Event.Change change -> {
                kind = "task";
                what = change.what().text;
                task = change.task();
                cron = task.cron() == null ? 0 : task.cron().cron();
                weight = WEIGHT + length(task.metadata()) + length(task.state().error());
            }
            case Event.Cron(CronEvent change) -> {
                kind = "cron";
                what = null;
                task = null;
                cron = change.cron().id();
                weight = WEIGHT + length(change.cron().plan().metadata());
            }
            case Event.ModeChange change -> {
                kind = "queue";
                what = null;
                task = null;
                cron = 0;
                weight = WEIGHT;
            }
        }
        id = task == null ? 0 : task.id();
        ended = task != null && task.status().ended();
    }

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static int length(String text) {
        return text == null ? 0 : text.length();
    }

    public long seq() {
        return seq;
    }

    /// What changed: `task`, `cron` or `queue`.
    public String kind() {
        return kind;
    }

    /// What happened to the task, as `started`; null if it is not a task's.
    public String what() {
        return what;
    }

    /// When it happened, milliseconds since the epoch.
    public long at() {
        return at;
    }

    /// The task's id; 0 if it is not a task's.
    public long task() {
        return id;
    }

    /// The task as it is after the event; null if it is not a task's.
    public Task after() {
        return task;
    }

    /// The cron task that changed, or that made the task that did; 0 for none.
    public long cron() {
        return cron;
    }

    /// Whether the task has ended with it, or is gone.
    public boolean ended() {
        return ended;
    }

    /// About what it takes of memory, in bytes.
    public int weight() {
        return weight;
    }

    /// `{"seq":…,"event":"task","what":…,"at":…,"task":{…}}`
    public synchronized Slice json() {
        if (json == null) {
            json = source.get();
            source = null;
        }
        return json;
    }
}
