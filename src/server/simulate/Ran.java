package server.simulate;

import server.task.Task;

/// An attempt, recorded or simulated. Times are milliseconds since the epoch.
///
/// @param first  whether it is its task's first attempt
/// @param loadMs how long a model was loaded for it; 0: it was already loaded
record Ran(Task task, boolean first, String host, long startedAt, long endedAt, long loadMs) {

    /// Returns how long the task waited although it could have begun.
    long waited() {
        return Math.max(0, startedAt - Math.max(task.createdAt(), task.terms().scheduledAt()));
    }
}
