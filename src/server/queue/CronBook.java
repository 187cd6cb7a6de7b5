package server.queue;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import server.cron.plan.CronEvent;
import server.cron.plan.CronPlan;
import server.cron.plan.CronPolicy;
import server.cron.plan.CronSchedule;
import server.cron.plan.CronTask;
import server.cron.plan.Overlap;
import server.journal.Urgency;
import server.queue.ledger.Durability;
import server.queue.state.Event;
import server.queue.state.LifeCycle;
import server.queue.state.QueueMode;
import server.task.CronId;
import server.task.CronOrigin;
import server.task.Submission;
import server.task.Task;
import server.task.TaskDocument;
import shared.Problem;
import shared.TaskStatus;
import shared.json.Slice;

/// The cron tasks of the queue. [TaskQueue]'s rules hold here too: what is decided, journaled and applied is so under
/// its lock, and what is told of is durable, unless it says otherwise.
///
/// **In the journal** each change of a cron task is a line with the whole of it as it is then, but for the template,
/// which stands in the line that set it; so two lines hold a cron task, the one at `definedAt` and the one at `lastAt`,
/// and a compaction keeps exactly these. A firing is two lines, the cron task with its due time behind it and the
/// submit of the task, in one unit, which recovery keeps whole or not at all: a due time makes exactly one task.
/// Likewise the end of a task and what its cron task remembers of it.
public final class CronBook {

    private static final int COUNT_MAX = 1_000_000;

    private final TaskQueue queue;
    private final List<Runnable> onChange = new CopyOnWriteArrayList<>();

    CronBook(TaskQueue queue) {
        this.queue = queue;
    }

    /// A due time that wants a task.
    public record Due(CronTask cron, long dueAt) {
    }

    // ---- for handlers; they throw Problem 400, 404, 409, 429, 503

    /// @throws Problem 400 if the plan has no due time
    public CronTask create(CronPlan plan, Slice template) {
        CronTask[] made = new CronTask[1];
        queue.changed(() -> {
            if (queue.state.crons().size() >= COUNT_MAX) {
                throw new Problem(429, "there are " + COUNT_MAX + " cron tasks, and no more can be; remove some");
            }
            long now = queue.clock.millis();
            made[0] = CronPolicy.planned(CronTask.blank(queue.unusedId(), plan, now), plan, now);
            return new Event.Cron(new CronEvent(CronEvent.What.CREATED, now, made[0], template));
        });
        changed();
        return get(made[0].id());
    }

    /// @param before   as it was when the change was thought of
    /// @param template null if it stays
    /// @return false if it has changed since: look again, think again
    public boolean update(CronTask before, CronPlan plan, Slice template) {
        return replace(before, CronEvent.What.UPDATED, plan, template);
    }

    /// As it is after that; nothing changes if it is so already.
    public CronTask enable(long id, boolean on) {
        CronTask cron = get(id);
        while (cron.plan().enabled() != on && !replace(cron, on ? CronEvent.What.ENABLED : CronEvent.What.DISABLED,
                cron.plan().enabled(on), null)) {
            cron = get(id);
        }
        return get(id);
    }

    /// Its tasks stay.
    public void remove(long id) {
        queue.changed(() -> new Event.Cron(new CronEvent(CronEvent.What.REMOVED, queue.clock.millis(),
                queue.state.crons().require(id), null)));
    }

    /// @param text a name, an id or a unique prefix of one
    public CronTask find(String text) {
        return queue.shown(() -> queue.state.crons().find(text));
    }

    /// As [#find], but a whole id may also be that of a cron task that is gone.
    public long idOf(String text) {
        long id = CronId.parse(text);
        return id >= 0 ? id : find(text).id();
    }

    public CronTask get(long id) {
        return queue.shown(() -> queue.state.crons().require(id));
    }

    /// In the order of their creation.
    public List<CronTask> all() {
        return queue.shown(() -> queue.state.crons().all());
    }

    /// Its next due times after this moment, as long as nothing changes, enabled or not; fewer if there are no more.
    ///
    /// @param after milliseconds since the epoch
    public static List<Long> dueAfter(CronTask cron, long after, int count) {
        CronSchedule schedule = new CronSchedule(cron);
        List<Long> times = new ArrayList<>();
        for (long due = schedule.next(after); due != 0 && times.size() < count; due = schedule.next(due)) {
            times.add(due);
        }
        return times;
    }

    /// The template of its tasks as it was given, read from the journal.
    ///
    /// @throws Problem 404 if it is gone
    public Slice template(CronTask cron) {
        CronTask now = cron;
        while (true) {
            try {
                return queue.reader.template(now);
            } catch (UncheckedIOException unreadable) {
                CronTask again = get(cron.id());
                if (again.definedAt() == now.definedAt()) {
                    throw unreadable;
                }
                now = again;
            }
        }
    }

    /// A task's status; null if it is gone. Does not wait until that is durable.
    public TaskStatus status(long task) {
        synchronized (queue.lock) {
            Task found = queue.state.get(task);
            return found == null ? null : found.status();
        }
    }

    /// A run by hand, now, whatever the plan says of other runs.
    ///
    /// @return null if the cron task has changed since: look again
    public TaskDocument run(CronTask cron, Submission submission) {
        Task task = fire(cron, -1, submission);
        if (task == null) {
            return null;
        }
        queue.shown(() -> task);
        return new TaskDocument(task, submission.payload(), submission.preview(), null, List.of(), null);
    }

    // ---- for the timer; these do not wait until a change is durable

    /// The next due time that wants a task. Those that get none are passed over here.
    ///
    /// @param since when the server began to serve due times
    /// @return null if there is none now, or so many were passed over that others should have the lock: see [#nextLook]
    public Due due(long since, int atMost) {
        return queue.changing(() -> {
            long now = queue.clock.millis();
            for (int i = 0; i < atMost && queue.failure == null && queue.state.mode() == QueueMode.RUNNING; i++) {
                CronTask cron = queue.state.crons().due(now);
                if (cron == null) {
                    return null;
                }
                switch (queue.state.decide(cron, since, now)) {
                    case CronPolicy.Fire fire -> {
                        return new Due(cron, fire.due());
                    }
                    case CronPolicy.Change change -> commit(change.event());
                    case CronPolicy.Wait wait -> queue.state.place(cron);
                }
            }
            return null;
        }).result();
    }

    /// Makes the task of a due time.
    ///
    /// @return null if the cron task has changed since
    public Task fire(Due due, Submission submission) {
        return fire(due.cron(), due.dueAt(), submission);
    }

    /// A due time can make no task.
    public void fail(Due due, String reason) {
        queue.changing(() -> {
            if (queue.state.crons().get(due.cron().id()) == due.cron()) {
                commit(CronPolicy.failed(due.cron(), due.dueAt(), reason, queue.clock.millis()));
            }
            return null;
        });
    }

    /// When [#due] has something to do; Long.MAX_VALUE: not before a change.
    public long nextLook() {
        synchronized (queue.lock) {
            return queue.state.mode() == QueueMode.RUNNING && queue.failure == null ? queue.state.crons().nextLook()
                    : Long.MAX_VALUE;
        }
    }

    /// The clock was set back by at least [CronPolicy#CORRECTION]: from now on all follow the new time.
    public void clockSetBack() {
        for (CronTask cron : all()) {
            queue.changing(() -> {
                CronTask current = queue.state.crons().get(cron.id());
                CronEvent change = current == null ? null : CronPolicy.rescheduled(current, queue.clock.millis());
                if (change != null) {
                    commit(change);
                }
                return null;
            });
        }
    }

    /// Whether a clock that was there is back by so much that it was wrong then.
    public static boolean isCorrection(long before, long now) {
        return before - now >= CronPolicy.CORRECTION;
    }

    /// The latest time that an event has.
    public long latest() {
        synchronized (queue.lock) {
            return queue.state.latest();
        }
    }

    /// Calls this when [#nextLook] may have changed (quick, any thread, also under the queue's lock).
    public void onChange(Runnable listener) {
        onChange.add(listener);
    }

    // ---- inside

    void changed() {
        onChange.forEach(Runnable::run);
    }

    private boolean replace(CronTask before, CronEvent.What what, CronPlan plan, Slice template) {
        boolean[] done = new boolean[1];
        queue.changed(() -> {
            CronTask current = queue.state.crons().require(before.id());
            done[0] = current.plan() == before.plan() && current.definedAt() == before.definedAt();
            long now = queue.clock.millis();
            return done[0] ? new Event.Cron(new CronEvent(what, now, CronPolicy.planned(current, plan, now), template))
                    : null;
        });
        changed();
        return done[0];
    }

    /// @param dueAt negative: by hand
    private Task fire(CronTask cron, long dueAt, Submission submission) {
        Submission asked = queue.shared(submission);
        List<Task> tasks = queue.changing(() -> {
            if (queue.state.crons().get(cron.id()) != cron) {
                return List.<Task>of();
            }
            queue.state.admit(1, asked.metadata() == null ? 0 : asked.metadata().length);
            return queue.commit(firing(cron, dueAt, asked), Urgency.LOW);
        }).result();
        if (tasks.isEmpty()) {
            return null;
        }
        if (tasks.getFirst() != null) {
            queue.cancelled(tasks.getFirst());
        }
        queue.ready();
        return tasks.getLast();
    }

    /// One unit: the cancel of a task that is to be replaced, if there is one, then the cron task with its due time
    /// behind it, and the submit. The lock is held.
    private List<Event> firing(CronTask cron, long dueAt, Submission asked) {
        long now = queue.clock.millis();
        long id = queue.unusedId();
        List<Event> events = new ArrayList<>();
        CronTask before = cron;
        Task busy = queue.state.busy(cron);
        if (busy != null && dueAt >= 0 && cron.plan().overlap() == Overlap.REPLACE) {
            Event.Change cancel = LifeCycle.cancelled(busy, now);
            events.add(cancel);
            CronEvent ended = CronPolicy.ended(cron, cancel.task(), now);
            before = ended == null ? cron : ended.cron();
        }
        CronEvent fired = dueAt < 0 ? CronPolicy.firedByHand(before, id, now)
                : CronPolicy.fired(before, dueAt, id, now);
        events.add(new Event.Cron(fired));
        events.add(LifeCycle.submitted(asked, id, new CronOrigin(cron.id(), cron.plan().name(),
                fired.cron().runCount(), dueAt < 0 ? now : dueAt), null, null, now));
        return events;
    }

    /// The lock is held.
    private void commit(CronEvent change) {
        Event event = new Event.Cron(change);
        queue.commit(List.of(event), Durability.urgency(event));
    }
}
