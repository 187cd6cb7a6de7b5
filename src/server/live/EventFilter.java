package server.live;

import java.util.Set;

import server.queue.ledger.DurableEvent;
import server.task.Task;
import shared.TaskStatus;
import shared.TaskType;

/// Selects the events of a subscriber. An empty set means any; an event must match every set that is not empty. With a
/// condition on tasks (`tasks`, `statuses`, `types`, `models`) only events of tasks match; with `crons`, only events of
/// those cron tasks and of the tasks that they created. So events of the queue itself match only the empty filter.
///
/// @param statuses the statuses after the event
public record EventFilter(Set<Long> tasks, Set<TaskStatus> statuses, Set<TaskType> types, Set<String> models,
        Set<Long> crons) {

    public static final EventFilter ALL = new EventFilter(Set.of(), Set.of(), Set.of(), Set.of(), Set.of());

    /// Creates a filter for the events of one task.
    static EventFilter ofTask(long task) {
        return new EventFilter(Set.of(task), Set.of(), Set.of(), Set.of(), Set.of());
    }

    boolean passes(DurableEvent event) {
        if (!fits(crons, event.cron())) {
            return false;
        }
        Task task = event.after();
        if (task == null) {
            return tasks.isEmpty() && statuses.isEmpty() && types.isEmpty() && models.isEmpty();
        }
        return fits(tasks, task.id()) && fits(statuses, task.status()) && fits(types, task.type())
                && fits(models, task.model());
    }

    private static <T> boolean fits(Set<T> wanted, T value) {
        return wanted.isEmpty() || wanted.contains(value);
    }
}
