package server.api;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

import server.queue.TaskQueue;
import server.task.Task;

/// The warnings about submitted tasks.
record Warnings(TaskQueue queue, InstantSource clock) {

    /// Returns the warnings about a task; empty for none.
    List<String> of(Task task) {
        List<String> warnings = new ArrayList<>(task.lowered());
        String late = lateness(task);
        if (late != null) {
            warnings.add(late);
        }
        return warnings;
    }

    private String lateness(Task task) {
        return task.terms().placing().finishBy() == 0 ? null
                : queue.ledger().look(state -> state.lateness(task, clock.millis())).value();
    }

    /// Returns the warnings about the tasks of a batch; empty for none.
    List<String> of(List<Task> tasks) {
        long lowered = tasks.stream().filter(task -> !task.lowered().isEmpty()).count();
        long late = tasks.stream().filter(task -> lateness(task) != null).count();
        List<String> warnings = new ArrayList<>();
        if (lowered > 0) {
            warnings.add("tasks whose priority was lowered to the highest that their client may use: " + lowered);
        }
        if (late > 0) {
            warnings.add("tasks that cannot be finished by their finish_by: " + late);
        }
        return warnings;
    }
}
