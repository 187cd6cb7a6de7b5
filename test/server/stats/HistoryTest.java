package server.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;

import server.stats.Minute.Percentiles;
import server.queue.state.Event.What;
import server.task.Attempt;
import server.task.Task;
import server.task.TaskState;
import server.task.Terms;
import shared.TaskType;

final class HistoryTest {

    private static final long MINUTE = 60_000;
    /// Twenty seconds into a minute.
    private static final long START = 1_000_000 * MINUTE + 20_000;

    private final History history = new History(START, 0, 5, 2);

    @Test
    void last_ofANewRecord_isTheRunningMinute() {
        List<Minute> minutes = history.last(60, START + 10_000);
        assertEquals(List.of(new Minute(START - 20_000, 10, 5, 2, 0, 0, 0, 0, 0, Percentiles.NONE, Percentiles.NONE)),
                minutes);
        assertEquals(START, history.since());
    }

    @Test
    void take_aTasksLife_movesTheDepths() {
        Task task = task(START);
        history.take(What.SUBMITTED, task, START);
        assertDepths(6, 2);
        Task running = task.with(new TaskState.Running(START + 100, "h"));
        history.take(What.STARTED, running, START + 100);
        assertDepths(5, 3);
        history.take(What.RETRYING, task, START + 200);
        assertDepths(6, 2);
        history.take(What.STARTED, running, START + 300);
        history.take(What.COMPLETED, task.with(new TaskState.Completed(START + 300, START + 330, "h")), START + 330);
        assertDepths(5, 2);
        history.take(What.DELETED, task.with(new TaskState.Completed(START + 300, START + 330, "h")), START + 340);
        history.take(What.PRIORITY, task, START + 340);
        assertDepths(5, 2);
        Minute minute = now();
        assertEquals(1, minute.submitted());
        assertEquals(1, minute.completed());
        assertEquals(new Percentiles(30, 30), minute.runs());
    }

    @Test
    void take_endsOfTasksThatNeverRan_leaveTheQueue() {
        history.take(What.FAILED, task(START).with(new TaskState.Failed(0, START, null, "expired")), START);
        history.take(What.CANCELLED, task(START).with(new TaskState.Cancelled(0, START, null, null)), START);
        assertDepths(3, 2);
        history.take(What.FAILED, task(START).with(new TaskState.Failed(START, START, "h", "e")), START);
        history.take(What.CANCELLED, task(START).with(new TaskState.Cancelled(START, START, "h", null)), START);
        assertDepths(3, 0);
        history.take(What.RETRIED, task(START), START);
        assertDepths(4, 0);
        assertEquals(2, now().failed());
        assertEquals(2, now().cancelled());
    }

    @Test
    void waits_areOfFirstAttemptsOnly() {
        history.take(What.STARTED, task(START - 16).with(new TaskState.Running(START, "h")), START);
        assertEquals(new Percentiles(16, 16), now().waits());
        Task again = task(START - 999_999).with(new TaskState.Running(START, "h"), 1,
                List.of(new Attempt(1, "h", START - 9, START - 8, "e", true)));
        history.take(What.STARTED, again, START);
        assertEquals(new Percentiles(16, 16), now().waits());
    }

    @Test
    void waits_ofAScheduledTask_beginAtItsTime() {
        Terms terms = new Terms(START - 3, 0, 0, 0, 0, 0, 0, false, null, false);
        Task task = task(START - 100_000).withTerms(terms).with(new TaskState.Running(START, "h"));
        history.take(What.STARTED, task, START);
        assertEquals(new Percentiles(3, 3), now().waits());
    }

    @Test
    void last_acrossAGap_carriesTheDepths() {
        history.take(What.SUBMITTED, task(START), START);
        history.take(What.SUBMITTED, task(START), START + 4 * MINUTE);
        List<Minute> minutes = history.last(60, START + 5 * MINUTE);
        assertEquals(List.of(6L, 6L, 6L, 6L, 7L, 7L), minutes.stream().map(Minute::pending).toList());
        assertEquals(List.of(1L, 0L, 0L, 0L, 1L, 0L), minutes.stream().map(Minute::submitted).toList());
        assertEquals(List.of(40.0, 60.0, 60.0, 60.0, 60.0, 20.0), minutes.stream().map(Minute::seconds).toList());
    }

    @Test
    void last_ofAWindow_isNoLongerThanIt() {
        history.take(What.SUBMITTED, task(START), START + MINUTE);
        assertEquals(60, history.last(60, START + 90 * MINUTE).size());
        assertEquals(1, history.last(1, START + 90 * MINUTE).size());
        assertEquals(91, history.last(History.MINUTES, START + 90 * MINUTE).size());
        assertEquals(START - 20_000 + 31 * MINUTE, history.last(60, START + 90 * MINUTE).getFirst().at());
    }

    @Test
    void last_afterMoreThanADay_forgetsTheFirst() {
        history.take(What.SUBMITTED, task(START), START);
        List<Minute> day = history.last(History.MINUTES, START + (History.MINUTES - 1) * MINUTE);
        assertEquals(History.MINUTES, day.size());
        assertEquals(1, day.getFirst().submitted());
        List<Minute> next = history.last(History.MINUTES, START + History.MINUTES * MINUTE);
        assertEquals(History.MINUTES, next.size());
        assertEquals(0, next.stream().mapToLong(Minute::submitted).sum());
        assertEquals(6, next.getFirst().pending());
        assertEquals(next.getFirst().at(), history.since());
    }

    @Test
    void last_afterAYearsGap_isOfTheLastDay() {
        history.take(What.SUBMITTED, task(START), START);
        long later = START + 365L * History.MINUTES * MINUTE;
        history.take(What.SUBMITTED, task(START), later);
        List<Minute> day = history.last(History.MINUTES, later);
        assertEquals(History.MINUTES, day.size());
        assertEquals(6, day.getFirst().pending());
        assertEquals(7, day.getLast().pending());
    }

    @Test
    void percentiles_ofAnEndedMinute_stay() {
        history.take(What.STARTED, task(START - 16).with(new TaskState.Running(START, "h")), START);
        history.take(What.STARTED, task(START).with(new TaskState.Running(START + MINUTE, "h")), START + MINUTE);
        List<Minute> minutes = history.last(60, START + MINUTE);
        assertEquals(16, minutes.getFirst().waits().p95());
        assertEquals(MINUTE, minutes.getLast().waits().p50(), MINUTE * History.PERCENTILE_ERROR);
    }

    @Test
    void take_clockSetBackALittle_countsIntoTheRunningMinute() {
        history.take(What.SUBMITTED, task(START), START + 3 * MINUTE);
        history.take(What.SUBMITTED, task(START), START + 2 * MINUTE);
        List<Minute> minutes = history.last(60, START + 2 * MINUTE);
        assertEquals(4, minutes.size());
        assertEquals(2, minutes.getLast().submitted());
    }

    @Test
    void take_clockSetBackFar_takesTheFutureOffTheRecord() {
        history.take(What.SUBMITTED, task(START), START);
        history.take(What.SUBMITTED, task(START), START + 100 * MINUTE);
        history.take(What.SUBMITTED, task(START), START + 50 * MINUTE);
        List<Minute> minutes = history.last(History.MINUTES, START + 50 * MINUTE);
        assertEquals(51, minutes.size());
        assertEquals(2, minutes.stream().mapToLong(Minute::submitted).sum());
        assertEquals(8, minutes.getLast().pending());
    }

    @Test
    void take_clockSetBackBeforeTheStart_beginsTheRecordAnew() {
        history.take(What.SUBMITTED, task(START), START);
        history.take(What.SUBMITTED, task(START), START - 100 * MINUTE);
        assertEquals(START - 100 * MINUTE, history.since());
        assertEquals(List.of(1L), history.last(60, START - 100 * MINUTE).stream().map(Minute::submitted).toList());
    }

    @Test
    void wrote_countsTokensIntoItsMinute() {
        history.answered(1, 120, 0, -1, START + MINUTE);
        Minute minute = history.last(60, START + MINUTE + 20_000).getLast();
        assertEquals(120, minute.tokens());
        assertEquals(3, minute.tokensPerSecond());
    }

    @Test
    void rates_areOfTheLastMinutes() {
        history.take(What.SUBMITTED, task(START), START);
        history.answered(1, 120, 0, 1_500, START);
        Rates rates = history.rates(START + 2 * MINUTE);
        assertEquals(0.5, rates.submittedPerMinute());
        assertEquals(1, rates.tokensPerSecond());
        assertEquals(0, history.rates(START + 20 * MINUTE).submittedPerMinute());
    }

    @Test
    void minutesWithoutEvents_takeNoTime() {
        for (int i = 0; i < 100_000; i++) {
            history.last(1, START + i * MINUTE);
        }
        assertTrue(history.last(History.MINUTES, START + 100_000 * MINUTE).stream()
                .allMatch(minute -> minute.pending() == 5 && minute.running() == 2));
    }

    private void assertDepths(long pending, long running) {
        assertEquals(pending, now().pending());
        assertEquals(running, now().running());
    }

    private Minute now() {
        return history.last(1, START + 1_000).getFirst();
    }

    private static Task task(long createdAt) {
        return new Task(1, TaskType.CHAT, "m", 5, TaskState.Pending.READY, createdAt, 1, 1, Terms.DEFAULT, null, 0,
                List.of(), 0, 0, null);
    }
}
