package server.order.limits;

import java.util.HashMap;
import java.util.Map;

import server.order.RunnerKey;
import server.task.Task;
import shared.TaskStatus;

/// Counts the pending and running tasks of each client, and the running tasks of each model.
///
/// Invariant: there is no entry for a client or a model without such tasks.
public final class Crowd {

    private static final class Count {
        int pending;
        int running;
    }

    private final Map<String, Count> clients = new HashMap<>();
    private final Map<String, Count> models = new HashMap<>();

    /// Counts a task; one that has ended counts nothing.
    public void add(Task task) {
        count(task, 1);
    }

    /// Removes a task, which must have been added in the same state.
    public void remove(Task task) {
        count(task, -1);
    }

    /// Returns how many tasks of a client are pending.
    ///
    /// @param client null: tasks without a client
    public int pending(String client) {
        Count count = clients.get(client);
        return count == null ? 0 : count.pending;
    }

    /// Returns how many tasks of a client are running.
    ///
    /// @param client null: tasks without a client
    int running(String client) {
        Count count = clients.get(client);
        return count == null ? 0 : count.running;
    }

    /// Returns how many tasks of a model are running.
    int runningOf(String model) {
        Count count = models.get(RunnerKey.plain(model));
        return count == null ? 0 : count.running;
    }

    private void count(Task task, int by) {
        TaskStatus status = task.status();
        if (status == TaskStatus.PENDING || status == TaskStatus.RUNNING) {
            count(clients, task.terms().caller().client(), status, by);
        }
        if (status == TaskStatus.RUNNING) {
            count(models, RunnerKey.plain(task.model()), status, by);
        }
    }

    private static void count(Map<String, Count> counts, String name, TaskStatus status, int by) {
        Count count = counts.computeIfAbsent(name, absent -> new Count());
        count.pending += status == TaskStatus.PENDING ? by : 0;
        count.running += status == TaskStatus.RUNNING ? by : 0;
        if (count.pending == 0 && count.running == 0) {
            counts.remove(name);
        }
    }
}
