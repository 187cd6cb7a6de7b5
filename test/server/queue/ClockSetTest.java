package server.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import server.clock.ClockReport;
import server.journal.JournalOptions;
import server.order.LoadedOffers;
import server.queue.state.QueueOptions;
import server.task.Attempt;
import server.task.Submission;
import server.task.Task;
import server.task.Terms;
import shared.TaskType;
import shared.json.Slice;
import support.FaultyStorage;

/// A clock that was set: pauses and runs are lengths of time, `scheduled_at` is a date.
final class ClockSetTest {

    private static final long T0 = Instant.parse("2026-01-02T03:04:05Z").toEpochMilli();
    private static final long YEARS = Duration.ofDays(3_653).toMillis();
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final long HOUR = Duration.ofHours(1).toMillis();

    private FaultyStorage disk = new FaultyStorage();
    private long now = T0;
    private long setBy;
    private TaskQueue queue;

    private final class Report implements ClockReport {

        @Override
        public long sureSince() {
            return 0;
        }

        @Override
        public long setBy() {
            return setBy;
        }
    }

    @BeforeEach
    void open() throws IOException {
        queue = TaskQueue.open(disk, new JournalOptions(1 << 20), QueueOptions.DEFAULT,
                () -> Instant.ofEpochMilli(now), new Report(), new Random(3));
    }

    @AfterEach
    void close() {
        queue.close();
    }

    @Test
    void retry_waitsAsLongAsBefore_forwardOrBack() {
        for (long by : new long[] {-HOUR, -DAY, -YEARS, DAY, YEARS}) {
            Task task = submit(0);
            queue.runs().putBack(start(), "lost", now + 4_000, true);
            pass(1_000);
            set(by);
            queue.runs().tick();
            assertEquals(now + 3_000, queue.find(task.name()).retryAt());
            pass(2_999);
            assertNull(start());
            pass(1);
            assertEquals(task.id(), start().task().id());
            queue.cancel(task.id(), null);
        }
    }

    @Test
    void retry_ofATaskThatHadNotBegunYet_waitsAgainOnlyForItsTurn() {
        Task task = submit(0);
        queue.runs().putBack(start(), "lost", now + 4_000, true);
        pass(5_000);
        queue.runs().tick();
        set(-YEARS);
        queue.changePriority(task.id(), 7, Integer.MAX_VALUE);
        queue.runs().tick();
        assertEquals(task.id(), start().task().id());
    }

    @Test
    void restart_withAClockThatIsBehindTheJournal_retriesWithinThePause() throws IOException {
        now += YEARS;
        Task task = submit(0);
        queue.runs().putBack(start(), "lost", now + 4_000, true);
        // what is seen is durable
        assertEquals(now + 4_000, queue.find(task.name()).retryAt());
        for (int i = 0; i < 2; i++) {
            disk = disk.afterKill();
            queue.close();
            now = T0 + i;
            open();
            assertEquals(now + 4_000, queue.find(task.name()).retryAt());
        }
        pass(4_000);
        assertEquals(task.id(), start().task().id());
    }

    @Test
    void scheduledTime_isADate() {
        Task task = submit(T0 + DAY);
        set(-HOUR);
        queue.runs().tick();
        pass(DAY);
        assertNull(start());
        set(HOUR);
        assertEquals(task.id(), start().task().id());
    }

    @Test
    void scheduledTime_thatHadComeByAWrongClock_isWaitedForAgain() {
        Task task = submit(T0 + DAY);
        set(YEARS);
        queue.runs().tick();
        assertEquals(1, queue.readyCount());
        set(-YEARS);
        queue.runs().tick();
        assertNull(start());
        assertEquals(0, queue.readyCount());
        pass(DAY);
        assertEquals(task.id(), start().task().id());
    }

    @Test
    void attempt_lastsAsLongAsTimePassed_howeverItEnds() {
        for (long by : new long[] {-HOUR, -YEARS, DAY}) {
            Task completed = submit(0);
            Run run = start();
            Task cancelled = submit(0);
            start();
            pass(6_000);
            set(by);
            queue.runs().complete(run, Slice.of(new byte[] {'1'}));
            queue.cancel(cancelled.id(), null);
            for (Task task : new Task[] {completed, cancelled}) {
                Attempt attempt = queue.document(task.id()).attempts().getFirst();
                assertEquals(6_000, attempt.endedAt() - attempt.startedAt(), task.name());
                assertEquals(now, attempt.endedAt());
            }
        }
        assertEquals(setBy, queue.stats().clockSet());
    }

    private void pass(long ms) {
        now += ms;
    }

    private void set(long by) {
        now += by;
        setBy += by;
    }

    private Run start() {
        return queue.runs().startNext(LoadedOffers.at("h1"));
    }

    private Task submit(long scheduledAt) {
        Terms terms = new Terms(scheduledAt, 0, 60_000, 3, 1_000, 30_000, 2, false, null, false);
        Slice payload = Slice.of("{\"prompt\":\"x\"}".getBytes(StandardCharsets.UTF_8));
        return queue.submit(new Submission(TaskType.GENERATE, "m", 5, terms, payload, null, "x"), null, null).document()
                .task();
    }
}
