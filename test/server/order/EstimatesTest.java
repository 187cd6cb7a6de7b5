package server.order;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import server.order.Estimates.Estimate;
import server.order.Estimates.Left;

/// What attempts took.
class EstimatesTest {

    private final Estimates estimates = new Estimates();

    @Test
    void of_fewAttempts_hasNoGround() {
        assertNull(estimates.of("m"));
        estimates.ran("m", "h1", 5, -1);
        estimates.ran("m:latest", "h2", 7, -1);
        assertNull(estimates.of("m"));
        estimates.ran("m", "h1", 9, -1);
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
            estimates.ran("m", "h", took, -1);
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
                estimates.ran("m" + i, "h", 1, -1);
            }
        }
        assertNull(estimates.of("m0"));
        assertEquals(new Estimate(1, 1, 3), estimates.of("m1"));
        assertEquals(new Estimate(1, 1, 3), estimates.of("m" + Estimates.MODELS_MAX));
        for (int i = 0; i <= Estimates.HOSTS_MAX; i++) {
            for (int run = 0; run < 3; run++) {
                estimates.ran("x", "h" + i, 1, -1);
            }
        }
        assertNull(estimates.of("x", "h0"));
        assertEquals(3, estimates.of("x", "h1").count());
    }

    private static Left rounded(Left left) {
        return left == null ? null : new Left(Math.round(left.mean()), Math.round(left.deviation()),
                Math.round(left.low()), Math.round(left.high()));
    }

    /// Answers of 10, 20, … 100 tokens at 100 ms each, after a second.
    private void tenAnswers() {
        for (int i = 1; i <= 10; i++) {
            estimates.ran("m", "h", 1_000 + 1_000 * i, 10 * i);
        }
    }

    @Test
    void left_withoutTokens_isByTime() {
        tenAnswers();
        assertEquals(new Left(6_500, 2_872, 2_000, 10_000), rounded(estimates.left("m", "h", 0, Written.NOTHING)));
        assertEquals(new Left(3_500, 1_708, 1_000, 6_000), rounded(estimates.left("m", "h", 5_000, Written.NOTHING)));
        assertEquals(new Left(2_750, 1_375, 0, 5_500), rounded(estimates.left("m", "h", 11_000, Written.NOTHING)));
        assertNull(estimates.left("m", "h", 17_501, Written.NOTHING));
        assertNull(estimates.left("other", "h", 0, Written.NOTHING));
    }

    @Test
    void left_limitThatIsKnown_cutsWhatOthersWrote() {
        tenAnswers();
        // with 50 tokens the longer ones take 50 of their tokens' time
        assertEquals(5_833, estimates.left("m", "h", 0, new Written(0, 0, 50)).high(), 1);
        assertEquals(new Left(0, 0, 0, 0), rounded(estimates.left("m", "h", 0, new Written(60, 5_900, 60))));
    }

    @Test
    void left_tokensSoFar_byThoseThatWroteMoreAtItsOwnPace() {
        tenAnswers();
        // 11 tokens in a second: it is as fast as they were; 20 … 100 may be its length
        Left left = estimates.left("m", "h", 9_999, new Written(11, 1_000, 0));
        assertEquals(4_900, left.mean(), 1);
        assertEquals(900 * 0.9, left.low(), 1);
        assertEquals(8_900 * 1.1, left.high(), 1);
        // twice as fast
        assertEquals(2_450, estimates.left("m", "h", 9_999, new Written(11, 500, 0)).mean(), 1);
        // cut at 30: 9 or 19 more
        left = estimates.left("m", "h", 9_999, new Written(11, 1_000, 30));
        assertEquals((900 + 8 * 1_900) / 9.0, left.mean(), 1);
        assertEquals(1_900 * 1.1, left.high(), 1);
    }

    @Test
    void left_ofMoreTokensThanAnyBefore_isUpToItsLimit() {
        tenAnswers();
        assertEquals(new Left(5_000, 2_500, 0, 10_000),
                rounded(estimates.left("m", "h", 0, new Written(101, 10_000, 201))));
        // without one, by its time
        assertEquals(rounded(estimates.left("m", "h", 11_500, Written.NOTHING)),
                rounded(estimates.left("m", "h", 11_500, new Written(101, 10_000, 0))));
    }

    @Test
    void left_ofAModelThatNobodyKnows_hasGroundInItsLimitAndPaceOnly() {
        assertNull(estimates.left("new", "h", 5_000, new Written(50, 4_900, 0)));
        assertNull(estimates.left("new", "h", 5_000, new Written(5, 4_900, 100)));
        assertEquals(new Left(2_500, 1_250, 0, 5_000),
                rounded(estimates.left("new", "h", 5_000, new Written(50, 4_900, 100))));
    }

    @Test
    void usual_isAMeanInWhichTheLastCountMost() {
        assertEquals(0, estimates.usual("m"));
        estimates.ran("m", "h", 800, -1);
        assertEquals(800, estimates.usual("m:latest"));
        estimates.ran("m", "h2", 1_600, -1);
        assertEquals(900, estimates.usual("m"));
    }

    @Test
    void longest_isOfTheSlowestModel_alsoOnceThatIsFasterOrForgotten() {
        for (int i = 0; i < 3; i++) {
            estimates.ran("slow", "h", 900, -1);
            estimates.ran("fast", "h", 100, -1);
        }
        assertEquals(900, estimates.longest());
        for (int i = 0; i < 200; i++) {
            estimates.ran("slow", "h", 50, -1);
        }
        assertEquals(100, estimates.longest());
        for (int i = 0; i < Estimates.MODELS_MAX; i++) {
            estimates.ran("m" + i, "h", 1, -1);
            estimates.ran("m" + i, "h", 1, -1);
            estimates.ran("m" + i, "h", 1, -1);
        }
        assertEquals(1, estimates.longest());
    }

    /// Who asks does not keep a model in memory: a replay asks for nothing.
    @Test
    void models_thatAreAskedFor_areForgottenAllTheSame() {
        for (int i = 0; i <= Estimates.MODELS_MAX; i++) {
            estimates.ran("m" + i, "h", 7, -1);
            estimates.usual("m0");
            estimates.of("m0");
        }
        assertEquals(0, estimates.usual("m0"));
    }
}
