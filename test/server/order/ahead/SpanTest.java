package server.order.ahead;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;

import org.junit.jupiter.api.Test;

/// A predicted range, compared with what then happens.
class SpanTest {

    private static final int RUNS = 20_000;
    private static final double MEAN = 10_000;

    @Test
    void around_sumsOfLengthsOfAnyKind_hasNineOfTen_andBeginsAfterNow() {
        Random random = new Random(5);
        for (int count : new int[] {1, 2, 3, 8, 40}) {
            Span span = Span.around(count * MEAN, 1, Math.sqrt(count) * MEAN, 0);
            assertTrue(span.low() > 0, span::toString);
            int below = 0;
            int above = 0;
            for (int run = 0; run < RUNS; run++) {
                double sum = 0;
                for (int i = 0; i < count; i++) {
                    sum -= MEAN * Math.log(1 - random.nextDouble());
                }
                below += sum < span.low() ? 1 : 0;
                above += sum > span.high() ? 1 : 0;
            }
            String told = count + ": " + span + ", " + below + " before it and " + above + " after it";
            assertTrue(below < 0.06 * RUNS && above < 0.06 * RUNS && below + above > 0.01 * RUNS, told);
        }
    }

    @Test
    void around_withoutDeviation_isAsWellKnownAsAnything() {
        assertEquals(new Span(9_500, 10_700), Span.around(10_000, 1, 0, 0));
        assertEquals(new Span(0, 200), Span.around(0, 1, 0, 0));
        assertEquals(new Span(0, 5_200), Span.around(0, 1, 1_000, 5_000));
        assertEquals(new Span(9_500, 11_700), Span.around(5_000, 2, 0, 500));
    }
}
