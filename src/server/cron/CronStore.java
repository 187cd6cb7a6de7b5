package server.cron;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

import server.cron.plan.CronEvent;
import server.cron.plan.CronEvent.What;
import server.cron.plan.CronPlan;
import server.cron.plan.CronPolicy;
import server.cron.plan.CronSchedule;
import server.cron.plan.CronTask;
import server.cron.plan.Overlap;
import server.journal.Urgency;
import server.queue.ledger.Ledger;
import server.queue.state.Event;
import server.queue.state.LifeCycle;
import server.queue.state.QueueMode;
import server.queue.state.QueueState;
import server.task.CronOrigin;
import server.task.Submission;
import server.task.Task;
import server.task.TaskDocument;
import shared.Problem;
import shared.TaskStatus;
import shared.json.Slice;

/// The cron tasks in the [Ledger]: each method is a decision or a look at it. What a method tells of is durable, unless
/// it says otherwise.
///
/// **In the journal** two lines hold a cron task, the one at `definedAt` and the one at `lastAt` (see [CronEvent]), and
/// a compaction keeps exactly these. A firing is two lines, the cron task with its due time behind it and the submit of
/// the task, in one unit, which recovery keeps whole or not at all: a due time makes exactly one task. Likewise the end
/// of a task and what its cron task remembers of it.
public final class CronStore {

    private static final int COUNT_MAX = 1_000_000;

    private final Ledger ledger;

    public CronStore(Ledger ledger) {
        this.ledger = ledger;
    }

    /// A due time that wants a task.
    public record Due(CronTask cron, long dueAt) {
    }

    // ---- for handlers; they throw Problem 400, 404, 409, 429, 503

    /// Adds a cron task.
    ///
    /// @throws Problem 400 if the plan has no due time, 409 if another one has this name
    public CronTask create(CronPlan plan, Slice template) {
        long made = ledger.change(writer -> {
            if (writer.state().crons().size() >= COUNT_MAX) {
                throw new Problem(429, "there are " + COUNT_MAX + " cron tasks, which is the limit; remove some");
            }
            writer.state().crons().requireFree(plan.name());
            long now = writer.now();
            CronTask cron = CronPolicy.planned(CronTask.blank(writer.unusedId(), plan, now), plan, now);
            writer.append(new Event.Cron(new CronEvent(What.CREATED, now, cron, template)));
            return cron.id();
        }).durable();
        return get(made);
    }

    /// Changes a cron task.
    ///
    /// @param before   as it was when the change was thought of
    /// @param template null if it stays
    /// @return false if it has changed since: look again, think again
    /// @throws Problem 404 if it is gone, 409 if another one has its new name
    public boolean update(CronTask before, CronPlan plan, Slice template) {
        return replace(before, What.UPDATED, plan, template);
    }

    /// Enables or disables a cron task; does nothing if it is so already.
    ///
    /// @return as it is after that
    public CronTask enable(long id, boolean on) {
        CronTask cron = get(id);
        while (cron.plan().enabled() != on
                && !replace(cron, on ? What.ENABLED : What.DISABLED, cron.plan().enabled(on), null)) {
            cron = get(id);
        }
        return get(id);
    }

    /// Removes a cron task; the tasks that it made stay.
    ///
    /// @throws Problem 404 if there is none
    public void remove(long id) {
        ledger.change(writer -> writer.append(new Event.Cron(
                new CronEvent(What.REMOVED, writer.now(), writer.state().crons().require(id), null)))).durable();
    }

    /// Returns the cron task that a text names.
    ///
    /// @param text a name, an id or a unique prefix of one
    /// @throws Problem 404 if there is none, 409 if there are several
    public CronTask find(String text) {
        return ledger.look(state -> state.crons().find(text)).durable();
    }

    /// The cron task of a name; null if there is none.
    ///
    /// @throws Problem 409 if there are several
    CronTask named(String name) {
        return ledger.look(state -> state.crons().named(name).isEmpty() ? null : state.crons().find(name)).durable();
    }

    /// Returns the cron task with this id.
    ///
    /// @throws Problem 404 if there is none
    public CronTask get(long id) {
        return ledger.look(state -> state.crons().require(id)).durable();
    }

    /// Returns all cron tasks in the order of their creation.
    public List<CronTask> all() {
        return ledger.look(state -> state.crons().all()).durable();
    }

    /// Returns the cron tasks that fire and whose last run that ended failed, in no order.
    public List<CronTask> failing() {
        return ledger.look(state -> state.crons().failing()).durable();
    }

    /// Returns the next due times of a cron task after a moment, as long as nothing changes, enabled or not; fewer if
    /// there are no more.
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

    /// Returns the template of its tasks as it was given, read from the journal.
    ///
    /// @throws Problem 404 if it is gone
    public Slice template(CronTask cron) {
        CronTask now = cron;
        while (true) {
            try {
                return ledger.reader().template(now);
            } catch (UncheckedIOException unreadable) {
                CronTask again = get(cron.id());
                if (again.definedAt() == now.definedAt()) {
                    throw unreadable;
                }
                now = again;
            }
        }
    }

    /// Returns a task's status; null if it is gone. Does not wait until that is durable.
    public TaskStatus status(long task) {
        return ledger.look(state -> {
            Task found = state.get(task);
            return found == null ? null : found.status();
        }).value();
    }

    /// Runs the cron task now, by hand, whatever its plan says about other runs.
    ///
    /// @return null if the cron task has changed since: look again
    public TaskDocument run(CronTask cron, Submission submission) {
        Task task = ledger.change(writer -> fire(writer, cron, -1, submission)).durable();
        return task == null ? null
                : TaskDocument.of(task, submission);
    }

    // ---- for the timer; these do not wait until a change is durable

    /// Returns the next due time that wants a task. Those that get none are passed over here.
    ///
    /// @param since when the server began to serve due times
    /// @return null if there is none now, or if `atMost` were passed over, because others need the lock: see
    ///   [#nextLook]
    public Due due(long since, int atMost) {
        return ledger.change(writer -> {
            QueueState state = writer.state();
            long now = writer.now();
            for (int i = 0; i < atMost && isServing(state); i++) {
                CronTask cron = state.crons().due(now);
                if (cron == null) {
                    return null;
                }
                switch (decide(state, cron, since, now)) {
                    case CronPolicy.Fire fire -> {
                        return new Due(cron, fire.due());
                    }
                    case CronPolicy.Change change -> writer.append(new Event.Cron(change.event()));
                    case CronPolicy.Wait wait -> state.place(cron);
                }
            }
            return null;
        }).value();
    }

    /// Makes the task of a due time.
    ///
    /// @return null if the cron task has changed since
    public Task fire(Due due, Submission submission) {
        return ledger.change(writer -> fire(writer, due.cron(), due.dueAt(), submission)).value();
    }

    /// Passes over a due time that can make no task.
    void fail(Due due, String reason) {
        ledger.change(writer -> writer.state().crons().get(due.cron().id()) != due.cron() ? null
                : writer.append(new Event.Cron(CronPolicy.failed(due.cron(), due.dueAt(), reason, writer.now()))));
    }

    /// Returns when [#due] has something to do next, milliseconds since the epoch; Long.MAX_VALUE: not before a change.
    public long nextLook() {
        return ledger.look(state -> isServing(state) ? state.crons().nextLook() : Long.MAX_VALUE).value();
    }

    /// Lets the cron tasks that have to follow a clock that was set.
    ///
    /// @param by milliseconds, negative if it was set back
    void clockSet(long by) {
        for (CronTask cron : all()) {
            ledger.change(writer -> {
                CronTask current = writer.state().crons().get(cron.id());
                CronEvent change = current == null ? null : CronPolicy.rescheduled(current, by, writer.now());
                return change == null ? null : writer.append(new Event.Cron(change));
            });
        }
    }

    /// The latest time that an event has.
    long latest() {
        return ledger.look(QueueState::latest).value();
    }

    /// Calls this when [#nextLook] may have changed (quick, any thread).
    void onChange(Runnable listener) {
        ledger.onChange(events -> {
            if (events.stream().anyMatch(event -> !(event instanceof Event.Change))) {
                listener.run();
            }
        });
    }

    // ---- inside

    private boolean isServing(QueueState state) {
        return state.mode() == QueueMode.RUNNING && ledger.failure() == null;
    }

    /// What is to be done about a cron task now. A queue that is paused or draining serves no due times; those that
    /// pass meanwhile are missed.
    private static CronPolicy.Step decide(QueueState state, CronTask cron, long since, long now) {
        long missedBefore = Math.max(now - CronPolicy.LATE_MS, Math.max(since <= now ? since : 0,
                state.resumedAt() <= now ? state.resumedAt() : 0));
        return state.mode() == QueueMode.RUNNING ? CronPolicy.decide(cron, state.busy(cron), missedBefore, now)
                : new CronPolicy.Wait();
    }

    private boolean replace(CronTask before, What what, CronPlan plan, Slice template) {
        return ledger.change(writer -> {
            CronTask current = writer.state().crons().require(before.id());
            if (current.plan() != before.plan() || current.definedAt() != before.definedAt()) {
                return false;
            }
            if (!current.plan().name().equals(plan.name())) {
                writer.state().crons().requireFree(plan.name());
            }
            CronTask planned = CronPolicy.planned(current, plan, writer.now());
            writer.append(new Event.Cron(new CronEvent(what, writer.now(), planned, template)));
            return true;
        }).durable();
    }

    /// One unit: the cancel of a task that is to be replaced, if there is one, then the cron task with its due time
    /// behind it, and the submit.
    ///
    /// @param dueAt negative: by hand
    /// @return null if the cron task has changed since
    private Task fire(Ledger.Writer writer, CronTask cron, long dueAt, Submission submission) {
        QueueState state = writer.state();
        if (state.crons().get(cron.id()) != cron) {
            return null;
        }
        Submission asked = ledger.pool().share(submission);
        state.admit(asked);
        long now = writer.now();
        long id = writer.unusedId();
        List<Event> events = new ArrayList<>();
        CronTask before = cron;
        Task busy = state.busy(cron);
        if (busy != null && dueAt >= 0 && cron.plan().overlap() == Overlap.REPLACE) {
            Event.Change cancel = LifeCycle.cancelled(busy, null, now);
            events.add(cancel);
            CronEvent ended = CronPolicy.ended(cron, cancel.task(), now);
            before = ended == null ? cron : ended.cron();
        }
        CronEvent fired = dueAt < 0 ? CronPolicy.firedByHand(before, id, now)
                : CronPolicy.fired(before, dueAt, id, now);
        events.add(new Event.Cron(fired));
        events.add(LifeCycle.submitted(asked, id, new CronOrigin(cron.id(), cron.plan().name(),
                fired.cron().runCount(), dueAt < 0 ? now : dueAt), null, null, now));
        return writer.append(events, Urgency.LOW).getLast();
    }
}
