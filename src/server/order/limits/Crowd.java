package server.order.limits;

import java.util.HashMap;
import java.util.Map;

import server.order.RunnerKey;
import server.task.Task;
import shared.TaskStatus;

/// How many tasks of each client are pending and how many run, and how many of each model run.
///
/// Invariant: nothing is kept of a client or a model that has none.
public final class Crowd {

    private static final class Count {
        int pending;
        int running;
    }

    private final Map<String, Count> clients = new HashMap<>();
    private final Map<String, Count> models = new HashMap<>();

    /// Counts a task, which may be one that has ended.
    public void add(Task task) {
        count(task, 1);
    }

    /// Removes a task, which must have been added as it is.
    public void remove(Task task) {
        count(task, -1);
    }

    /// Returns how many tasks of a client are pending.
    ///
    /// @param client null: of nobody in particular
    public int pending(String client) {
        Count count = clients.get(client);
        return count == null ? 0 : count.pending;
    }

    /// Returns how many tasks of a client run.
    ///
    /// @param client null: of nobody in particular
    int running(String client) {
        Count count = clients.get(client);
        return count == null ? 0 : count.running;
    }

    /// Returns how many tasks of a model run.
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
