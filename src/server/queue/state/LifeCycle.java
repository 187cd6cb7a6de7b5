package server.queue.state;

import java.util.ArrayList;
import java.util.List;

import server.order.Choice;
import server.order.Deadlines;
import server.task.Attempt;
import server.task.Caller;
import server.task.CronOrigin;
import server.task.Submission;
import server.task.Task;
import server.task.TaskState;
import server.task.TaskState.Cancelled;
import server.task.TaskState.Completed;
import server.task.TaskState.Failed;
import server.task.TaskState.Pending;
import server.task.TaskState.Running;
import server.task.Terms;
import server.task.Times;
import shared.Problem;
import shared.TaskStatus;
import shared.json.Slice;

/// The transitions between a task's states: each method takes a task and returns the event that changes it, or throws a
/// [Problem] that tells why the transition is not possible. Nothing is changed here.
///
/// If the clock was set back, a task ends at the time at which it started, not before.
public final class LifeCycle {

    public static final String CUT_OFF = "the server stopped while it ran";
    public static final String DIED = "the server died while it ran";
    public static final String CALLER_GONE = "its caller is gone: the server was restarted";
    private static final String CANCELLED = "cancelled";

    private LifeCycle() {
    }

    /// Returns the event of a submit.
    public static Event.Change submitted(Submission asked, long id, String key, String fingerprint, long now) {
        return submitted(asked, id, null, key, fingerprint, now);
    }

    /// Returns the event of a submit, or of a cron task's run.
    ///
    /// @param cron the run of a cron task that makes it, or null
    public static Event.Change submitted(Submission asked, long id, CronOrigin cron, String key, String fingerprint,
            long now) {
        Terms terms = asked.terms().with(asked.terms().placing().submitted(now));
        Task task = new Task(id, asked.type(), asked.model(), asked.priority(), Pending.READY, now, terms,
                asked.metadata(), 0, cron);
        // the preview spreads beyond the journal: events show it, and the most recent of them stay in memory
        String preview = asked.terms().caller().record() ? asked.preview() : "";
        return new Event.Change(Event.What.SUBMITTED, now, task, List.of(),
                new Event.Request(asked.payload(), preview, key, fingerprint, asked.head()), null);
    }

    /// @param clockSet by how much the clock has been set since the server's start
    static Event.Change started(Task task, Choice choice, long clockSet, long now) {
        if (task.status() != TaskStatus.PENDING) {
            throw refused(task, "started");
        }
        return change(Event.What.STARTED, now, task.with(new Running(now, choice.offer().host(),
                choice.offer().rule(), choice.chosen(), clockSet)), task.attempts());
    }

    /// Returns the event of an attempt that completed the task.
    public static Event.Change completed(Task task, Slice result, boolean cut, long now) {
        return completed(task, result, cut, -1, -1, now);
    }

    /// Returns the event of an attempt that completed the task.
    ///
    /// @param cut    whether the result ended because it had reached its greatest length
    /// @param loadMs how long the host loaded, in milliseconds; -1: not reported
    public static Event.Change completed(Task task, Slice result, boolean cut, long loadMs, long tokens, long now) {
        Running run = running(task);
        long end = Math.max(now, run.startedAt());
        List<Attempt> attempts = attempted(task, run, end, null, true, false, loadMs, tokens);
        return new Event.Change(Event.What.COMPLETED, now,
                ended(task, new Completed(run.startedAt(), end, run.host(), cut)), attempts, null,
                recorded(task, result));
    }

    /// Returns the event of a task that fails.
    ///
    /// @param answer the host's answer to a call; null for none
    public static Event.Change failed(Task task, String error, Slice answer, long now) {
        Running run = running(task);
        long end = Math.max(now, run.startedAt());
        return new Event.Change(Event.What.FAILED, now,
                ended(task, new Failed(run.startedAt(), end, run.host(), error)),
                attempted(task, run, end, error, true), null, recorded(task, answer));
    }

    private static Slice recorded(Task task, Slice answer) {
        return task.terms().caller().record() ? answer : null;
    }

    /// Makes a task pending again after an attempt that used up a retry (`counted`), or after a failure of the host, of
    /// which only the reason for the wait remains.
    ///
    /// @param begun whether part of an answer has arrived: then the attempt is recorded in any case
    public static Event.Change retrying(Task task, String error, long retryAt, boolean counted, boolean begun,
            long now) {
        Running run = running(task);
        List<Attempt> attempts = counted || begun
                ? attempted(task, run, Math.max(now, run.startedAt()), error, counted) : task.attempts();
        return change(Event.What.RETRYING, now,
                task.with(pending(retryAt, error), task.retries() + (counted ? 1 : 0), attempts), attempts);
    }

    /// Makes a task pending again because the server stopped: the attempt is recorded and used up no retry.
    public static Event.Change cutOff(Task task, long now) {
        Running run = running(task);
        List<Attempt> attempts = attempted(task, run, Math.max(now, run.startedAt()), CUT_OFF, false);
        return change(Event.What.RETRYING, now, task.with(pending(0, CUT_OFF), task.retries(), attempts), attempts);
    }

    /// Makes a task pending again because the server died: the attempt is recorded and used up no retry. A task that
    /// was running alone then, after [Task#DEATHS_MAX] deaths, fails.
    private static Event.Change died(Task task, long now) {
        Running run = running(task);
        long end = Math.max(now, run.startedAt());
        List<Attempt> attempts = attempted(task, run, end, DIED, false, true, -1, -1);
        if (task.runsAlone()) {
            return new Event.Change(Event.What.FAILED, now, ended(task, new Failed(run.startedAt(), end, run.host(),
                    DIED + ", repeatedly, the last time while nothing else ran")), attempts, null, null);
        }
        Task after = task.with(pending(0, DIED), task.retries(), attempts);
        return change(Event.What.RETRYING, now, after.runsAlone()
                ? after.with(pending(0, DIED + ", repeatedly; next it runs alone")) : after, attempts);
    }

    static Event.Change expired(Task task, long now) {
        String why = task.state().error();
        return refused(task, "expired in the queue at " + Times.format(task.terms().expiresAt())
                + (why == null ? "" : "; its last trouble: " + why), now);
    }

    /// Returns the event of a task that fails without an attempt.
    static Event.Change refused(Task task, String error, long now) {
        if (task.status() != TaskStatus.PENDING) {
            throw refused(task, "failed before its attempt");
        }
        return change(Event.What.FAILED, now, ended(task, new Failed(0, now, null, error)), task.attempts());
    }

    /// Returns the event of a task that was pending or running when the server died.
    public static Event.Change leftBehind(Task task, long now) {
        return task.terms().caller().endsWithCaller() ? cancelled(task, CALLER_GONE, now) : died(task, now);
    }

    /// Returns the event of a task that is cancelled.
    ///
    /// @param reason null if none was given
    /// @throws Problem 409 if the task has ended
    public static Event.Change cancelled(Task task, String reason, long now) {
        return switch (task.state()) {
            case Pending pending -> change(Event.What.CANCELLED, now,
                    ended(task, new Cancelled(0, now, null, reason)), task.attempts());
            case Running run -> {
                long end = Math.max(now, run.startedAt());
                yield change(Event.What.CANCELLED, now,
                        ended(task, new Cancelled(run.startedAt(), end, run.host(), reason)),
                        attempted(task, run, end, reason == null ? CANCELLED : reason, false));
            }
            case Cancelled cancelled -> throw Problem.conflict(task.name() + " is cancelled already");
            case Completed completed -> throw refused(task, "cancelled");
            case Failed failed -> throw refused(task, "cancelled");
        };
    }

    /// @param asked the requested priority, if a limit lowered it; else null
    static Event.Change priority(Task task, int priority, Integer asked, long now) {
        if (task.status().ended()) {
            throw Problem.conflict(task.name() + " is " + task.status().text
                    + ", and a priority counts only for a task that is pending or running");
        }
        return change(Event.What.PRIORITY, now, task.withPriority(priority).withTerms(task.terms().asked(asked)),
                task.attempts());
    }

    /// Returns the event of a task that cannot meet its `finish_by`. The task continues.
    static Event.Change late(Task task, long now) {
        return change(Event.What.LATE, now, task.withTerms(task.terms().with(task.terms().placing().tooLate())),
                task.attempts());
    }

    /// Returns the same for a running task whose time is over, if that was not reported yet; else null.
    public static Event.Change overTime(Task task, long now) {
        return Deadlines.has(task) && now > task.terms().placing().finishBy() ? late(task, now) : null;
    }

    /// Makes a task pending again on request. An expiry that has passed is dropped: the retry is requested so that the
    /// task runs.
    ///
    /// @param attempts all so far, because an ended task does not hold them
    static Event.Change retried(Task task, List<Attempt> attempts, long now) {
        if (task.isUnrecorded()) {
            throw Problem.conflict(task.name() + " was not recorded, so there is nothing to retry");
        }
        return switch (task.state()) {
            case Failed failed -> retriedFresh(task, attempts, now);
            case Cancelled cancelled -> retriedFresh(task, attempts, now);
            case Pending pending -> throw refused(task, "retried; only a failed or cancelled task can");
            case Running running -> throw refused(task, "retried; only a failed or cancelled task can");
            case Completed completed -> throw refused(task, "retried; only a failed or cancelled task can");
        };
    }

    static Event.Change deleted(Task task, long now) {
        if (!task.status().ended()) {
            throw refused(task, "deleted; cancel it first");
        }
        return change(Event.What.DELETED, now, task, List.of());
    }

    private static Event.Change retriedFresh(Task task, List<Attempt> attempts, long now) {
        Terms terms = task.terms();
        long expiresAt = terms.expiresAt() <= now ? 0 : terms.expiresAt();
        // the original caller is gone; whoever requests the retry does not wait
        Caller caller = terms.caller().endsWithCaller() ? terms.caller().kept() : terms.caller();
        Task kept = expiresAt == terms.expiresAt() && caller == terms.caller() ? task
                : task.withTerms(terms.of(caller, terms.on(), expiresAt));
        // its order begins anew with this event
        return change(Event.What.RETRIED, now, kept.ordered(kept.arrival()).with(Pending.READY, 0, attempts), attempts);
    }

    private static Event.Change change(Event.What what, long now, Task task, List<Attempt> attempts) {
        return new Event.Change(what, now, task, attempts, null, null);
    }

    private static Task ended(Task task, TaskState state) {
        return task.with(state, task.retries(), List.of());
    }

    private static Pending pending(long retryAt, String error) {
        return retryAt == 0 && error == null ? Pending.READY : new Pending(retryAt, error);
    }

    private static Running running(Task task) {
        if (task.state() instanceof Running run) {
            return run;
        }
        throw refused(task, "ended by an attempt");
    }

    private static List<Attempt> attempted(Task task, Running run, long end, String error, boolean counted) {
        return attempted(task, run, end, error, counted, false, -1, -1);
    }

    private static List<Attempt> attempted(Task task, Running run, long end, String error, boolean counted,
            boolean died, long loadMs, long tokens) {
        List<Attempt> before = task.attempts();
        Attempt last = new Attempt(before.size() + 1, run.host(), run.startedAt(), end, error, counted,
                run.rule(), died, loadMs, tokens, run.chosen());
        if (before.isEmpty()) {
            return List.of(last);
        }
        List<Attempt> attempts = new ArrayList<>(before);
        attempts.add(last);
        return List.copyOf(attempts);
    }

    private static Problem refused(Task task, String what) {
        return Problem.conflict(task.name() + " is " + task.status().text + " and cannot be " + what);
    }
}
