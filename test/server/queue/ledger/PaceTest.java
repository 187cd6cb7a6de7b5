package server.queue.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import support.Await;

final class PaceTest {

    @Test
    void charge_readThatIsAlone_neverWaits() {
        Pace pace = new Pace(1, () -> 0);
        for (long now = 2; now < 100; now += 2) {
            assertEquals(0, pace.charge(now, 2));
        }
    }

    @Test
    void charge_twoReadsAtATime_shareOneProcessor() {
        Pace pace = new Pace(1, () -> 0);
        assertEquals(0, pace.charge(2, 2));
        assertEquals(2, pace.charge(2, 2));
        // the first has worked on, and waits until the second's time is paid back
        assertEquals(2, pace.charge(4, 2));
        assertEquals(2, pace.charge(6, 2));
    }

    @Test
    void step_ofAnInterruptedThread_endsTheRead() {
        long[] now = {0};
        Pace.Read read = new Pace(1, () -> now[0]).begin();
        Thread.currentThread().interrupt();
        read.step();
        now[0] = 1_000_000;
        assertThrows(CancellationException.class, read::step);
        assertTrue(Thread.interrupted());
    }

    @Test
    void takeTurn_beyondTheNumber_waitsForOneThatEnds() throws Exception {
        Pace pace = new Pace(1, () -> 0);
        Pace.Read first = pace.beginInTurns();
        first.takeTurn();
        List<FutureTask<Void>> others = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            FutureTask<Void> other = new FutureTask<>(() -> {
                Pace.Read read = pace.beginInTurns();
                read.takeTurn();
                read.endTurn();
            }, null);
            Thread.ofVirtual().start(other);
            others.add(other);
        }
        Await.until("all wait", () -> pace.turns().getQueueLength() == 20);
        first.endTurn();
        for (FutureTask<Void> other : others) {
            other.get();
        }
        assertEquals(1, pace.turns().availablePermits());
    }

    @Test
    void takeTurn_ofAnInterruptedThread_endsTheRead() throws Exception {
        Pace pace = new Pace(1, () -> 0);
        Pace.Read first = pace.beginInTurns();
        first.takeTurn();
        FutureTask<Void> gone = new FutureTask<>(() -> pace.beginInTurns().takeTurn(), null);
        Thread thread = Thread.ofVirtual().start(gone);
        Await.until("it waits", () -> pace.turns().getQueueLength() == 1);
        thread.interrupt();
        assertTrue(assertThrows(ExecutionException.class, gone::get).getCause() instanceof CancellationException);
        first.endTurn();
        assertEquals(1, pace.turns().availablePermits());
    }

    @Test
    void takeTurn_theFirst_isPaidForInAdvance() {
        long[] now = {0};
        Pace pace = new Pace(1, () -> now[0]);
        now[0] = Pace.FIRST_NANOS;
        pace.beginInTurns().takeTurn();
        // what comes at the same time begins after its first part
        assertEquals(Pace.FIRST_NANOS, pace.charge(now[0], Pace.FIRST_NANOS));
    }

    @Test
    void takeTurn_whatItWaits_isNotPaidFor() throws Exception {
        AtomicLong now = new AtomicLong();
        Pace pace = new Pace(1, now::get);
        Pace.Read first = pace.begin();
        first.takeTurn();
        FutureTask<Void> waits = new FutureTask<>(() -> {
            Pace.Read read = pace.begin();
            read.takeTurn();
            now.addAndGet(500_000);
            read.step();
        }, null);
        Thread.ofVirtual().start(waits);
        Await.until("it waits", () -> pace.turns().getQueueLength() == 1);
        // others have worked meanwhile
        now.set(3_000_000);
        assertEquals(0, pace.charge(3_000_000, 1_000_000));
        first.endTurn();
        waits.get();
        assertEquals(500_000, pace.charge(3_500_000, 500_000));
    }

    @Test
    void charge_whileTheQueueWorks_isThreeTimesAsMuch() {
        long[] now = {0};
        Pace pace = new Pace(1, () -> now[0]);
        now[0] = 1_000;
        pace.changed();
        assertEquals(0, pace.charge(1_000, 100));
        assertEquals(300, pace.charge(1_000, 100));
        long last = 1_000 + Pace.WORKS_NANOS - 1;
        assertEquals(0, pace.charge(last, 100));
        assertEquals(300, pace.charge(last, 100));
        // it rests: the present one's time is all that is to be paid back
        assertEquals(400 - 1, pace.charge(last + 1, 100));
    }

    @Test
    void charge_onMoreProcessors_costsLess() {
        Pace pace = new Pace(3, () -> 0);
        assertEquals(0, pace.charge(3, 3));
        assertEquals(1, pace.charge(3, 3));
        assertEquals(2, pace.charge(3, 3));
    }
}
