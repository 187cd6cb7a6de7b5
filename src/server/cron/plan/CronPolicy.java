package server.cron.plan;

import server.cron.plan.CronEvent.What;
import server.task.Task;
import server.task.TaskId;
import shared.Problem;
import shared.TaskStatus;

/// Decides about cron tasks: each method takes a cron task and returns the event that changes it. Pure: nothing is
/// changed here.
///
/// A due time is served once: it creates one task, or is skipped with a reason, and then `next_run` has moved on. No
/// due time comes again, even if the clock is set back, unless by [#CORRECTION_MS] or more; then every cron task
/// follows the new time at once. `@every` counts elapsed time, so it follows any clock that was set.
public final class CronPolicy {

    /// A running server that serves a due time later than this, in milliseconds, has missed it: the machine slept, or
    /// the clock was set forward.
    public static final long LATE_MS = 60_000;
    /// The maximum number of missed due times that are made up for.
    static final int MADE_UP_MAX = 100;
    /// The interval between such runs, in milliseconds.
    static final long MADE_UP_PAUSE_MS = 100;
    /// A clock that is set back by at least this was wrong before, in milliseconds.
    static final long CORRECTION_MS = 3 * 3_600_000L;
    /// Due times skipped together are counted up to this number.
    static final int COUNTED_MAX = 1_000;

    static final String MISSED = "missed: the server was down, paused or asleep";
    static final String MISSED_BUT_THE_LAST = "missed; only the last one is made up for";
    static final String CHANGED = "the cron task was changed or disabled while this run waited";
    static final String MISSED_TOO_MANY = "missed too long ago, or too many were missed to make up for all";

    private CronPolicy() {
    }

    /// What to do about a cron task at some time.
    public sealed interface Step {
    }

    /// Nothing yet.
    public record Wait() implements Step {
    }

    /// A change without a task.
    public record Change(CronEvent event) implements Step {
    }

    /// A task for this due time.
    public record Fire(long due) implements Step {
    }

    /// Returns the time of the next decision about a cron task, if no task of it is in the way; Long.MAX_VALUE for
    /// never.
    static long lookAt(CronTask cron) {
        return cron.nextRun() == 0 ? Long.MAX_VALUE
                : Math.max(cron.notBefore(), cron.plan().jitter() == 0 ? cron.nextRun()
                        : new CronSchedule(cron).serveAt(cron.nextRun()));
    }

    /// Decides what to do about a cron task now.
    ///
    /// @param busy         the task of its last run if that is pending or running; otherwise null
    /// @param missedBefore due times that should have been served before this time were missed
    public static Step decide(CronTask cron, Task busy, long missedBefore, long now) {
        if (cron.waiting() != 0 && busy == null) {
            return new Fire(cron.waiting());
        }
        if (cron.nextRun() == 0 || lookAt(cron) > now) {
            return new Wait();
        }
        CronSchedule schedule = new CronSchedule(cron);
        if (schedule.serveAt(cron.nextRun()) < missedBefore) {
            long goOn = afterMissed(schedule, cron, missedBefore, now);
            if (goOn != cron.nextRun()) {
                int count = schedule.count(cron.nextRun(), goOn, COUNTED_MAX);
                boolean some = goOn != 0 && schedule.serveAt(goOn) < missedBefore;
                return skipped(cron, count, !some ? MISSED
                        : cron.plan().missed() == Missed.ONCE ? MISSED_BUT_THE_LAST : MISSED_TOO_MANY, goOn, now);
            }
        }
        Overlap overlap = cron.plan().overlap();
        if (busy == null || overlap == Overlap.ALLOW || overlap == Overlap.REPLACE) {
            return new Fire(cron.nextRun());
        }
        long next = schedule.next(cron.nextRun());
        if (overlap == Overlap.QUEUE && cron.waiting() == 0) {
            return new Change(new CronEvent(What.WAITING, now,
                    paced(schedule, cron.coming(next, cron.nextRun(), 0), now), null));
        }
        return skipped(cron, 1, TaskId.format(busy.id()) + " of the run before was still " + busy.status().text
                + (overlap == Overlap.QUEUE ? ", and another run was waiting" : ""), next, now);
    }

    /// Returns the event of a due time that created this task.
    public static CronEvent fired(CronTask cron, long due, long task, long now) {
        CronTask ran = cron.ran(task, due, now);
        if (!ran.mayRun()) {
            return new CronEvent(What.FIRED, now, ran.coming(0, 0, 0), null);
        }
        boolean waited = due == cron.waiting();
        CronSchedule schedule = new CronSchedule(cron);
        long next = waited ? cron.nextRun() : schedule.next(due);
        return new CronEvent(What.FIRED, now,
                paced(schedule, ran.coming(next, waited ? 0 : cron.waiting(), 0), now), null);
    }

    /// Returns the event of a run on request; the due times stay.
    public static CronEvent firedByHand(CronTask cron, long task, long now) {
        CronTask ran = cron.ran(task, now, now);
        return new CronEvent(What.FIRED, now, ran.mayRun() ? ran : ran.coming(0, 0, 0), null);
    }

    /// Returns the event of a due time that could not create a task.
    public static CronEvent failed(CronTask cron, long due, String reason, long now) {
        if (due == cron.waiting()) {
            return new CronEvent(What.SKIPPED, now,
                    cron.coming(cron.nextRun(), 0, cron.notBefore()).skipped(1, reason), null);
        }
        return skipped(cron, 1, reason, new CronSchedule(cron).next(due), now).event();
    }

    /// Returns the event of the end of a cron task's task; null if it changes nothing.
    public static CronEvent ended(CronTask cron, Task task, long now) {
        CronTask after = cron.with(cron.runs().ended(task.id(), task.status()),
                cron.failures() + (task.status() == TaskStatus.FAILED ? 1 : 0));
        return after.runs() == cron.runs() && after.failures() == cron.failures() ? null
                : new CronEvent(What.ENDED, now, after, null);
    }

    /// Returns the cron task with a new plan, which applies from now on.
    ///
    /// @throws Problem 400 if its times change, and it is enabled but has no due time from now on
    public static CronTask planned(CronTask cron, CronPlan plan, long now) {
        if (cron.updatedAt() != 0 && plan.sameTimes(cron.plan())) {
            return waitingDropped(cron, cron.planned(plan, now, cron.nextRun()).coming(cron.nextRun(),
                    plan.overlap() == Overlap.QUEUE ? cron.waiting() : 0, cron.notBefore()));
        }
        CronSchedule schedule = new CronSchedule(cron.id(), plan, cron.createdAt());
        // no due time comes again after a clock was set back a little
        long last = cron.runs().size() == 0 ? 0 : cron.runs().dueAt(cron.runs().size() - 1);
        long from = last > now && last - now < CORRECTION_MS ? last : now;
        long next = schedule.next(from);
        if (next == 0 && plan.enabled()) {
            throw Problem.badRequest("cron_expr \"" + plan.expression() + "\" has no due time "
                    + (plan.endAt() == 0 ? "from now on" : "before end_at"));
        }
        CronTask after = cron.planned(plan, now, plan.enabled() ? next : 0);
        return waitingDropped(cron, after.mayRun() ? after : after.coming(0, 0, 0));
    }

    /// Counts a waiting run as skipped if it was dropped.
    private static CronTask waitingDropped(CronTask before, CronTask after) {
        return before.waiting() != 0 && after.waiting() == 0 ? after.skipped(1, CHANGED) : after;
    }

    /// Returns the event of a clock that was set: a planned date stays, unless the clock was set back so far that it is
    /// void; an `@every` interval begins again. Null if this cron task need not change.
    ///
    /// @param by the change of the clock, in milliseconds; negative: back
    public static CronEvent rescheduled(CronTask cron, long by, long now) {
        CronSchedule schedule = new CronSchedule(cron);
        if (cron.nextRun() == 0 || !schedule.isEvery() && by > -CORRECTION_MS) {
            return null;
        }
        long first = schedule.next(now);
        long next = by > 0 ? Math.max(first, cron.nextRun()) : Math.min(first, cron.nextRun());
        return first == 0 || next == cron.nextRun() && cron.notBefore() <= now ? null
                : new CronEvent(What.RESCHEDULED, now, cron.coming(next, cron.waiting(), 0), null);
    }

    /// Returns the first missed due time that gets a run; if there is none, the first that was not missed.
    private static long afterMissed(CronSchedule schedule, CronTask cron, long missedBefore, long now) {
        long oldest = Math.max(cron.nextRun(), now - cron.plan().missedMaxAge());
        long first = switch (cron.plan().missed()) {
            case SKIP -> 0;
            case ONCE -> schedule.newest(oldest, missedBefore, 1);
            case ALL -> schedule.newest(oldest, missedBefore, MADE_UP_MAX);
        };
        return first != 0 ? first : schedule.firstNotBefore(cron.nextRun(), missedBefore);
    }

    private static Change skipped(CronTask cron, int count, String reason, long next, long now) {
        return new Change(new CronEvent(What.SKIPPED, now,
                cron.coming(next, cron.waiting(), cron.notBefore()).skipped(count, reason), null));
    }

    /// Delays an overdue next run a little, so that missed runs are made up for in steps.
    private static CronTask paced(CronSchedule schedule, CronTask cron, long now) {
        boolean overdue = cron.nextRun() != 0 && schedule.serveAt(cron.nextRun()) <= now;
        return overdue ? cron.coming(cron.nextRun(), cron.waiting(), now + MADE_UP_PAUSE_MS) : cron;
    }
}
