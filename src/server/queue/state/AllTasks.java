package server.queue.state;

import java.util.List;

import server.queue.index.Arrivals;
import server.queue.index.IdTable;
import server.queue.index.Keys;
import server.queue.index.TasksByCron;
import server.queue.index.Totals;
import server.task.Task;
import server.task.TaskState;
import shared.TaskStatus;

/// The tasks of a [QueueState], each in every index that must know it: a change removes a task from the indexes in its
/// old state and adds it in its new one. Reads go to the indexes directly.
///
/// Invariant: every pending and every running task is in `pending`, every ended one in `retention`.
final class AllTasks {

    final Arrivals arrivals = new Arrivals();
    final IdTable ids = new IdTable(arrivals);
    final PendingTasks pending;
    final Retention retention;
    final Totals totals = new Totals();
    final Admission admission;
    final Keys keys = new Keys();
    final TasksByCron cronMade = new TasksByCron();
    /// The number of running tasks that run alone: at most one.
    private int alone;

    AllTasks(QueueOptions options) {
        retention = new Retention(options);
        pending = new PendingTasks(options, arrivals::get);
        admission = new Admission(options, totals, pending);
    }

    void reconfigure(QueueOptions options) {
        retention.reconfigure(options);
        admission.reconfigure(options);
        pending.reconfigure(options);
    }

    /// Returns null if there is none.
    Task get(long id) {
        int slot = ids.find(id);
        return slot < 0 ? null : arrivals.get(slot);
    }

    /// Returns whether a task is running that must run alone.
    boolean oneRunsAlone() {
        return alone > 0;
    }

    /// Applies a submit.
    ///
    /// @return the task in its place
    Task arrive(Event.Change change, long seq, long position, int length) {
        Task task = change.task().arrived(seq, position);
        retention.arrived(task, length);
        int slot = arrivals.add(task);
        ids.add(task.id(), slot);
        admission.add(task);
        keys.add(change.request().key(), change.request().fingerprint(), task.id());
        cronMade.add(task, slot);
        index(task, slot);
        return task;
    }

    /// Applies a change of a task.
    ///
    /// @return the task as it is now; null if it is gone
    Task change(Event.Change change, long seq, long position, int length) {
        int slot = ids.find(change.task().id());
        if (slot < 0) {
            // a compacted journal keeps recent events for the feed, including those of deleted tasks
            return null;
        }
        Task before = arrivals.get(slot);
        pending.willChange(before, slot, change);
        // a task that is merely late keeps its turn
        boolean stays = change.what() == Event.What.LATE && change.task().state().equals(before.state());
        if (!stays) {
            unindex(before, slot);
        }
        if (change.what() == Event.What.DELETED) {
            ids.remove(before.id(), slot);
            arrivals.remove(slot);
            admission.remove(before);
            keys.remove(before.id());
            retention.forget(before);
            cronMade.remove(before, slot);
            return null;
        }
        long order = change.task().order() != 0 ? change.task().order() : before.order();
        Task after = change.task().following(before, change.what() == Event.What.RETRIED ? seq : order, position);
        arrivals.replace(slot, after);
        if (after.status().ended()) {
            retention.ended(after, length);
        }
        if (!stays) {
            index(after, slot);
        }
        return after;
    }

    /// Extends the wait of tasks that wait for a date or a retry, after the clock was set, so that it lasts as long as
    /// before.
    ///
    /// @param by the change of the clock, in milliseconds; negative: back
    void putOff(long by) {
        for (Task task : by == 0 ? List.<Task>of() : arrivals.unended(each -> each.wakeAt() > 0
                && each.status() == TaskStatus.PENDING)) {
            int slot = ids.find(task.id());
            Task after = task.retryAt() == 0 ? task
                    : task.with(new TaskState.Pending(Math.max(0, task.retryAt() + by), task.state().error()));
            unindex(task, slot);
            arrivals.replace(slot, after);
            index(after, slot);
        }
    }

    private void index(Task task, int slot) {
        totals.add(task);
        pending.add(task, slot);
        alone += task.status() == TaskStatus.RUNNING && task.runsAlone() ? 1 : 0;
        if (task.status().ended()) {
            retention.add(task, slot);
        }
    }

    private void unindex(Task task, int slot) {
        totals.remove(task);
        pending.remove(task, slot);
        alone -= task.status() == TaskStatus.RUNNING && task.runsAlone() ? 1 : 0;
        if (task.status().ended()) {
            retention.remove(task, slot);
        }
    }
}
