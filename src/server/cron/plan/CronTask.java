package server.cron.plan;

import server.task.CronId;

/// The part of a cron task that is in memory: its plan and its progress. Immutable; a change creates a new one. The
/// template of its tasks stays in the journal. Times are milliseconds since the epoch, 0 for none.
///
/// @param nextRun   its next due time; 0 if it is disabled or has none
/// @param waiting   a due time that waits for the end of the previous task (see [Overlap#QUEUE]); 0 for none
/// @param notBefore while runs are made up for: the earliest time of the next one
/// @param runs      the last runs
/// @param lastRun   when it last created a task
/// @param skipped   the number of due times without a run
/// @param lastSkip  why the last of these was skipped; null if there is none
/// @param failures  the number of its tasks that failed
/// @param definedAt the journal position of the line that holds its template
/// @param lastAt    the journal position of its last line
public record CronTask(long id, CronPlan plan, long createdAt, long updatedAt, long nextRun, long waiting,
        long notBefore, long runCount, long lastRun, CronRuns runs, long skipped, String lastSkip, long failures,
        long definedAt, long lastAt) {

    /// Returns a new cron task without a next run, for [CronPolicy#planned].
    public static CronTask blank(long id, CronPlan plan, long now) {
        return new CronTask(id, plan, now, 0, 0, 0, 0, 0, 0, CronRuns.NONE, 0, null, 0, 0, 0);
    }

    /// Returns the id as text.
    public String name() {
        return CronId.format(id);
    }

    /// Returns whether the maximum number of runs allows one more.
    boolean mayRun() {
        return plan.maxRuns() == 0 || runCount < plan.maxRuns();
    }

    /// Returns the same with another plan, and without any waiting or delayed run of the old one.
    CronTask planned(CronPlan next, long now, long due) {
        return new CronTask(id, next, createdAt, now, due, 0, 0, runCount, lastRun, runs, skipped, lastSkip, failures,
                definedAt, lastAt);
    }

    /// Returns the same with another next run, waiting run and earliest time.
    CronTask coming(long due, long nextWaiting, long nextNotBefore) {
        return new CronTask(id, plan, createdAt, updatedAt, due, nextWaiting, nextNotBefore, runCount, lastRun, runs,
                skipped, lastSkip, failures, definedAt, lastAt);
    }

    /// Returns the same with more skipped due times.
    CronTask skipped(long count, String reason) {
        return new CronTask(id, plan, createdAt, updatedAt, nextRun, waiting, notBefore, runCount, lastRun, runs,
                skipped + count, reason, failures, definedAt, lastAt);
    }

    /// Returns the same with one more run.
    CronTask ran(long task, long dueAt, long now) {
        return new CronTask(id, plan, createdAt, updatedAt, nextRun, waiting, notBefore, runCount + 1, now,
                runs.with(task, dueAt, null), skipped, lastSkip, failures, definedAt, lastAt);
    }

    /// Returns the same with other runs and another number of failures.
    CronTask with(CronRuns nextRuns, long nextFailures) {
        return new CronTask(id, plan, createdAt, updatedAt, nextRun, waiting, notBefore, runCount, lastRun, nextRuns,
                skipped, lastSkip, nextFailures, definedAt, lastAt);
    }

    /// Returns the same with its positions in the journal.
    public CronTask placed(long nextDefinedAt, long nextLastAt) {
        return new CronTask(id, plan, createdAt, updatedAt, nextRun, waiting, notBefore, runCount, lastRun, runs,
                skipped, lastSkip, failures, nextDefinedAt, nextLastAt);
    }
}
