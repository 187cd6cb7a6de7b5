package server.queue.state;

import java.time.Duration;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;

import server.order.Deadlines;
import server.order.Estimates;
import server.order.Residency;
import server.task.Attempt;
import server.task.Task;
import server.task.TaskState;
import server.task.Times;
import shared.config.Durations;

/// How long attempts take, and which of the tasks with a `finish_by` cannot meet it.
final class FinishTimes {

    private final Estimates estimates = new Estimates();
    /// All tasks with a `finish_by` that have not ended.
    private final Deadlines deadlines;

    /// @param tasks finds a task by its slot
    FinishTimes(IntFunction<Task> tasks) {
        deadlines = new Deadlines(tasks, estimates);
    }

    Estimates estimates() {
        return estimates;
    }

    void add(Task task, int slot) {
        if (!task.status().ended()) {
            deadlines.add(task, slot);
        }
    }

    void remove(Task task, int slot) {
        if (!task.status().ended()) {
            deadlines.remove(task, slot);
        }
    }

    /// Learns the duration of an attempt from an event.
    void learn(Event.Change change) {
        if (change.what() == Event.What.COMPLETED) {
            TaskState run = change.task().state();
            Attempt last = change.attempts().isEmpty() ? null : change.attempts().getLast();
            long load = last == null || last.loadMs() <= Residency.WARM_MAX_MS ? 0 : last.loadMs();
            estimates.ran(change.task().model(), run.host(), run.endedAt() - run.startedAt() - load,
                    last == null ? -1 : last.tokens());
            if (load > 0) {
                estimates.loaded(change.task().model(), load);
            }
        }
    }

    /// Returns when something is due next; Long.MAX_VALUE if never.
    long next() {
        return deadlines.next();
    }

    /// Returns an event that reports a task as late; null if none is.
    ///
    /// @param begin when a pending task can begin at the earliest; for a running one, now
    Event.Change due(ToLongFunction<Task> begin, long now) {
        Task late = deadlines.firstLate(begin);
        return late == null ? null : LifeCycle.late(late, now);
    }

    /// Returns why a task cannot meet its `finish_by`, for people; null if it can, or has none.
    ///
    /// @param begin as above
    String lateness(Task task, long begin, long now) {
        long finishBy = task.terms().placing().finishBy();
        if (finishBy == 0 || !deadlines.isLate(task, begin)) {
            return null;
        }
        long takes = deadlines.usually(task);
        return "finish_by " + Times.format(finishBy) + " cannot be met: the task can begin "
                + (begin > now ? "at " + Times.format(begin) : "now") + " at the earliest"
                + (takes == 0 ? "" : ", and those of model " + task.model() + " usually take "
                + Durations.format(Duration.ofMillis(takes)));
    }
}
