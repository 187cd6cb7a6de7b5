package server.task;

/// The run of a cron task that created a task.
///
/// @param cron  the cron task's id; the cron task may have been deleted
/// @param name  its name at that time
/// @param run   the number of the run, from 1
/// @param dueAt when the run was due, milliseconds since the epoch; for a manual run, when it was requested
public record CronOrigin(long cron, String name, long run, long dueAt) {
}
