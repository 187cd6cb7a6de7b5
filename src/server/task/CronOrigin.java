package server.task;

/// Which run of which cron task made a task.
///
/// @param cron  the cron task's id; it may be gone
/// @param name  its name at that time
/// @param run   the number of the run, from 1
/// @param dueAt when it was due, milliseconds since the epoch; of a run by hand, when that was
public record CronOrigin(long cron, String name, long run, long dueAt) {
}
