package server.executor.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import server.executor.wire.CallWatch.Verdict;

final class CallWatchTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private long now = 7;
    private final AtomicInteger aborted = new AtomicInteger();

    @Test
    void look_beforeTheFirstByte_hasATimeOfItsOwn() {
        CallWatch watch = watch(10, 3, 100);
        lookUntil(watch, 9);
        watch.answered();
        lookUntil(watch, 18);
        assertEquals(Verdict.NONE, watch.verdict(), "a head is a sign of life, but no byte of the answer");
        lookUntil(watch, 19);
        assertEquals(Verdict.NO_FIRST_BYTE, watch.verdict());
        assertEquals(1, aborted.get());
    }

    @Test
    void look_silenceInTheMiddle_isShorter() {
        CallWatch watch = watch(10, 3, 100);
        watch.heard();
        lookUntil(watch, 2);
        assertEquals(Verdict.NONE, watch.verdict());
        lookUntil(watch, 3);
        assertEquals(Verdict.IDLE, watch.verdict());
    }

    @Test
    void look_wholeTime_countsAlthoughBytesCome() {
        CallWatch watch = watch(10, 3, 5);
        for (int second = 1; second <= 5; second++) {
            watch.heard();
            lookUntil(watch, second);
        }
        assertEquals(Verdict.TIMEOUT, watch.verdict());
    }

    @Test
    void look_afterThisProcessWasStopped_doesNotCountThatTime() {
        CallWatch watch = watch(10, 5, 12);
        watch.heard();
        lookUntil(watch, 3);
        now += SECOND.multipliedBy(8).toNanos();
        watch.look();
        assertEquals(Verdict.NONE, watch.verdict(), "what came meanwhile lies unread in the socket");
        watch.heard();
        watch.look();
        assertEquals(Verdict.NONE, watch.verdict());
    }

    @Test
    void look_afterThisProcessWasStopped_aSilentHostIsStillFound() {
        CallWatch watch = watch(10, 5, 100);
        watch.heard();
        lookUntil(watch, 3);
        now += SECOND.multipliedBy(8).toNanos();
        lookUntil(watch, 15);
        assertEquals(Verdict.IDLE, watch.verdict());
    }

    @Test
    void look_afterTheEnd_abortsNothing() {
        CallWatch watch = watch(10, 3, 100);
        watch.close();
        lookUntil(watch, 20);
        assertEquals(0, aborted.get(), "its thread is at something else by now");
    }

    private CallWatch watch(int firstByte, int idle, int whole) {
        return new CallWatch(new CallTimes(Duration.ofSeconds(firstByte), Duration.ofSeconds(idle),
                Duration.ofSeconds(whole)), aborted::incrementAndGet, () -> now, closed -> { });
    }

    /// Looks in steps, until this many seconds after the start.
    private void lookUntil(CallWatch watch, int second) {
        long end = 7 + SECOND.multipliedBy(second).toNanos();
        while (now < end) {
            now = Math.min(end, now + CallWatch.STEP_NANOS);
            watch.look();
        }
    }
}
