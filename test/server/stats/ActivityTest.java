package server.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;

class ActivityTest {

    private static final long NOON = 20_000L * 86_400_000 + 43_200_000;

    @Test
    void turns_countIntoTheirParts() {
        Activity activity = new Activity(NOON);
        activity.turn(true, true, NOON + 1_000);
        activity.turn(false, true, NOON + 7_000);
        activity.turn(false, false, NOON + 8_500);
        Activity.HostLane lane = activity.lane(NOON + 12_000);
        int last = Activity.PARTS - 1;
        assertEquals("[4000, 2000, 0]", Arrays.toString(Arrays.copyOfRange(lane.loading(), last - 2, last + 1)));
        assertEquals("[0, 1500, 0]", Arrays.toString(Arrays.copyOfRange(lane.answering(), last - 2, last + 1)));
        assertEquals(6_000, lane.loadingToday());
        assertEquals(1_500, lane.answeringToday());
    }

    @Test
    void longAnswer_fillsTheLane_andTheNextDayBeginsAtZero() {
        Activity activity = new Activity(NOON);
        activity.turn(false, true, NOON);
        Activity.HostLane lane = activity.lane(NOON + 86_400_000);
        assertEquals(43_200_000, lane.answeringToday());
        assertEquals((Activity.PARTS - 1) * Activity.PART_MS, Arrays.stream(lane.answering()).sum());
        assertEquals(0, lane.answering()[Activity.PARTS - 1]);
    }

    @Test
    void anyTurns_sumUpToTheTimeThatPassed_whateverTheClockDoes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Activity activity = new Activity(NOON);
        activity.turn(false, true, NOON);
        long now = NOON;
        long furthest = NOON;
        for (int i = 0; i < 300; i++) {
            now += random.nextInt(-500, 2_000);
            activity.turn(random.nextBoolean(), true, now);
            furthest = Math.max(furthest, now);
        }
        Activity.HostLane lane = activity.lane(furthest);
        assertEquals(furthest - NOON, lane.loadingToday() + lane.answeringToday(), "seed " + seed);
        long parts = Arrays.stream(lane.loading()).sum() + Arrays.stream(lane.answering()).sum();
        long kept = furthest - Math.max(NOON, (furthest / Activity.PART_MS - Activity.PARTS + 1) * Activity.PART_MS);
        assertEquals(kept, parts, "seed " + seed);
    }
}
