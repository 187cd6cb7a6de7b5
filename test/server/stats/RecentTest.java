package server.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class RecentTest {

    private static final long MINUTE = 60_000;
    private static final long START = 1_000 * MINUTE;

    private final Recent recent = new Recent(START);

    @Test
    void perMinute_inTheFirstMinute_isWhatWasCounted() {
        recent.add(3, START + 1);
        assertEquals(3, recent.perMinute(START + 2));
    }

    @Test
    void perMinute_later_isTheAverageSinceTheStart() {
        recent.add(6, START + MINUTE);
        assertEquals(2, recent.perMinute(START + 3 * MINUTE));
    }

    @Test
    void perMinute_afterTheWindow_forgets() {
        recent.add(6, START);
        assertEquals(1.2, recent.perMinute(START + 5 * MINUTE));
        assertEquals(0, recent.perMinute(START + 6 * MINUTE));
    }

    @Test
    void count_afterAGapOfDays_isOfTheWindowOnly() {
        recent.add(6, START);
        recent.add(2, START + 5_000 * MINUTE);
        assertEquals(2, recent.count(START + 5_000 * MINUTE));
    }

    @Test
    void add_clockSetBackALittle_countsOn() {
        recent.add(1, START + 3 * MINUTE);
        recent.add(1, START + 2 * MINUTE);
        assertEquals(2, recent.count(START + 3 * MINUTE));
    }

    @Test
    void add_clockSetBackFar_beginsAnew() {
        recent.add(1, START);
        recent.add(1, START - 100 * MINUTE);
        assertEquals(1, recent.count(START - 100 * MINUTE));
        assertEquals(0.5, recent.perMinute(START - 98 * MINUTE));
    }
}
