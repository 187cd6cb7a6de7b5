package server.queue.state;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import server.action.plan.ActionEvent;
import server.action.plan.ActionIndex;
import server.cron.plan.CronEvent;
import server.cron.plan.CronIndex;
import server.cron.plan.CronPolicy;
import server.cron.plan.CronTask;
import server.order.Choice;
import server.order.Offers;
import server.order.Written;
import server.order.ahead.Span;
import server.order.ahead.Standing;
import server.queue.index.Arrivals;
import server.queue.index.TaskFilter;
import server.queue.index.Totals;
import server.task.Attempt;
import server.task.Submission;
import server.task.Task;
import server.task.TaskId;
import shared.Problem;
import shared.TaskStatus;

/// All tasks and the decisions about them. Pure: no clock, no thread, no I/O, no randomness; one caller at a time.
///
/// A decision reads the state and returns an event, or throws a [Problem]; it changes nothing. [#apply] applies an
/// event and rejects none. The live path and the replay of the journal apply the same events, so they reach the same
/// state.
public final class QueueState {

    private QueueOptions options;
    private final AllTasks tasks;
    private final CronIndex crons = new CronIndex();
    private final ActionIndex actions = new ActionIndex();
    private QueueMode mode = QueueMode.RUNNING;
    /// The position of the line of its last change; 0 if there was none.
    private long modeAt;
    /// When the queue last resumed after a pause or a drain; 0 for never.
    private long resumedAt;
    /// The latest time of an event, which the clock may not have reached again.
    private long latest;
    /// What was created before this neither expires nor is deleted; 0: everything may.
    private long heldBefore;
    /// By how much the clock was set since the server's start.
    private long clockSet;

    public QueueState(QueueOptions options) {
        this.options = options;
        tasks = new AllTasks(options);
    }

    /// Sets new limits.
    public void reconfigure(QueueOptions newOptions) {
        options = newOptions;
        tasks.reconfigure(newOptions);
    }

    /// Prevents what was created before this moment from expiring and from being deleted, because it is not yet known
    /// whether the clock is right.
    ///
    /// @param before milliseconds since the epoch; 0 ends it
    public void hold(long before) {
        heldBefore = before;
    }

    /// Sets whether the disk is nearly full: while it is, calls that have ended are deleted, whatever their age.
    public void lackRoom(boolean isShort) {
        tasks.retention.lackRoom(isShort);
    }

    /// Follows a change of the clock: tasks that wait for a retry wait as long as before, and tasks that were ready
    /// only because of their date wait again if it is in the future.
    ///
    /// @param total by how much the clock was set since the server's start, in milliseconds
    public void clockSet(long total) {
        if (total != clockSet) {
            tasks.putOff(total - clockSet);
            clockSet = total;
            tasks.pending.clockSet();
        }
    }

    /// Begins after a replay. A clock that is behind the journal was set back.
    ///
    /// @return the tasks that the end of the server left behind
    public List<Task> begin(long now) {
        tasks.putOff(Math.min(0, now - latest));
        tasks.pending.ready().forgetPassed();
        return leftBehind();
    }

    // ---- decisions

    /// Checks that the queue can take new tasks.
    ///
    /// @throws Problem 429 if one of the limits is reached, 503 if the queue is draining
    public void admit(Wanted wanted) {
        if (mode == QueueMode.DRAINING) {
            throw new Problem(503, "the queue is draining and accepts no new tasks until it is resumed");
        }
        tasks.admission.check(wanted);
    }

    /// Checks as [#admit(Wanted)] does, for one.
    public void admit(Submission asked) {
        admit(Wanted.of(asked));
    }

    /// Submits a task.
    ///
    /// @param id          one that no task has
    /// @param key         an idempotency key that no task has used; null for none
    /// @param fingerprint of the request's body, with a key
    /// @throws Problem as [#admit(Wanted)]
    public Event.Change submit(Submission asked, long id, String key, String fingerprint, long now) {
        admit(asked);
        return LifeCycle.submitted(asked, id, key, fingerprint, now);
    }

    /// Starts the task that is next by the hosts' offers, or fails one that has expired. While a task runs alone, or
    /// must and others are still running, none starts.
    ///
    /// @return a `started` or a `failed` event; null if no task can start
    public Event.Change start(Offers offers, long now) {
        if (mode == QueueMode.PAUSED || tasks.oneRunsAlone()) {
            return null;
        }
        wake(now);
        Task expires = tasks.pending.firstExpired(heldBefore, now);
        if (expires != null) {
            return LifeCycle.expired(expires, now);
        }
        // an expired task is still here only while it is not known whether the clock is right
        Choice next = tasks.pending.ready().choose(heldBefore > 0 ? new Unexpired(offers, now) : offers, now);
        Task task = next == null ? null : tasks.arrivals.get(next.slot());
        if (task == null || task.runsAlone() && tasks.totals.of(TaskStatus.RUNNING) > 0) {
            return null;
        }
        return LifeCycle.started(task, next, clockSet, now);
    }

    /// Returns a pending task's position among those that wait for nothing but their turn, from 1; 0 if it is not
    /// pending.
    public int position(long id) {
        Task task = get(id);
        return task == null || task.status() != TaskStatus.PENDING ? 0 : tasks.pending.ready().countBefore(task) + 1;
    }

    /// Returns the state of the queue, from which to predict when a pending task starts.
    public Standing standing(Task task, long now) {
        return tasks.pending.standing(task, tasks.ids.find(task.id()), id -> timed(require(id)),
                mode == QueueMode.PAUSED, now);
    }

    /// Returns the state of the pending tasks; `play`: with a copy on which to play forward.
    public Backlog backlog(boolean play, long now) {
        return tasks.pending.backlog(play ? id -> timed(require(id)) : null, mode == QueueMode.PAUSED, now);
    }

    /// Returns how long a running task probably still takes; null if there is not enough data.
    public Span left(Task task, Written so, long now) {
        return tasks.pending.left(timed(task), so, now);
    }

    /// Returns the priority by which a pending task is ordered now.
    public int effectivePriority(Task task) {
        return tasks.pending.ready().priority(task);
    }

    /// Fails a pending task that no host will accept.
    public Event.Change refuse(long id, String error, long now) {
        return LifeCycle.refused(require(id), error, now);
    }

    /// Cancels a pending or running task.
    ///
    /// @param reason stored as the task's error; null for none
    /// @throws Problem 404 if there is none, 409 if it has ended
    public Event.Change cancel(long id, String reason, long now) {
        return LifeCycle.cancelled(timed(require(id)), reason, now);
    }

    /// Changes the priority of a task that has not ended, up to the highest that its client may have.
    ///
    /// @param askersMax the highest that whoever asks may give
    /// @throws Problem 404 if there is none, 409 if it has ended
    public Event.Change changePriority(long id, int priority, int askersMax, long now) {
        Task task = require(id);
        int most = Math.min(askersMax, options.limits().priorityMax(task.terms().caller().client()));
        return LifeCycle.priority(task, Math.min(priority, most), priority > most ? priority : null, now);
    }

    /// Makes a failed or cancelled task pending again.
    ///
    /// @param attempts   all recorded attempts of the task
    /// @param pendingMax how many its client may then have pending
    /// @throws Problem 404 if there is none, 409 if it is neither, 429 if there is no room
    public Event.Change retry(long id, List<Attempt> attempts, int pendingMax, long now) {
        Event.Change event = LifeCycle.retried(require(id), attempts, now);
        admitAgain(Collections.singletonMap(event.task().terms().caller().client(), 1), pendingMax);
        return event;
    }

    /// Checks that the queue can take tasks back, with these numbers for each client.
    ///
    /// @throws Problem 429 if one of the limits is reached
    public void admitAgain(Map<String, Integer> counts, int pendingMax) {
        tasks.admission.check(Wanted.again(counts, pendingMax));
    }

    /// Deletes a task that has ended.
    ///
    /// @throws Problem 404 if there is none, 409 if it has not ended
    public Event.Change delete(long id, long now) {
        return LifeCycle.deleted(require(id), now);
    }

    /// Returns an event that is due by itself: a task expires or is deleted; null if nothing is due.
    public Event.Change due(long now) {
        Task expires = tasks.pending.firstExpired(heldBefore, now);
        if (expires != null) {
            return LifeCycle.expired(expires, now);
        }
        Event.Change late = tasks.pending.late(heldBefore, now);
        int slot = late == null ? tasks.retention.due(heldBefore, now) : -1;
        return slot < 0 ? late : LifeCycle.deleted(tasks.arrivals.get(slot), now);
    }

    /// Returns the consequence of an event for the cron task that created its task; null for none.
    public CronEvent echo(Event event) {
        if (event instanceof Event.Change change && change.task().cron() != null && change.task().status().ended()
                && change.what() != Event.What.DELETED) {
            CronTask cron = crons.get(change.task().cron().cron());
            return cron == null ? null : CronPolicy.ended(cron, change.task(), change.at());
        }
        return null;
    }

    /// Returns the task of a cron task's last run, if it is pending or running; else null.
    public Task busy(CronTask cron) {
        int runs = cron.runs().size();
        Task task = runs == 0 ? null : get(cron.runs().task(runs - 1));
        return task == null || task.status().ended() ? null : task;
    }

    // ---- changes

    /// Applies an event.
    ///
    /// @param seq      the event's sequence number
    /// @param position of its line
    /// @param length   of its line, in bytes, without what the journal adds
    /// @return the task as it is now; null if the event is not about a task, or the task is gone
    public Task apply(Event event, long seq, long position, int length) {
        latest = Math.max(latest, event.at());
        // also in a replay, which must reach the same virtual times
        wake(event.at());
        return switch (event) {
            case Event.ModeChange change -> {
                resumedAt = change.mode() == QueueMode.RUNNING && !change.start() ? change.at() : resumedAt;
                mode = change.mode();
                modeAt = change.start() ? modeAt : position;
                yield null;
            }
            case Event.Cron(CronEvent change) -> {
                apply(change, position);
                yield null;
            }
            case Event.Action(ActionEvent change, QueueMode _) -> {
                actions.apply(change, position);
                yield null;
            }
            // what a compaction left of a deleted task, for the feed: not a task, even if a repair lost its deletion
            case Event.Change change when change.what() == Event.What.SUBMITTED && change.request() == null -> null;
            case Event.Change change when change.what() == Event.What.SUBMITTED -> tasks.arrive(change, seq,
                    position, length);
            case Event.Change change -> tasks.change(change, seq, position, length);
        };
    }

    /// Makes those of the tasks ready whose time comes by a moment, and returns whether there were any. Not an event,
    /// because it follows from the time, or from the hosts' reports, alone.
    public boolean wake(long by, Predicate<Task> which) {
        return tasks.pending.wake(by, which);
    }

    /// Makes all tasks ready whose time has come or whose window opens, holds those whose window closes, and lets
    /// priorities grow. Returns whether any became ready.
    public boolean wake(long now) {
        return tasks.pending.wake(now);
    }

    // ---- reads

    /// Returns the task with this id; null if there is none.
    public Task get(long id) {
        return tasks.get(id);
    }

    /// Returns the task with this id.
    ///
    /// @throws Problem 404 if there is none
    public Task require(long id) {
        Task task = get(id);
        if (task == null) {
            throw Problem.notFound("no task " + TaskId.format(id));
        }
        return task;
    }

    /// Returns the task that a text identifies.
    ///
    /// @param text an id or a unique prefix of one
    /// @throws Problem 404 if there is none, 409 if there are several
    public Task find(String text) {
        TaskId.IdRange range = TaskId.range(text);
        List<Integer> found = range == null ? List.of()
                : tasks.ids.range(range.low(), range.high(), TaskId.CANDIDATES_MAX);
        return TaskId.only(text, found.stream().map(tasks.arrivals::get).toList(), "task", Task::name);
    }

    /// Returns the task with the start of its run in terms of the current clock, which may have been set since: from
    /// there to its end is the time that passed.
    public Task timed(Task task) {
        return task.timed(clockSet);
    }

    /// Returns the id of the task submitted with this idempotency key; -1 if there is none.
    ///
    /// @throws Problem 409 if it was submitted with another body
    public long known(String key, String fingerprint) {
        return tasks.keys.find(key, fingerprint);
    }

    /// Returns whether the queue runs, is paused or refuses new tasks.
    public QueueMode mode() {
        return mode;
    }

    /// Returns the journal position of the line that last changed the mode; 0 if there was none.
    public long modeAt() {
        return modeAt;
    }

    /// Returns when the queue last resumed after a pause or a drain, milliseconds since the epoch; 0 for never.
    public long resumedAt() {
        return resumedAt;
    }

    /// Returns how many tasks wait for nothing but their turn.
    public int readyCount() {
        return tasks.pending.ready().size();
    }

    /// Returns the numbers of tasks by what they have in common.
    public Totals totals() {
        return tasks.totals;
    }

    /// Returns the cron tasks.
    public CronIndex crons() {
        return crons;
    }

    /// Returns the changes under way for all tasks that matched a filter.
    public ActionIndex actions() {
        return actions;
    }

    /// Puts a cron task where it must wait now.
    public void place(CronTask cron) {
        crons.put(cron, busy(cron) != null);
    }

    /// Returns the tasks that these cron tasks created.
    public List<Task> cronMade(TaskFilter filter) {
        return tasks.cronMade.tasks(filter, tasks.arrivals);
    }

    /// Returns the latest time of an event, in milliseconds since the epoch; the clock may not have reached it again.
    public long latest() {
        return latest;
    }

    /// Returns all tasks in the order of their arrival, each in a slot.
    public Arrivals arrivals() {
        return tasks.arrivals;
    }

    /// Returns the task's slot in [#arrivals]; negative if there is none.
    public int slotOf(long id) {
        return tasks.ids.find(id);
    }

    /// Returns when [#wake] or [#due] has something to do next, in milliseconds since the epoch; 0 if [#wake] is not
    /// finished yet, Long.MAX_VALUE if never.
    public long nextDue() {
        long next = Math.min(tasks.pending.nextWake(), tasks.retention.nextDue(heldBefore > 0));
        return heldBefore > 0 ? next : Math.min(next, tasks.pending.nextDue());
    }

    /// Returns when to check again, at the latest, what can start: as [#nextDue], or when time alone may give a place
    /// that the last choice reserved to another task.
    public long nextLook() {
        return Math.min(nextDue(), tasks.pending.nextChange());
    }

    /// Returns why a task cannot meet its `finish_by`, for people; null if it can, or has none.
    public String lateness(Task task, long now) {
        return tasks.pending.lateness(task, now);
    }

    /// Returns how many tasks wait for windows that the settings do not contain, by the windows' names.
    public Map<String, Integer> lostWindows() {
        return tasks.pending.lostWindows();
    }

    /// Returns the tasks whose run or caller ends with the server: all running ones, and the pending ones whose callers
    /// wait for them.
    public List<Task> leftBehind() {
        return tasks.arrivals.unended(task -> task.status() == TaskStatus.RUNNING
                || task.terms().caller().endsWithCaller());
    }

    /// Returns the queue's figures.
    ///
    /// @param lastSeq the sequence number of the last event that the figures include
    public QueueStats stats(long lastSeq) {
        return new QueueStats(mode, tasks.totals.byStatus(), tasks.arrivals.size(),
                tasks.totals.byPriority(TaskStatus.PENDING), tasks.totals.callersWaiting(), clockSet,
                tasks.pending.ready().waitingSince(), lastSeq);
    }

    private void apply(CronEvent change, long position) {
        CronTask before = crons.get(change.cron().id());
        if (change.what() == CronEvent.What.REMOVED) {
            crons.remove(change.cron().id());
            return;
        }
        long definedAt = change.template() != null || before == null ? position : before.definedAt();
        place(change.cron().placed(definedAt, position));
    }
}
