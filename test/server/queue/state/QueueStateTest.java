package server.queue.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;

import server.order.LoadedOffers;
import server.order.Offers;
import server.order.ReadyOrder;
import server.order.limits.OrderLimits;
import server.task.ApiPath;
import server.task.Caller;
import server.task.Submission;
import server.task.Task;
import server.task.TaskState;
import server.task.Terms;
import server.task.Times;
import shared.Problem;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.Slice;

/// The rules of the queue, one by one.
class QueueStateTest {

    private static final long NOW = Times.parse("now", "2026-01-02T03:04:05.678Z");
    private static final long HOUR = 3_600_000;
    private static final Offers ANYWHERE = LoadedOffers.at("h1");

    private QueueState state = new QueueState(new QueueOptions(10, 2, Duration.ofDays(7), Duration.ofDays(30), 10));
    private long seq;
    private long ids;

    @Test
    void start_higherPriorityFirst_thenFirstComeFirstServed() {
        Task low = submit(1);
        Task first = submit(5);
        Task second = submit(5);
        Task high = submit(10);
        assertEquals(List.of(high.id(), first.id(), second.id(), low.id()), startAll(NOW));
    }

    @Test
    void start_placeForAnotherModelOnly_passesOverTheLane() {
        Task a = submit("a", 5, Terms.DEFAULT);
        submit("a", 5, Terms.DEFAULT);
        Task b = submit("b", 5, Terms.DEFAULT);
        List<Long> asked = new ArrayList<>();
        Event.Change event = state.start(new LoadedOffers(task -> {
            asked.add(task.id());
            return task.model().equals("b") ? "h" : null;
        }), NOW);
        assertEquals(b.id(), event.task().id());
        assertEquals(List.of(a.id(), b.id()), asked);
    }

    @Test
    void start_triedTasks_areAskedOneByOne() {
        Task first = submit(5);
        Task second = submit(5);
        start(NOW);
        start(NOW);
        apply(LifeCycle.retrying(state.get(first.id()), "busy", 0, false, false, NOW));
        apply(LifeCycle.retrying(state.get(second.id()), "busy", 0, false, false, NOW));
        Event.Change event = state.start(new LoadedOffers(task -> task.id() == second.id() ? "h2" : null), NOW);
        assertEquals(second.id(), event.task().id());
    }

    @Test
    void start_taskPutBack_keepsItsPlace() {
        Task first = submit(5);
        Task second = submit(5);
        start(NOW);
        apply(LifeCycle.retrying(state.get(first.id()), "host gone", 0, false, false, NOW));
        assertEquals(List.of(first.id(), second.id()), startAll(NOW));
    }

    @Test
    void start_whilePaused_holds_whileDraining_runs() {
        submit(5);
        apply(new Event.ModeChange(QueueMode.PAUSED, NOW));
        assertNull(state.start(ANYWHERE, NOW));
        apply(new Event.ModeChange(QueueMode.DRAINING, NOW));
        assertEquals(1, startAll(NOW).size());
    }

    @Test
    void scheduledTask_startsWhenItsTimeHasCome() {
        Task later = submit("m", 5, scheduled(NOW + HOUR, 0));
        assertEquals(NOW + HOUR, state.nextDue());
        assertEquals(List.of(), startAll(NOW + HOUR - 1));
        assertEquals(List.of(later.id()), startAll(NOW + HOUR));
    }

    @Test
    void scheduledTask_inThePast_runsNow() {
        Task past = submit("m", 5, scheduled(NOW - HOUR, 0));
        assertEquals(List.of(past.id()), startAll(NOW));
    }

    @Test
    void expiredTask_fails_alsoWhilePaused() {
        Task task = submit("m", 5, scheduled(0, NOW + HOUR));
        apply(new Event.ModeChange(QueueMode.PAUSED, NOW));
        assertNull(state.due(NOW + HOUR - 1));
        apply(state.due(NOW + HOUR));
        assertEquals(TaskStatus.FAILED, state.get(task.id()).status());
        assertEquals("expired in the queue at 2026-01-02T04:04:05.678Z", state.get(task.id()).state().error());
    }

    @Test
    void expiredTask_nobodyNoticedYet_isNeverStarted() {
        submit("m", 5, scheduled(0, NOW + HOUR));
        assertEquals(Event.What.FAILED, state.start(ANYWHERE, NOW + HOUR).what());
    }

    @Test
    void held_whatWasThereBefore_neitherExpiresNorIsForgottenNorStarts() {
        Task expiring = submit("m", 5, scheduled(0, NOW + HOUR));
        Task done = submit("m", 6, scheduled(0, 0));
        start(NOW);
        apply(LifeCycle.completed(state.get(done.id()), null, false, NOW));
        long muchLater = NOW + 100L * 24 * HOUR;
        state.hold(NOW + 1);
        assertNull(state.due(muchLater));
        assertNull(state.start(ANYWHERE, muchLater));
        assertEquals(Long.MAX_VALUE, state.nextDue());
        state.hold(0);
        apply(state.due(muchLater));
        assertEquals(TaskStatus.FAILED, state.get(expiring.id()).status());
        apply(state.due(muchLater));
        assertNull(state.get(done.id()));
    }

    @Test
    void held_whatCameLater_expires() {
        state.hold(NOW);
        submit("m", 5, scheduled(0, NOW + HOUR));
        assertEquals(Event.What.FAILED, state.due(NOW + HOUR).what());
    }

    @Test
    void expiry_ofARunningTask_doesNotCount() {
        Task task = submit("m", 5, scheduled(0, NOW + HOUR));
        start(NOW);
        assertNull(state.due(NOW + HOUR));
        apply(LifeCycle.retrying(state.get(task.id()), "lost", 0, true, false, NOW + HOUR));
        assertEquals(Event.What.FAILED, state.due(NOW + HOUR).what());
    }

    @Test
    void retrying_countedFailure_usesUpARetryAndIsOnRecord() {
        Task task = submit(5);
        start(NOW);
        apply(LifeCycle.retrying(state.get(task.id()), "lost", NOW + 500, true, false, NOW + 1));
        Task after = state.get(task.id());
        assertEquals(new TaskState.Pending(NOW + 500, "lost"), after.state());
        assertEquals(1, after.retries());
        assertEquals(List.of(LoadedOffers.attempt(1, "h1", NOW, NOW + 1, "lost", true, false)), after.attempts());
    }

    @Test
    void retrying_failureOfTheHost_leavesNoTraceButTheReason() {
        Task task = submit(5);
        start(NOW);
        apply(LifeCycle.retrying(state.get(task.id()), "refused", 0, false, false, NOW + 1));
        assertEquals(0, state.get(task.id()).retries());
        assertEquals(List.of(), state.get(task.id()).attempts());
        assertEquals("refused", state.get(task.id()).state().error());
    }

    @Test
    void crash_isAnAttemptOnRecordThatUsesUpNoRetry() {
        Task task = submit(5);
        start(NOW);
        apply(LifeCycle.cutOff(state.get(task.id()), NOW + 9));
        assertEquals(0, state.get(task.id()).retries());
        assertEquals(List.of(LoadedOffers.attempt(1, "h1", NOW, NOW + 9, "the server stopped while it ran", false,
                false)),
                state.get(task.id()).attempts());
    }

    @Test
    void deaths_afterTheThird_theTaskRunsAlone_andFailsWithTheNext() {
        Task suspect = submit(5);
        Task other = submit(5);
        for (int death = 1; death <= 3; death++) {
            assertEquals(List.of(suspect.id(), other.id()), startAll(NOW));
            if (death == 2) {
                // an orderly stop
                List.of(suspect, other).forEach(task -> apply(LifeCycle.cutOff(state.get(task.id()), NOW + 1)));
                assertEquals(List.of(suspect.id(), other.id()), startAll(NOW));
            }
            if (death == 1) {
                apply(LifeCycle.completed(state.get(other.id()), Slice.of(new byte[] {'1'}), false, NOW));
                other = submit(5);
            }
            state.leftBehind().forEach(task -> apply(LifeCycle.leftBehind(task, NOW + 2)));
        }
        assertEquals("the server died while it ran, repeatedly; next it runs alone",
                state.get(suspect.id()).state().error());
        assertEquals("the server died while it ran", state.get(other.id()).state().error());
        Task urgent = submit(10);

        start(NOW);
        assertNull(state.start(ANYWHERE, NOW), urgent.name() + " runs");
        apply(LifeCycle.completed(state.get(urgent.id()), Slice.of(new byte[] {'1'}), false, NOW));
        start(NOW);
        assertEquals(TaskStatus.RUNNING, state.get(suspect.id()).status());
        assertNull(state.start(ANYWHERE, NOW), suspect.name() + " runs alone");

        state.leftBehind().forEach(task -> apply(LifeCycle.leftBehind(task, NOW + 3)));
        assertEquals(new TaskState.Failed(NOW, NOW + 3, "h1", "the server died while it ran, repeatedly, the last"
                + " time while nothing else ran"), state.get(suspect.id()).state());
        assertEquals(List.of(other.id()), startAll(NOW));
    }

    @Test
    void deaths_aTaskThatRanAlone_letsOthersBeginWhenItHasEnded() {
        Task suspect = submit(5);
        for (int death = 1; death <= 3; death++) {
            start(NOW);
            state.leftBehind().forEach(task -> apply(LifeCycle.leftBehind(task, NOW)));
        }
        Task other = submit(5);
        start(NOW);
        apply(LifeCycle.cutOff(state.get(suspect.id()), NOW));
        start(NOW);
        assertNull(state.start(ANYWHERE, NOW));
        apply(state.cancel(suspect.id(), null, NOW));
        assertEquals(List.of(other.id()), startAll(NOW));
    }

    @Test
    void cancel_ofAnEndedTask_isRefused() {
        Task task = submit(5);
        start(NOW);
        apply(LifeCycle.completed(state.get(task.id()), Slice.of(new byte[] {'1'}), false, NOW));
        assertRefused(409, task.name() + " is completed and cannot be cancelled",
                () -> state.cancel(task.id(), null, NOW));
        Task other = submit(5);
        apply(state.cancel(other.id(), null, NOW));
        assertRefused(409, other.name() + " is cancelled already", () -> state.cancel(other.id(), null, NOW));
    }

    @Test
    void cancel_ofARunningTask_isFinal() {
        Task task = submit(5);
        start(NOW);
        Event.Change event = state.cancel(task.id(), null, NOW + 3);
        apply(event);
        assertEquals(List.of(LoadedOffers.attempt(1, "h1", NOW, NOW + 3, "cancelled", false, false)), event.attempts());
        assertThrows(Problem.class, () -> LifeCycle.completed(state.get(task.id()), Slice.of(new byte[0]), false, NOW));
        assertThrows(Problem.class, () -> LifeCycle.retrying(state.get(task.id()), "x", 0, true, false, NOW));
    }

    @Test
    void priority_ofARunningTask_countsForTheNextAttempt() {
        Task first = submit(5);
        Task second = submit(5);
        start(NOW);
        apply(state.changePriority(first.id(), 1, Integer.MAX_VALUE, NOW));
        apply(LifeCycle.retrying(state.get(first.id()), null, 0, false, false, NOW));
        assertEquals(List.of(second.id(), first.id()), startAll(NOW));
        apply(LifeCycle.failed(state.get(first.id()), "x", null, NOW));
        assertRefused(409,
                first.name() + " is failed, and a priority counts only for a task that is pending or running",
                () -> state.changePriority(first.id(), 9, Integer.MAX_VALUE, NOW));
    }

    @Test
    void retry_startsAnewAtTheEnd_withAttemptsKept() {
        Task failed = submit(5);
        start(NOW);
        Event.Change end = LifeCycle.failed(state.get(failed.id()), "x", null, NOW);
        apply(end);
        Task other = submit(5);
        apply(state.retry(failed.id(), end.attempts(), Integer.MAX_VALUE, NOW));
        assertEquals(0, state.get(failed.id()).retries());
        assertEquals(1, state.get(failed.id()).attempts().size());
        assertEquals(seq, state.get(failed.id()).order());
        assertEquals(List.of(other.id(), failed.id()), startAll(NOW));
        assertRefused(409, failed.name() + " is running and cannot be retried; only a failed or cancelled task can",
                () -> state.retry(failed.id(), List.of(), Integer.MAX_VALUE, NOW));
    }

    @Test
    void retry_dropsAnExpiryThatHasPassed() {
        Task task = submit("m", 5, scheduled(0, NOW + HOUR));
        apply(state.due(NOW + HOUR));
        apply(state.retry(task.id(), List.of(), Integer.MAX_VALUE, NOW + 2 * HOUR));
        assertEquals(0, state.get(task.id()).terms().expiresAt());
        assertEquals(List.of(task.id()), startAll(NOW + 2 * HOUR));
    }

    @Test
    void delete_onlyOfEndedTasks() {
        Task task = submit(5);
        assertRefused(409, task.name() + " is pending and cannot be deleted; cancel it first",
                () -> state.delete(task.id(), NOW));
        apply(state.cancel(task.id(), null, NOW));
        apply(state.delete(task.id(), NOW));
        assertRefused(404, "no task " + task.name(), () -> state.delete(task.id(), NOW));
        assertEquals(0, state.arrivals().size());
    }

    @Test
    void retention_byCount_removesNoneYoungerThanADay() {
        for (int i = 0; i < 3; i++) {
            Task task = submit(5);
            start(NOW);
            apply(LifeCycle.completed(state.get(task.id()), Slice.of(new byte[] {'1'}), false, NOW + i));
        }
        assertNull(state.due(NOW + 24 * HOUR - 1));
        assertEquals(NOW + 24 * HOUR, state.nextDue());
        apply(state.due(NOW + 24 * HOUR));
        assertEquals(2, state.arrivals().size());
        assertNull(state.due(NOW + 25 * HOUR));
        assertEquals(Event.What.DELETED, state.due(NOW + 1 + 7 * 24 * HOUR).what());
    }

    @Test
    void retention_changed_holdsForTasksThatHaveEnded() {
        state = new QueueState(new QueueOptions(10, 0, Duration.ZERO, Duration.ZERO, 10));
        Task task = submit(5);
        start(NOW);
        apply(LifeCycle.completed(state.get(task.id()), Slice.of(new byte[] {'1'}), false, NOW));
        assertEquals(Long.MAX_VALUE, state.nextDue());
        state.reconfigure(new QueueOptions(10, 0, Duration.ofHours(3), Duration.ZERO, 10));
        assertEquals(NOW + 3 * HOUR, state.nextDue());
        // in rounds: at the first full hour after its time, which is 06:04:05.678
        state.reconfigure(new QueueOptions(10, 0, Duration.ofHours(3), Duration.ZERO, 10, Duration.ofHours(1),
                Duration.ZERO, 0, OrderLimits.NONE));
        assertEquals(Times.parse("due", "2026-01-02T07:00:00Z"), state.nextDue());
        assertNull(state.due(state.nextDue() - 1));
        assertEquals(Event.What.DELETED, state.due(state.nextDue()).what());
    }

    @Test
    void retention_ofCalls_byAgeAndBytes_andAllWhenRoomIsShort() {
        // each call has two lines of 100 bytes that count
        state = new QueueState(new QueueOptions(10, 0, Duration.ofDays(7), Duration.ofDays(30), 10, Duration.ZERO,
                Duration.ofHours(2), 400, OrderLimits.NONE));
        endedCall(NOW);
        endedCall(NOW + 1);
        assertEquals(NOW + 2 * HOUR, state.nextDue());
        assertNull(state.due(NOW + 2 * HOUR - 1));
        apply(state.due(NOW + 2 * HOUR));
        assertNull(state.due(NOW + 2 * HOUR));

        endedCall(NOW + 2);
        assertNull(state.due(NOW + 2));
        long third = endedCall(NOW + 3);
        assertEquals(0, state.nextDue());
        apply(state.due(NOW + 3));
        assertNull(state.due(NOW + 3));

        // nobody knows how long they have been there
        state.hold(NOW + 9);
        assertNull(state.due(NOW + 9 * HOUR));
        assertEquals(Long.MAX_VALUE, state.nextDue());
        state.lackRoom(true);
        apply(state.due(NOW + 4));
        assertEquals(third, state.due(NOW + 4).task().id());
        state.lackRoom(false);
        assertNull(state.due(NOW + 4));
        state.reconfigure(new QueueOptions(10, 0, Duration.ofDays(7), Duration.ofDays(30), 10, Duration.ZERO,
                Duration.ZERO, 199, OrderLimits.NONE));
        apply(state.due(NOW + 5));
        assertEquals(0, state.arrivals().size());
    }

    private long endedCall(long now) {
        Terms terms = Terms.DEFAULT.of(new Caller(null, ApiPath.CHAT, true, false, true), null, 0);
        Task task = apply(LifeCycle.submitted(new Submission(TaskType.CHAT, "m", 5, terms, Slice.of(new byte[0]), null,
                ""), now, null, null, now));
        start(now);
        apply(LifeCycle.completed(state.get(task.id()), Slice.of(new byte[] {'1'}), false, now));
        return task.id();
    }

    private void admit(int count, int metadata) {
        Wanted wanted = new Wanted();
        for (int i = 0; i < count; i++) {
            wanted.add(new Submission(TaskType.CHAT, "m", 5, Terms.DEFAULT, Slice.of(new byte[0]),
                    i == 0 && metadata > 0 ? new byte[metadata] : null, ""));
        }
        state.admit(wanted);
    }

    @Test
    void limits_atTheLimitPass_oneMoreIsRefused() {
        Task last = null;
        for (int i = 0; i < 10; i++) {
            last = submit(5);
        }
        assertRefused(429, "the queue is full: 10 tasks are pending, and at most 10 may be; try again later",
                () -> admit(1, 0));
        apply(state.cancel(last.id(), null, NOW));
        assertRefused(429, "the queue has no room for 2 tasks: 9 are pending, and at most 10 may be; "
                + "submit fewer at once, or try again later", () -> admit(2, 0));
        assertRefused(429, "the queue has no room for 11 tasks: 9 are pending, and at most 10 may be; "
                + "submit fewer at once", () -> admit(11, 0));
        admit(1, 10);
        assertThrows(Problem.class, () -> admit(1, 11));
    }

    @Test
    void draining_refusesNewTasks() {
        apply(new Event.ModeChange(QueueMode.DRAINING, NOW));
        assertRefused(503, "the queue is draining and accepts no new tasks until it is resumed", () -> admit(1, 0));
    }

    @Test
    void idempotencyKey_livesAsLongAsItsTask() {
        apply(LifeCycle.submitted(submission("m", 5, Terms.DEFAULT), 77, "key", "print", NOW));
        assertEquals(77, state.known("key", "print"));
        assertThrows(Problem.class, () -> state.known("key", "another"));
        apply(state.cancel(77, null, NOW));
        apply(state.delete(77, NOW));
        assertEquals(-1, state.known("key", "another"));
    }

    @Test
    void clockGoneBackwards_makesNoTaskEndBeforeItStarted() {
        Task task = submit(5);
        start(NOW);
        apply(LifeCycle.completed(state.get(task.id()), Slice.of(new byte[] {'1'}), false, NOW - HOUR));
        assertEquals(new TaskState.Completed(NOW, NOW, "h1"), state.get(task.id()).state());
    }

    @Test
    void start_thousandsOfTriedTasksWithoutAPlace_areNotAllAskedFor() {
        state = new QueueState(new QueueOptions(100_000, 2, Duration.ofDays(7), Duration.ofDays(30), 10));
        for (int i = 0; i < 10_000; i++) {
            Task task = submit(5);
            start(NOW);
            apply(LifeCycle.retrying(state.get(task.id()), "lost", NOW + 1, true, false, NOW));
        }
        Task untried = submit("other", 5, Terms.DEFAULT);
        int[] asked = new int[1];
        Event.Change event = state.start(new LoadedOffers(task -> {
            asked[0]++;
            return task.id() == untried.id() ? "h" : null;
        }), NOW + 1);
        assertEquals(untried.id(), event.task().id());
        assertEquals(ReadyOrder.ASKED_MAX + 1, asked[0]);
    }

    private Task submit(int priority) {
        return submit("m", priority, Terms.DEFAULT);
    }

    private Task submit(String model, int priority, Terms terms) {
        return apply(state.submit(submission(model, priority, terms), ++ids << 20, null, null, NOW));
    }

    private static Submission submission(String model, int priority, Terms terms) {
        return new Submission(TaskType.CHAT, model, priority, terms,
                Slice.of("{}".getBytes(StandardCharsets.UTF_8)), null, "");
    }

    private static Terms scheduled(long at, long expiresAt) {
        return new Terms(at, expiresAt, 1000, 3, 10, 20, 2, false, null, false);
    }

    private void start(long now) {
        apply(state.start(ANYWHERE, now));
    }

    private List<Long> startAll(long now) {
        List<Long> started = new ArrayList<>();
        for (Event.Change event = state.start(ANYWHERE, now); event != null; event = state.start(ANYWHERE, now)) {
            started.add(apply(event).id());
        }
        return started;
    }

    private Task apply(Event event) {
        return state.apply(event, ++seq, seq, 100);
    }

    private static void assertRefused(int status, String message, Runnable decision) {
        Problem problem = assertThrows(Problem.class, decision::run);
        assertEquals(message, problem.getMessage());
        assertEquals(status, problem.status());
    }
}
