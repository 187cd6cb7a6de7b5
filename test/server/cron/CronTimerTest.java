package server.cron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import server.cron.plan.CronJson;
import server.cron.plan.CronTask;
import server.order.limits.LimitsOf;
import server.queue.Run;
import server.queue.index.TaskFilter;
import server.queue.page.TaskSort;
import server.queue.state.QueueMode;
import server.queue.state.QueueOptions;
import server.task.Submission;
import server.task.Task;
import server.task.Terms;
import shared.Problem;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.JsonWriter;
import shared.json.Slice;
import support.Await;

/// Due times become tasks, over a real queue and journal, through crashes, pauses and clocks that jump.
final class CronTimerTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Submission LARGE = submission("x".repeat(1_000));
    private static final Submission SMALL = submission("x");

    private static Submission submission(String prompt) {
        return new Submission(TaskType.GENERATE, "m", 5, Terms.DEFAULT,
                Slice.of(("{\"prompt\":\"" + prompt + "\"}").getBytes(StandardCharsets.US_ASCII)), null, "x");
    }

    @Test
    void aDueTime_makesATask_thatNamesIt() throws IOException {
        try (CronRig rig = new CronRig()) {
            CronTask cron = rig.add("0 * * * *", "'timezone':'Asia/Kolkata','overlap':'allow'");
            rig.pass(HOUR.multipliedBy(2));
            assertEquals(List.of("00:30:00", "01:30:00"), rig.due());
            Task task = rig.made().getLast();
            assertEquals(cron.id(), task.cron().cron());
            assertEquals("n", task.cron().name());
            assertEquals(1, rig.made().getFirst().cron().run());
            assertEquals(Instant.parse("2026-01-02T00:30:00Z").toEpochMilli(), rig.made().getFirst().createdAt());
        }
    }

    @Test
    void theTimer_sleepsUntilTheNextDueTime_butAtMostASecond() throws IOException {
        try (CronRig rig = new CronRig()) {
            assertEquals(1_000, rig.timer.step());
            rig.add("0 * * * *", "");
            assertEquals(1_000, rig.timer.step());
            rig.clock.set("2026-01-02T00:59:59.700Z");
            assertEquals(300, rig.timer.step());
            rig.queue.changeMode(QueueMode.PAUSED);
            rig.clock.set("2026-01-02T01:00:00.000Z");
            assertEquals(1_000, rig.timer.step());
        }
    }

    @Test
    void aDueTime_makesOneTask_whateverDies() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        try (CronRig rig = new CronRig()) {
            rig.add("*/7 * * * * *", "'missed':'all','overlap':'allow','missed_max_age':'1h'");
            rig.add("* * * * *", "'missed':'all','overlap':'replace'");
            rig.add("*/5 * * * *", "'missed':'all','overlap':'allow','jitter':'90s'");
            Instant begin = rig.clock.instant();
            for (int i = 0; i < 60; i++) {
                rig.pass(Duration.ofMillis(random.nextInt(40_000)));
                for (Run run = rig.start(); run != null && random.nextInt(4) > 0; run = rig.start()) {
                    rig.complete(run);
                }
                if (random.nextBoolean()) {
                    rig.killNow(Duration.ofMillis(random.nextInt(90_000)));
                } else {
                    // what was not synced may be lost: it was shown to nobody, and is made again
                    rig.loseThePower(random, Duration.ofMillis(random.nextInt(90_000)));
                }
            }
            rig.pass(Duration.ofMinutes(4));
            long end = rig.clock.millis();
            for (CronTask cron : rig.store.all()) {
                long step = cron.plan().expression().equals("* * * * *") ? 60_000
                        : cron.plan().jitter() > 0 ? 300_000 : 7_000;
                List<Long> expected = new ArrayList<>();
                for (long due = begin.toEpochMilli() + 1; due <= end; due++) {
                    long minute = Math.floorMod(due, 60_000L);
                    if (step == 7_000 ? minute % 7_000 == 0 : due % step == 0) {
                        expected.add(due);
                    }
                }
                List<Long> made = rig.made().stream().filter(task -> task.cron().cron() == cron.id())
                        .map(task -> task.cron().dueAt()).toList();
                if (cron.plan().jitter() > 0 && made.size() < expected.size()) {
                    expected.removeLast();
                }
                assertEquals(expected, made, cron.plan().expression() + ", seed " + seed);
                assertEquals(made.size(), cron.runCount(), "seed " + seed);
                assertEquals(0, cron.skipped(), "seed " + seed);
            }
        }
    }

    @Test
    void aRestart_findsAllAsItWas() throws IOException {
        try (CronRig rig = new CronRig()) {
            rig.add("*/10 * * * *", "'overlap':'queue','metadata':{'a':[1.50]},'missed':'once','jitter':'5s',"
                    + "'start_at':'2026-01-01T00:00:00Z','end_at':'2027-01-01T00:00:00Z','max_runs':500");
            rig.add("@every 7m", "'enabled':false");
            rig.pass(HOUR);
            rig.complete(rig.start());
            rig.pass(HOUR);
            List<String> before = rig.store.all().stream().map(CronTimerTest::text).toList();
            assertTrue(rig.store.all().getFirst().waiting() != 0 || rig.store.all().getLast().waiting() != 0);
            List<Long> made = rig.made().stream().map(Task::id).toList();

            rig.kill(Duration.ZERO);

            assertEquals(before, rig.store.all().stream().map(CronTimerTest::text).toList());
            assertEquals(made, rig.made().stream().map(Task::id).toList());
            rig.store.all().forEach(cron -> assertEquals("{\"type\":\"generate\",\"prompt\":\"p\"}",
                    rig.store.template(cron).text()));
        }
    }

    @Test
    void dueTimesOfADownServer_areMissed() throws IOException {
        try (CronRig rig = new CronRig()) {
            rig.add("0 * * * *", "'missed':'once'");
            rig.add("30 * * * *", "");
            rig.kill(HOUR.multipliedBy(5).plusMinutes(15));
            rig.pass(Duration.ofSeconds(1));
            assertEquals(List.of("05:00:00"), rig.due());
            rig.pass(HOUR.minusMinutes(30));
            assertEquals(List.of("05:00:00", "05:30:00"), rig.due());
            assertEquals(9, rig.store.all().stream().mapToLong(CronTask::skipped).sum());
        }
    }

    @Test
    void dueTimesOfAPause_areMissed_alsoThroughARestart() throws IOException {
        try (CronRig rig = new CronRig()) {
            rig.add("0 * * * *", "'missed':'all','overlap':'allow'");
            for (QueueMode mode : List.of(QueueMode.PAUSED, QueueMode.DRAINING)) {
                rig.queue.changeMode(mode);
                rig.pass(HOUR.multipliedBy(2));
                rig.kill(Duration.ZERO);
                rig.pass(Duration.ofMinutes(1));
            }
            assertEquals(List.of(), rig.due());
            rig.queue.changeMode(QueueMode.RUNNING);
            rig.pass(Duration.ofSeconds(1));
            assertEquals(List.of("01:00:00", "02:00:00", "03:00:00", "04:00:00"), rig.due());
        }
        try (CronRig rig = new CronRig()) {
            rig.add("0 * * * *", "");
            rig.queue.changeMode(QueueMode.PAUSED);
            rig.pass(HOUR.multipliedBy(2).plusMinutes(30));
            rig.queue.changeMode(QueueMode.RUNNING);
            rig.pass(HOUR);
            assertEquals(List.of("03:00:00"), rig.due());
            assertEquals(2, rig.only().skipped());
        }
    }

    @Test
    void aClockThatJumps_isFollowed_butNoDueTimeComesTwice() throws IOException {
        try (CronRig rig = new CronRig()) {
            rig.add("0 * * * *", "'overlap':'allow'");
            rig.pass(HOUR.multipliedBy(2));
            rig.clock.pass(Duration.ofMinutes(-90));
            rig.pass(HOUR.multipliedBy(3));
            assertEquals(List.of("01:00:00", "02:00:00", "03:00:00"), rig.due(), "set back by 90 minutes");

            rig.clock.pass(Duration.ofMinutes(150));
            rig.pass(HOUR);
            assertEquals(List.of("01:00:00", "02:00:00", "03:00:00", "06:00:00", "07:00:00"), rig.due(),
                    "set forward to 06:00");
            assertEquals(2, rig.only().skipped());

            rig.clock.set("2031-05-05T12:10:00Z");
            rig.pass(HOUR);
            rig.clock.set("2026-01-02T20:10:00Z");
            rig.pass(HOUR);
            assertEquals("21:00:00", rig.due().getLast(), "set back by years");
        }
    }

    @Test
    void every_countsTimeThatPasses_whateverTheClockIsSetTo() throws IOException {
        for (Duration set : List.of(Duration.ofMinutes(-50), HOUR.multipliedBy(-30), Duration.ofDays(-3_653),
                HOUR.multipliedBy(30))) {
            try (CronRig rig = new CronRig()) {
                rig.add("@every 10m", "'overlap':'allow','missed':'all'");
                rig.pass(HOUR);
                assertEquals(6, rig.made().size());
                rig.clock.pass(set);
                rig.pass(HOUR);
                assertEquals(12, rig.made().size(), 1.0, set + ": " + rig.due());
                rig.kill(Duration.ZERO);
                rig.pass(HOUR);
                assertEquals(18, rig.made().size(), 1.0, set + " and a restart: " + rig.due());
                assertEquals(0, rig.only().skipped());
            }
        }
    }

    @Test
    void every_followsAClockThatWasSetOnAFullDisk_onceThereIsRoom() throws IOException {
        try (CronRig rig = new CronRig()) {
            rig.add("@every 10m", "'overlap':'allow'");
            rig.add("@every 10m", "'overlap':'allow'");
            long task = rig.queue.submit(LARGE, null, null).document().task().id();
            rig.storage.capacity(0);
            assertEquals(507, assertThrows(Problem.class, () -> {
                for (int i = 0;; i++) {
                    rig.queue.changePriority(task, i % 2, 1);
                }
            }).status());
            rig.clock.pass(HOUR.negated());
            assertEquals(507, assertThrows(Problem.class, rig.timer::step).status());
            rig.storage.capacity(Long.MAX_VALUE);
            Await.until("the journal has room", () -> rig.queue.full() == null);
            rig.pass(Duration.ofMinutes(11));
            assertEquals(2, rig.made().size());
        }
    }

    /// As one that replaces a cron task of the same name notices it, and creates its own instead.
    @Test
    void update_ofACronTaskThatWasDeletedMeanwhile_isNotDone() throws IOException {
        try (CronRig rig = new CronRig()) {
            CronTask cron = rig.add("0 * * * *", "");
            rig.store.remove(cron.id());
            assertFalse(rig.store.update(cron, cron.plan(), null));
        }
    }

    @Test
    void every_ofAClockThatWasSetBackWhileTheServerWasDown_beginsAnew() throws IOException {
        for (Duration set : List.of(Duration.ofMinutes(-50), Duration.ofDays(-3_653))) {
            try (CronRig rig = new CronRig()) {
                rig.add("@every 10m", "'overlap':'allow'");
                rig.pass(HOUR.plusMinutes(5));
                for (int restart = 1; restart <= 3; restart++) {
                    rig.kill(restart == 1 ? set : Duration.ZERO);
                    rig.pass(Duration.ofMinutes(11));
                    assertEquals(6 + restart, rig.made().size(), set + ": " + rig.due());
                }
            }
        }
    }

    @Test
    void aClockThatWasSetBack_whileTheServerWasDown_isFollowed() throws IOException {
        try (CronRig rig = new CronRig()) {
            rig.clock.set("2031-01-01T00:00:00Z");
            rig.add("0 * * * *", "'overlap':'allow'");
            rig.pass(HOUR);
            assertEquals(1, rig.made().size());
            rig.kill(Duration.ofDays(-1_000));
            rig.pass(HOUR);
            assertEquals(2, rig.made().size());
            assertTrue(rig.only().nextRun() <= rig.clock.millis() + HOUR.toMillis());
        }
    }

    @Test
    void aMachineThatSlept_hasMissedDueTimes() throws IOException {
        try (CronRig rig = new CronRig()) {
            rig.add("*/10 * * * *", "'missed':'once'");
            rig.pass(Duration.ofSeconds(1));
            rig.sleep(HOUR.plusMinutes(5));
            rig.pass(Duration.ofSeconds(2));
            assertEquals(List.of("01:00:00"), rig.due());
            assertEquals(5, rig.only().skipped());
        }
    }

    @Test
    void overlap_replace_cancelsTheOldTaskInTheSameMoment() throws IOException {
        try (CronRig rig = new CronRig()) {
            List<Task> cancelled = new ArrayList<>();
            rig.queue.runs().onRunCancelled(cancelled::add);
            rig.add("0 * * * *", "'overlap':'replace'");
            rig.pass(HOUR);
            Run run = rig.start();
            rig.pass(HOUR.multipliedBy(2));
            assertEquals(List.of(run.task().id()), cancelled.stream().map(Task::id).toList());
            assertEquals(List.of(TaskStatus.CANCELLED, TaskStatus.CANCELLED, TaskStatus.PENDING),
                    rig.made().stream().map(Task::status).toList());
            assertEquals(TaskStatus.CANCELLED, rig.only().runs().outcome(1));
            assertEquals(0, rig.only().failures());
        }
    }

    @Test
    void overlap_queue_runsOneAfterTheOther() throws IOException {
        try (CronRig rig = new CronRig()) {
            rig.add("*/20 * * * *", "'overlap':'queue'");
            rig.pass(HOUR);
            assertEquals(List.of("00:20:00"), rig.due());
            assertEquals(1, rig.only().skipped());
            rig.kill(Duration.ofSeconds(1));
            Run run = rig.start();
            rig.pass(Duration.ofSeconds(1));
            assertEquals(1, rig.made().size());
            rig.complete(run);
            rig.pass(Duration.ofSeconds(1));
            assertEquals(List.of("00:20:00", "00:40:00"), rig.due());
            assertEquals(0, rig.only().waiting());
            assertEquals(TaskStatus.COMPLETED, rig.only().runs().outcome(0));
        }
    }

    @Test
    void aQueueThatIsFull_skipsTheRun_andSaysWhy() throws IOException {
        try (CronRig rig = new CronRig(new QueueOptions(1, 0, Duration.ZERO, Duration.ZERO, 1_000))) {
            rig.add("0 * * * *", "'overlap':'allow'");
            rig.pass(HOUR.multipliedBy(3));
            assertEquals(1, rig.made().size());
            assertEquals(2, rig.only().skipped());
            assertTrue(rig.only().lastSkip().startsWith("the queue is full"), rig.only().lastSkip());
        }
    }

    @Test
    void aFullDisk_isNotTriedAgainAtOnce_andTheRunStaysDue() throws IOException {
        try (CronRig rig = new CronRig()) {
            rig.add("0 * * * *", "");
            rig.storage.capacity(0);
            // where no large one fits, a run may
            for (Submission each : List.of(LARGE, SMALL)) {
                assertEquals(507, assertThrows(Problem.class, () -> {
                    while (true) {
                        rig.queue.submit(each, null, null);
                    }
                }).status());
            }
            rig.sleep(HOUR);
            assertEquals(1_000, rig.timer.step());
            assertEquals(0, rig.made().size());
            rig.storage.capacity(Long.MAX_VALUE);
            Await.until("the journal has room", () -> rig.queue.full() == null);
            rig.timer.step();
            assertEquals(1, rig.made().size());
        }
    }

    @Test
    void aClientThatMayHaveNoMore_skipsTheRun_andSaysWhy() throws IOException {
        try (CronRig rig = new CronRig(QueueOptions.DEFAULT.with(
                LimitsOf.yaml("clients: {default: {max_pending: 1}}")))) {
            rig.add("0 * * * *", "'overlap':'allow'");
            rig.pass(HOUR.multipliedBy(3));
            assertEquals(1, rig.made().size());
            assertEquals(2, rig.only().skipped());
            assertEquals("tasks without a client: 1 are pending, and at most 1 may be; try again later",
                    rig.only().lastSkip());
        }
    }

    @Test
    void aRunByHand_changesNoDueTime() throws IOException {
        try (CronRig rig = new CronRig()) {
            CronTask cron = rig.add("0 * * * *", "'enabled':false");
            rig.crons.run(cron.id());
            rig.crons.run(cron.id());
            assertEquals(2, rig.only().runCount());
            assertEquals(0, rig.only().nextRun());
            rig.store.enable(cron.id(), true);
            rig.pass(HOUR);
            assertEquals(1, rig.only().skipped(), "the run by hand is still pending");
            assertEquals(2, rig.made().getLast().cron().run());
        }
    }

    @Test
    void removed_itsTasksStay_andAreFoundByItsId() throws IOException {
        try (CronRig rig = new CronRig()) {
            CronTask cron = rig.add("0 * * * *", "'overlap':'allow'");
            CronTask other = rig.add("0 * * * *", "'overlap':'allow'");
            rig.pass(HOUR.multipliedBy(3));
            rig.store.remove(cron.id());
            rig.complete(rig.start());
            rig.kill(Duration.ZERO);
            rig.pass(HOUR);
            assertEquals(3, listed(rig, cron.id()).size());
            assertEquals(4, listed(rig, other.id()).size());
            assertEquals(7, listed(rig, cron.id(), other.id()).size());
            assertEquals(List.of(), listed(rig, 1));
        }
    }

    @Test
    void thePlaceholders_areOfTheDueTimeInItsZone() throws IOException {
        try (CronRig rig = new CronRig()) {
            CronTask cron = rig.crons.create(CronRig.json("{'name':'the x','cron_expr':'30 14 * * *',"
                    + "'timezone':'America/New_York','overlap':'allow','task_template':{'type':'generate','prompt':"
                    + "'{{date}} {{time}} {{ datetime }} {{timezone}} {{run_count}} {{name}} [{{last_result}}]'}}"),
                    false);
            rig.pass(Duration.ofHours(20));
            Run run = rig.start();
            assertEquals("{\"prompt\":\"2026-01-02 14:30:00 2026-01-02T14:30:00-05:00 America/New_York 1 the x []\"}",
                    rig.queue.runs().request(run.task()).payload().text());
            rig.complete(run);
            rig.pass(Duration.ofHours(24));
            Task second = rig.made().getLast();
            assertTrue(rig.queue.runs().request(second).payload().text().endsWith(" 2 the x [fi\\\"ne]\"}"),
                    rig.queue.runs().request(second).payload().text());
            assertEquals(2, rig.store.get(cron.id()).runCount());
            assertNull(rig.store.get(cron.id()).lastSkip());
        }
    }

    private static List<Task> listed(CronRig rig, long... crons) {
        return rig.queue.list(TaskFilter.ALL.ofCrons(
                Arrays.stream(crons).boxed().collect(Collectors.toSet())), TaskSort.CREATED_AT, false, 100, 0,
                null).tasks();
    }

    /// All that is of a cron task, but its places in the journal.
    private static String text(CronTask cron) {
        JsonWriter out = new JsonWriter();
        CronJson.write(out, cron, Slice.of(new byte[] {'0'}), task -> null);
        return out + " " + cron.notBefore();
    }
}
