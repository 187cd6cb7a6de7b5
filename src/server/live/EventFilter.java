package server.live;

import java.util.Set;

import server.queue.ledger.DurableEvent;
import server.task.Task;
import shared.TaskStatus;
import shared.TaskType;

/// Which events a subscriber gets. An empty set asks for nothing in particular; of those that are not empty all must
/// fit. What asks for something of a task (`tasks`, `statuses`, `types`, `models`) passes events of tasks only, and
/// `crons` those of cron tasks and of the tasks that these made; so events of the queue itself come without a filter
/// only.
///
/// @param statuses as they are after the event
public record EventFilter(Set<Long> tasks, Set<TaskStatus> statuses, Set<TaskType> types, Set<String> models,
        Set<Long> crons) {

    public static final EventFilter ALL = new EventFilter(Set.of(), Set.of(), Set.of(), Set.of(), Set.of());

    /// The events of one task.
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
