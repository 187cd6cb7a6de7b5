package server.cron.plan;

import server.task.CronId;

/// What memory holds of a cron task: its plan, and how far it has come. Immutable; a change makes a new one. The
/// template of its tasks stays in the journal. Times are milliseconds since the epoch, 0 for none.
///
/// @param nextRun   its next due time; 0 if it is disabled or has none
/// @param waiting   a due time that waits for the end of the task before (see [Overlap#QUEUE]); 0 for none
/// @param notBefore while runs are made up for: when the next of them may be
/// @param runs      the last ones
/// @param lastRun   when it last made a task
/// @param skipped   how many due times got no run
/// @param lastSkip  why the last of them got none; null if none was skipped
/// @param failures  how many of its tasks failed
/// @param definedAt the journal position of the line that holds its template
/// @param lastAt    the journal position of its last line
public record CronTask(long id, CronPlan plan, long createdAt, long updatedAt, long nextRun, long waiting,
        long notBefore, long runCount, long lastRun, CronRuns runs, long skipped, String lastSkip, long failures,
        long definedAt, long lastAt) {

    /// Returns a cron task that has yet to be planned.
    public static CronTask blank(long id, CronPlan plan, long now) {
        return new CronTask(id, plan, now, 0, 0, 0, 0, 0, 0, CronRuns.NONE, 0, null, 0, 0, 0);
    }

    /// Returns the id as text.
    public String name() {
        return CronId.format(id);
    }

    /// Returns whether no bound on the number of runs keeps it from one more.
    boolean mayRun() {
        return plan.maxRuns() == 0 || runCount < plan.maxRuns();
    }

    /// Returns the same with another plan, and with all that waited for the old one forgotten.
    CronTask planned(CronPlan next, long now, long due) {
        return new CronTask(id, next, createdAt, now, due, 0, 0, runCount, lastRun, runs, skipped, lastSkip, failures,
                definedAt, lastAt);
    }

    /// Returns the same with other due times.
    CronTask coming(long due, long nextWaiting, long nextNotBefore) {
        return new CronTask(id, plan, createdAt, updatedAt, due, nextWaiting, nextNotBefore, runCount, lastRun, runs,
                skipped, lastSkip, failures, definedAt, lastAt);
    }

    /// Returns the same with more due times that got no run.
    CronTask skipped(long count, String reason) {
        return new CronTask(id, plan, createdAt, updatedAt, nextRun, waiting, notBefore, runCount, lastRun, runs,
                skipped + count, reason, failures, definedAt, lastAt);
    }

    /// Returns the same with one run more.
    CronTask ran(long task, long dueAt, long now) {
        return new CronTask(id, plan, createdAt, updatedAt, nextRun, waiting, notBefore, runCount + 1, now,
                runs.with(task, dueAt, null), skipped, lastSkip, failures, definedAt, lastAt);
    }

    /// Returns the same with other runs, and another number of failures.
    CronTask with(CronRuns nextRuns, long nextFailures) {
        return new CronTask(id, plan, createdAt, updatedAt, nextRun, waiting, notBefore, runCount, lastRun, nextRuns,
                skipped, lastSkip, nextFailures, definedAt, lastAt);
    }

    /// Returns the same with its places in the journal.
    public CronTask placed(long nextDefinedAt, long nextLastAt) {
        return new CronTask(id, plan, createdAt, updatedAt, nextRun, waiting, notBefore, runCount, lastRun, runs,
                skipped, lastSkip, failures, nextDefinedAt, nextLastAt);
    }
}
