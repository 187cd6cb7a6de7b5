package server.queue.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CancellationException;

import org.junit.jupiter.api.Test;

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
    void charge_onMoreProcessors_costsLess() {
        Pace pace = new Pace(3, () -> 0);
        assertEquals(0, pace.charge(3, 3));
        assertEquals(1, pace.charge(3, 3));
        assertEquals(2, pace.charge(3, 3));
    }
}
