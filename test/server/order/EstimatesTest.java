package server.order;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import server.order.Estimates.Estimate;

/// What attempts took.
class EstimatesTest {

    private final Estimates estimates = new Estimates();

    @Test
    void of_fewAttempts_hasNoGround() {
        assertNull(estimates.of("m"));
        estimates.ran("m", "h1", 5);
        estimates.ran("m:latest", "h2", 7);
        assertNull(estimates.of("m"));
        estimates.ran("m", "h1", 9);
        assertEquals(new Estimate(7, 9, 3), estimates.of("m:latest"));
        assertNull(estimates.of("m", "h1"));
        assertNull(estimates.of("m", "h3"));
    }

    @Test
    void of_whateverRan_isMedianAndP90OfTheLast200() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            long took = random.nextLong(1_000_000);
            estimates.ran("m", "h", took);
            all.add(took);
            List<Long> last = all.subList(Math.max(0, all.size() - 200), all.size()).stream().sorted().toList();
            if (i >= 2 && random.nextInt(3) == 0) {
                int count = last.size();
                Estimate expected = new Estimate(last.get((count - 1) / 2),
                        last.get((int) Math.ceil(count * 0.9) - 1), count);
                assertEquals(expected, estimates.of("m", "h"), "seed " + seed);
                assertEquals(expected, estimates.of("m"), "seed " + seed);
            }
        }
    }

    @Test
    void models_thatRanLast_areRemembered() {
        for (int i = 0; i <= Estimates.MODELS_MAX; i++) {
            for (int run = 0; run < 3; run++) {
                estimates.ran("m" + i, "h", 1);
            }
        }
        assertNull(estimates.of("m0"));
        assertEquals(new Estimate(1, 1, 3), estimates.of("m1"));
        assertEquals(new Estimate(1, 1, 3), estimates.of("m" + Estimates.MODELS_MAX));
        for (int i = 0; i <= Estimates.HOSTS_MAX; i++) {
            for (int run = 0; run < 3; run++) {
                estimates.ran("x", "h" + i, 1);
            }
        }
        assertNull(estimates.of("x", "h0"));
        assertEquals(3, estimates.of("x", "h1").count());
    }
}
