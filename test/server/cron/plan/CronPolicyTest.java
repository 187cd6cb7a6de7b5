package server.cron.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import server.cron.plan.CronPolicy.Change;
import server.cron.plan.CronPolicy.Fire;
import server.cron.plan.CronPolicy.Step;
import server.cron.plan.CronPolicy.Wait;
import server.task.Task;
import server.task.TaskState;
import server.task.Terms;
import shared.Problem;
import shared.TaskStatus;
import shared.TaskType;
import shared.config.Durations;
import shared.cron.CronExpression;

/// The rules of due times, without a queue: years pass in milliseconds.
final class CronPolicyTest {

    private static final long START = at("2026-01-01T00:00:00Z");
    private static final long HOUR = 3_600_000;

    /// What a run of some time did.
    private record Served(CronTask cron, List<Long> due, List<Long> at) {
    }

    @ParameterizedTest
    @CsvSource({"*/15 * * * *, UTC, 35040", "0 9 * * 1-5, America/New_York, 261", "30 2 * * *, Europe/Berlin, 365",
        "0 0 29 2 *, UTC, 0", "*/30 * * * *, Australia/Lord_Howe, 17520", "@every 90m, UTC, 5840"})
    void aYear_servedOnTime_firesEachDueTimeOnce(String expression, String zone, int runs) {
        CronTask cron = cron(plan(expression, zone, Missed.SKIP, Overlap.ALLOW));
        long end = START + 365 * 24 * HOUR;

        Served served = serve(cron, START, end, START);

        assertEquals(chain(expression, zone, START, end), served.due);
        assertEquals(served.due, served.at, "each at its time");
        assertEquals(runs, served.due.size());
        assertEquals(runs, served.cron.runCount());
        assertEquals(Math.min(runs, CronRuns.MAX), served.cron.runs().size());
        assertEquals(0, served.cron.skipped());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "SKIP | 24h | ''                        | 5", "ONCE | 24h | 05:00                     | 4",
        "ALL  | 24h | 01:00 02:00 03:00 04:00 05:00 | 0", "ALL  | 2h  | 04:00 05:00               | 3",
        "ONCE | 20m | ''                        | 5", "ALL  | 1m  | ''                        | 5"})
    void hourly_downForFiveHours_makesUpAsPlanned(Missed missed, String age, String made, int skipped) {
        CronPlan plan = new CronPlan("n", "0 * * * *", "UTC", true, missed,
                Durations.parse("age", age).toMillis(), Overlap.ALLOW, 0, 0, 0, 0, null);
        long back = at("2026-01-01T05:30:00Z");

        Served served = serve(cron(plan), back, back + 60_000, back);

        assertEquals(made, String.join(" ", served.due.stream().map(due -> Instant.ofEpochMilli(due).toString()
                .substring(11, 16)).toList()));
        assertEquals(skipped, served.cron.skipped());
        String reason = made.isEmpty() ? CronPolicy.MISSED
                : missed == Missed.ONCE ? CronPolicy.MISSED_BUT_THE_LAST : CronPolicy.MISSED_TOO_MANY;
        assertEquals(skipped == 0 ? null : reason, served.cron.lastSkip());
        assertEquals(at("2026-01-01T06:00:00Z"), served.cron.nextRun());
    }

    @Test
    void minutely_downForTenHours_makesUpForTheLastHundredInSteps() {
        long back = START + 10 * HOUR + 30_000;

        Served served = serve(cron(plan("* * * * *", "UTC", Missed.ALL, Overlap.ALLOW)), back, back + 20_000, back);

        assertEquals(CronPolicy.MADE_UP_MAX, served.due.size());
        assertEquals(START + 10 * HOUR, served.due.getLast());
        assertEquals(START + 10 * HOUR - 99 * 60_000, served.due.getFirst());
        assertEquals(500, served.cron.skipped());
        for (int i = 0; i < served.at.size(); i++) {
            assertEquals(back + i * CronPolicy.MADE_UP_PAUSE_MS, served.at.get(i));
        }
    }

    @ParameterizedTest
    @CsvSource({"SKIP", "ONCE", "ALL"})
    void everySecond_downForYears_isDecidedAtOnce(Missed missed) {
        long back = START + 10L * 365 * 24 * HOUR;
        ThreadMXBean work = ManagementFactory.getThreadMXBean();
        long begin = work.getCurrentThreadCpuTime();

        Served served = serve(cron(plan("* * * * * *", "America/New_York", missed, Overlap.ALLOW)), back, back, back);

        assertTrue(work.getCurrentThreadCpuTime() - begin < 10_000_000_000L, "too slow");
        assertEquals(CronPolicy.COUNTED_MAX, served.cron.skipped());
    }

    @Test
    void aServerThatIsLate_withinAMinute_missesNothing() {
        long now = START + 10_000;

        Served served = serve(cron(plan("* * * * * *", "UTC", Missed.SKIP, Overlap.ALLOW)), now, now + 2_000, START);

        assertEquals(START + 1_000, served.due.getFirst());
        assertEquals(0, served.cron.skipped());
        assertTrue(served.due.size() > 10, "it catches up");
    }

    @Test
    void aClockSetForward_byAnHour_isATimeMissed() {
        long now = START + HOUR;

        Served served = serve(cron(plan("*/10 * * * *", "UTC", Missed.SKIP, Overlap.ALLOW)), now, now, START);

        assertEquals(List.of(now), served.due);
        assertEquals(5, served.cron.skipped());
    }

    @Test
    void overlap_whileTheLastTaskIsBusy_doesAsPlanned() {
        Task busy = task();
        long due = START + HOUR;
        for (Overlap overlap : Overlap.values()) {
            CronTask cron = cron(plan("0 * * * *", "UTC", Missed.SKIP, overlap));
            Step step = CronPolicy.decide(cron, busy, 0, due);
            switch (overlap) {
                case SKIP -> {
                    CronTask after = ((Change) step).event().cron();
                    assertEquals(1, after.skipped());
                    assertTrue(after.lastSkip().contains("was still pending"), after.lastSkip());
                    assertEquals(due + HOUR, after.nextRun());
                }
                case ALLOW, REPLACE -> assertEquals(new Fire(due), step);
                case QUEUE -> {
                    CronTask waits = ((Change) step).event().cron();
                    assertEquals(due, waits.waiting());
                    assertEquals(0, waits.skipped());
                    assertInstanceOf(Wait.class, CronPolicy.decide(waits, busy, 0, due + 1));
                    CronTask two = ((Change) CronPolicy.decide(waits, busy, 0, due + HOUR)).event().cron();
                    assertEquals(1, two.skipped(), "at most one waits");
                    assertEquals(due, two.waiting());
                    assertEquals(new Fire(due), CronPolicy.decide(two, null, 0, due + HOUR + 1));
                    CronTask fired = CronPolicy.fired(two, due, 7, due + HOUR + 1).cron();
                    assertEquals(0, fired.waiting());
                    assertEquals(due + 2 * HOUR, fired.nextRun());
                }
            }
        }
    }

    @Test
    void jitter_isSpreadAndAlwaysTheSame() {
        CronPlan plan = new CronPlan("n", "0 * * * *", "UTC", true, Missed.SKIP, 24 * HOUR, Overlap.ALLOW, 600_000, 0,
                0, 0, null);
        Random random = new Random(1);
        long low = Long.MAX_VALUE;
        long high = 0;
        for (int i = 0; i < 1_000; i++) {
            CronSchedule schedule = new CronSchedule(random.nextLong() >>> 4, plan, START);
            long late = schedule.serveAt(START + HOUR) - START - HOUR;
            assertEquals(late, schedule.serveAt(START + HOUR) - START - HOUR);
            low = Math.min(low, late);
            high = Math.max(high, late);
        }
        assertTrue(low >= 0 && low < 20_000, "from " + low);
        assertTrue(high <= 600_000 && high > 580_000, "to " + high);

        Served served = serve(cron(plan), START, START + 24 * HOUR, START);
        assertEquals(chain("0 * * * *", "UTC", START, START + 23 * HOUR + 1), served.due.subList(0, 23));
        assertNotEquals(served.due, served.at);
        // its time has come while its jitter has not: not missed
        CronTask cron = cron(plan);
        long back = new CronSchedule(cron).serveAt(cron.nextRun()) - 1;
        assertEquals(cron.nextRun(), serve(cron, back, back + 1, back).due.getFirst());
    }

    @Test
    void bounds_ofTimeAndNumber_areKept() {
        CronPlan plan = new CronPlan("n", "0 * * * *", "UTC", true, Missed.SKIP, 24 * HOUR, Overlap.ALLOW, 0,
                START + 5 * HOUR, START + 8 * HOUR, 0, null);
        Served bounded = serve(cron(plan), START, START + 24 * HOUR, START);
        assertEquals(List.of(START + 5 * HOUR, START + 6 * HOUR, START + 7 * HOUR, START + 8 * HOUR), bounded.due);
        assertEquals(0, bounded.cron.nextRun());

        CronPlan twice = new CronPlan("n", "0 * * * *", "UTC", true, Missed.SKIP, 24 * HOUR, Overlap.ALLOW, 0, 0, 0, 2,
                null);
        Served two = serve(cron(twice), START, START + 24 * HOUR, START);
        assertEquals(2, two.due.size());
        assertEquals(0, two.cron.nextRun());

        CronPlan over = new CronPlan("n", "0 0 1 1 *", "UTC", true, Missed.SKIP, 24 * HOUR, Overlap.ALLOW, 0, 0,
                START + HOUR, 0, null);
        assertTrue(assertThrows(Problem.class, () -> cron(over)).getMessage().contains("no due time before end_at"));
    }

    @Test
    void aChangeOfPlan_countsFromNow_andTakesNoDueTimeAgain() {
        CronTask cron = cron(plan("0 * * * *", "UTC", Missed.ALL, Overlap.ALLOW));
        CronTask fired = CronPolicy.fired(cron, START + HOUR, 7, START + HOUR).cron();
        CronPlan other = plan("30 * * * *", "UTC", Missed.ALL, Overlap.ALLOW);

        assertEquals(START + HOUR + HOUR / 2, CronPolicy.planned(fired, other, START + HOUR + 1).nextRun());
        assertEquals(0, CronPolicy.planned(fired, other.enabled(false), START + HOUR).nextRun());
        // what was due while it was disabled was not missed
        CronTask off = CronPolicy.planned(fired, fired.plan().enabled(false), START + HOUR);
        assertEquals(START + 9 * HOUR, CronPolicy.planned(off, fired.plan(), START + 8 * HOUR + 1).nextRun());
        // a clock that went back some minutes since
        assertEquals(START + 2 * HOUR, CronPolicy.planned(off, fired.plan(), START + HOUR - 60_000).nextRun());
        // a change of anything else moves nothing
        CronPlan named = new CronPlan("other", "0 * * * *", "UTC", true, Missed.SKIP, 1, Overlap.SKIP, 0, 0, 0, 0,
                null);
        assertEquals(fired.nextRun(), CronPolicy.planned(fired, named, START + 50 * HOUR).nextRun());
    }

    @Test
    void aChangeOfPlan_whileARunWaits_countsItAsSkipped() {
        CronPlan plan = new CronPlan("n", "0 * * * *", "UTC", true, Missed.SKIP, 24 * HOUR, Overlap.QUEUE, 0, 0, 0, 0,
                null);
        CronTask planned = CronPolicy.planned(CronTask.blank(1, plan, HOUR), plan, HOUR);
        CronTask waits = planned.coming(planned.nextRun(), HOUR, 0);
        CronTask off = CronPolicy.planned(waits, plan.enabled(false), HOUR + 1);
        assertEquals(0, off.waiting());
        assertEquals(1, off.skipped());
        assertEquals(CronPolicy.CHANGED, off.lastSkip());
        assertEquals(0, CronPolicy.planned(planned, plan.enabled(false), HOUR + 1).skipped());
    }

    @Test
    void aClockSetBackByHours_movesWhatWasPlanned() {
        CronTask wrong = CronPolicy.fired(cron(plan("0 9 * * *", "UTC", Missed.SKIP, Overlap.SKIP)),
                at("2030-06-01T09:00:00Z"), 7, at("2030-06-01T09:00:00Z")).cron();
        assertEquals(at("2030-06-02T09:00:00Z"), wrong.nextRun());

        CronTask right = CronPolicy.rescheduled(wrong, -CronPolicy.CORRECTION_MS, START).cron();

        assertEquals(START + 9 * HOUR, right.nextRun());
        assertNull(CronPolicy.rescheduled(right, -CronPolicy.CORRECTION_MS, START + HOUR));
    }

    @Test
    void theEndOfATask_isRemembered() {
        Task task = task();
        CronTask ran = CronPolicy.fired(cron(plan("0 * * * *", "UTC", Missed.SKIP, Overlap.SKIP)), START + HOUR,
                task.id(), START + HOUR).cron();
        assertNull(ran.runs().outcome(0));

        CronTask failed = CronPolicy.ended(ran, task.with(new TaskState.Failed(1, 2, "h", "e")), START).cron();
        assertEquals(TaskStatus.FAILED, failed.runs().outcome(0));
        assertEquals(1, failed.failures());
        assertEquals(task.id(), failed.runs().task(0));
        // a task of more runs ago than are kept
        CronTask later = failed;
        for (int i = 0; i < CronRuns.MAX; i++) {
            later = CronPolicy.fired(later, later.nextRun(), 100 + i, later.nextRun()).cron();
        }
        assertNull(CronPolicy.ended(later, task.with(new TaskState.Completed(1, 2, "h")), START));
        assertEquals(2, CronPolicy.ended(later, task.with(new TaskState.Failed(1, 2, "h", "e")), START).cron()
                .failures());
    }

    /// Serves one cron task from a time on, looking only when it wants to be looked at.
    private static Served serve(CronTask cron, long from, long to, long since) {
        CronTask current = cron;
        List<Long> due = new ArrayList<>();
        List<Long> at = new ArrayList<>();
        for (long now = from; now <= to; now = Math.max(now, CronPolicy.lookAt(current))) {
            long missedBefore = Math.max(since, now - CronPolicy.LATE_MS);
            switch (CronPolicy.decide(current, null, missedBefore, now)) {
                case Fire fire -> {
                    due.add(fire.due());
                    at.add(now);
                    current = CronPolicy.fired(current, fire.due(), due.size(), now).cron();
                }
                case Change change -> current = change.event().cron();
                case Wait wait -> {
                    if (CronPolicy.lookAt(current) <= now || CronPolicy.lookAt(current) > to) {
                        return new Served(current, due, at);
                    }
                }
            }
        }
        return new Served(current, due, at);
    }

    private static List<Long> chain(String expression, String zone, long from, long to) {
        CronExpression cron = CronExpression.parse(expression, 1);
        List<Long> chain = new ArrayList<>();
        Instant start = Instant.ofEpochMilli(from);
        for (Instant due = cron.next(start, ZoneId.of(zone), start); due.toEpochMilli() <= to;
                due = cron.next(due, ZoneId.of(zone), start)) {
            chain.add(due.toEpochMilli());
        }
        return chain;
    }

    private static CronTask cron(CronPlan plan) {
        return CronPolicy.planned(CronTask.blank(1, plan, START), plan, START);
    }

    private static CronPlan plan(String expression, String zone, Missed missed, Overlap overlap) {
        return new CronPlan("n", expression, zone, true, missed, Duration.ofHours(24).toMillis(), overlap, 0, 0, 0, 0,
                null);
    }

    private static Task task() {
        return new Task(99, TaskType.CHAT, "m", 5, TaskState.Pending.READY, START, 1, 1, Terms.DEFAULT, null, 0,
                List.of(), 0, 0, null);
    }

    private static long at(String time) {
        return Instant.parse(time).toEpochMilli();
    }
}
