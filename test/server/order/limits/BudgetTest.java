package server.order.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

final class BudgetTest {

    private static final long MINUTE = 60_000;

    private final Budget budget = new Budget();

    @Test
    void pause_isUntilTheOldestThatCountsIsAMinuteAgo() {
        assertEquals(0, budget.pause(2, 1_000));
        budget.take(1_000);
        assertEquals(0, budget.pause(2, 1_000));
        budget.take(21_000);
        assertEquals(40_000, budget.pause(2, 21_000));
        assertEquals(1, budget.pause(2, 1_000 + MINUTE - 1));
        assertEquals(0, budget.pause(2, 1_000 + MINUTE));
        budget.take(1_000 + MINUTE);
        assertEquals(20_000, budget.pause(2, 1_000 + MINUTE));
    }

    @Test
    void pause_aSmallerLimit_countsTheLatest() {
        for (int i = 0; i < 5; i++) {
            budget.take(i * 1_000);
        }
        assertEquals(0, budget.pause(6, 4_000));
        assertEquals(MINUTE - 4_000, budget.pause(5, 4_000));
        // the earlier one of these two has to be gone
        assertEquals(MINUTE - 1_000, budget.pause(2, 4_000));
    }

    @Test
    void pause_aClockThatWasSetBack_forgetsWhatIsNotYet() {
        budget.take(10 * MINUTE);
        assertEquals(MINUTE, budget.pause(1, 10 * MINUTE));
        assertEquals(0, budget.pause(1, 5 * MINUTE));
        assertTrue(budget.isUnused(5 * MINUTE));
    }

    @Test
    void isUnused_onceAMinuteHasPassed() {
        budget.take(0);
        assertFalse(budget.isUnused(MINUTE - 1));
        assertTrue(budget.isUnused(MINUTE));
    }

    /// Whoever takes only what it may never has more in any minute, and never waits longer than told.
    @Test
    void take_asAllowed_neverMoreInAnyMinute() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int most = 1 + random.nextInt(20);
        List<Long> taken = new ArrayList<>();
        long now = 0;
        for (int i = 0; i < 2_000; i++) {
            now += random.nextInt(3) == 0 ? random.nextInt(10_000) : random.nextInt(20);
            now += budget.pause(most, now);
            assertEquals(0, budget.pause(most, now), "seed " + seed);
            budget.take(now);
            taken.add(now);
            int before = taken.size() - 1 - most;
            assertTrue(before < 0 || now - taken.get(before) >= MINUTE, "seed " + seed);
        }
    }
}
