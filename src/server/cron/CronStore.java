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

/// The cron tasks in the [Ledger]: each method is a decision or a look. What a method returns is durable, unless it
/// says otherwise.
///
/// **In the journal** two lines hold a cron task, the one at `definedAt` and the one at `lastAt` (see [CronEvent]), and
/// a compaction keeps exactly these. A firing is two lines in one unit, which recovery keeps whole or not at all: the
/// cron task with its next due time, and the submit of the task. So a due time creates exactly one task. Likewise, the
/// end of a task and its record in the cron task are one unit.
public final class CronStore {

    private static final int COUNT_MAX = 1_000_000;

    private final Ledger ledger;

    public CronStore(Ledger ledger) {
        this.ledger = ledger;
    }

    /// A due time that must create a task.
    public record Due(CronTask cron, long dueAt) {
    }

    // ---- for handlers; they throw Problem 400, 404, 409, 429, 503

    /// Adds a cron task.
    ///
    /// @throws Problem 400 if the plan has no due time, 409 if the name is taken
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
    /// @param before   the version on which the change is based
    /// @param template null to keep it
    /// @return false if the cron task was changed or deleted since: read it again and retry
    /// @throws Problem 409 if its new name is taken
    public boolean update(CronTask before, CronPlan plan, Slice template) {
        return replace(before, What.UPDATED, plan, template);
    }

    /// Enables or disables a cron task; does nothing if it is already so.
    ///
    /// @return the changed cron task
    public CronTask enable(long id, boolean on) {
        CronTask cron = get(id);
        while (cron.plan().enabled() != on
                && !replace(cron, on ? What.ENABLED : What.DISABLED, cron.plan().enabled(on), null)) {
            cron = get(id);
        }
        return get(id);
    }

    /// Deletes a cron task; the tasks that it created stay.
    ///
    /// @throws Problem 404 if there is no such cron task
    public void remove(long id) {
        ledger.change(writer -> writer.append(new Event.Cron(
                new CronEvent(What.REMOVED, writer.now(), writer.state().crons().require(id), null)))).durable();
    }

    /// Finds a cron task.
    ///
    /// @param text a name, an id or a unique prefix of one
    /// @throws Problem 404 if there is no such cron task, 409 if there are several
    public CronTask find(String text) {
        return ledger.look(state -> state.crons().find(text)).durable();
    }

    /// Returns the cron task of a name; null if there is none.
    ///
    /// @throws Problem 409 if there are several
    CronTask named(String name) {
        return ledger.look(state -> state.crons().named(name).isEmpty() ? null : state.crons().find(name)).durable();
    }

    /// Returns the cron task with this id.
    ///
    /// @throws Problem 404 if there is no such cron task
    public CronTask get(long id) {
        return ledger.look(state -> state.crons().require(id)).durable();
    }

    /// Returns all cron tasks, in order of creation.
    public List<CronTask> all() {
        return ledger.look(state -> state.crons().all()).durable();
    }

    /// Returns the enabled cron tasks whose last ended run failed, in no particular order.
    public List<CronTask> failing() {
        return ledger.look(state -> state.crons().failing()).durable();
    }

    /// Returns the next due times of a cron task after a moment, whether it is enabled or not, provided that nothing
    /// changes; fewer than `count` if there are no more.
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

    /// Reads the template of a cron task's tasks from the journal, as it was given.
    ///
    /// @throws Problem 404 if the cron task was deleted
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

    /// Returns a task's status, which may not be durable yet; null if the task was deleted.
    public TaskStatus status(long task) {
        return ledger.look(state -> {
            Task found = state.get(task);
            return found == null ? null : found.status();
        }).value();
    }

    /// Runs a cron task now, on request, whatever its plan says about other runs.
    ///
    /// @return null if the cron task has changed since: read it again
    public TaskDocument run(CronTask cron, Submission submission) {
        Task task = ledger.change(writer -> fire(writer, cron, -1, submission)).durable();
        return task == null ? null
                : TaskDocument.of(task, submission);
    }

    // ---- for the timer; these do not wait until a change is durable

    /// Returns the next due time that must create a task, after skipping the ones that create none.
    ///
    /// @param since  when the server began to serve due times, in milliseconds since the epoch
    /// @param atMost how many to skip before giving up the lock
    /// @return null if there is none now, or `atMost` were skipped: see [#nextLook]
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

    /// Creates the task of a due time.
    ///
    /// @return null if the cron task has changed since
    public Task fire(Due due, Submission submission) {
        return ledger.change(writer -> fire(writer, due.cron(), due.dueAt(), submission)).value();
    }

    /// Skips a due time that cannot create a task.
    void fail(Due due, String reason) {
        ledger.change(writer -> writer.state().crons().get(due.cron().id()) != due.cron() ? null
                : writer.append(new Event.Cron(CronPolicy.failed(due.cron(), due.dueAt(), reason, writer.now()))));
    }

    /// Returns when [#due] has something to do next, in milliseconds since the epoch; Long.MAX_VALUE: not before a
    /// change.
    public long nextLook() {
        return ledger.look(state -> isServing(state) ? state.crons().nextLook() : Long.MAX_VALUE).value();
    }

    /// Reschedules a cron task, if it must follow a clock that was set; does nothing if it was deleted.
    ///
    /// @param by the change of the clock, in milliseconds; negative: back
    void reschedule(long id, long by) {
        ledger.change(writer -> {
            CronTask current = writer.state().crons().get(id);
            CronEvent change = current == null ? null : CronPolicy.rescheduled(current, by, writer.now());
            return change == null ? null : writer.append(new Event.Cron(change));
        });
    }

    /// Returns the latest time of any event, in milliseconds since the epoch.
    long latest() {
        return ledger.look(QueueState::latest).value();
    }

    /// Adds a listener, which is called when [#nextLook] may have changed. It must be quick, and may be called by any
    /// thread.
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

    /// Decides what to do about a cron task now. A queue that is paused or draining serves no due times; those that
    /// pass meanwhile are missed.
    private static CronPolicy.Step decide(QueueState state, CronTask cron, long since, long now) {
        long missedBefore = Math.max(now - CronPolicy.LATE_MS, Math.max(since <= now ? since : 0,
                state.resumedAt() <= now ? state.resumedAt() : 0));
        return state.mode() == QueueMode.RUNNING ? CronPolicy.decide(cron, state.busy(cron), missedBefore, now)
                : new CronPolicy.Wait();
    }

    private boolean replace(CronTask before, What what, CronPlan plan, Slice template) {
        return ledger.change(writer -> {
            CronTask current = writer.state().crons().get(before.id());
            if (current == null || current.plan() != before.plan() || current.definedAt() != before.definedAt()) {
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

    /// Appends a firing as one unit: the cancel of the task to be replaced, if there is one, then the cron task with
    /// its next due time, and the submit.
    ///
    /// @param dueAt milliseconds since the epoch; negative: a run on request
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
