package server.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import server.stats.Buckets;

final class ExpositionTest {

    private static final String NOTHING_LEFT_OUT = """
            # HELP ollama_queue_metrics_left_out Families of metrics that would have been more than 3000 lines.
            # TYPE ollama_queue_metrics_left_out gauge
            ollama_queue_metrics_left_out 0
            """;

    private final Exposition out = new Exposition();

    @Test
    void sample_textFromOutside_isEscaped() {
        out.gauge("g", "back\\slash and\nline").sample(1.5, "model", "a\"b\\c\nd", "status", "").sample(0);
        assertEquals("""
                # HELP g back\\\\slash and\\nline
                # TYPE g gauge
                g{model="a\\"b\\\\c\\nd",status=""} 1.5
                g 0
                """ + NOTHING_LEFT_OUT, out.end());
    }

    @Test
    void sample_everyNumber_isOneThatPrometheusReads() {
        out.counter("c", "h").sample(1e6).sample(0.001).sample(1e-5).sample(1e15).sample(123456789012345.0);
        assertTrue(out.end().contains("c 1000000\nc 0.001\nc 1.0e-5\nc 1.0e15\nc 123456789012345\n"));
    }

    @Test
    void histogram_countsAddUp() {
        Buckets buckets = new Buckets(1, 2.5);
        for (double value : new double[] {0.5, 1, 1.5, 2.5, 3}) {
            buckets.add(value);
        }
        out.histogram("h", "help", buckets.counted());
        assertEquals("""
                # HELP h help
                # TYPE h histogram
                h_bucket{le="1"} 2
                h_bucket{le="2.5"} 4
                h_bucket{le="+Inf"} 5
                h_sum 8.5
                h_count 5
                """ + NOTHING_LEFT_OUT, out.end());
    }

    @Test
    void family_withoutASample_isNotThere() {
        out.gauge("empty", "h").gauge("g", "h").sample(1);
        assertFalse(out.end().contains("empty"));
    }

    @Test
    void end_atTheMostLines_leavesNothingOut() {
        fill("g", Exposition.LINES_MAX - 3 - 2);
        String all = out.end();
        assertEquals(Exposition.LINES_MAX, all.lines().count());
        assertTrue(all.endsWith(NOTHING_LEFT_OUT));
    }

    @Test
    void end_oneLineMore_leavesThatFamilyOutWhole() {
        fill("small", 1);
        fill("large", Exposition.LINES_MAX - 3 - 2 - 3 + 1);
        fill("last", 1);
        String all = out.end();
        assertEquals(3 + 3 + 3, all.lines().count());
        assertTrue(all.contains("small") && all.contains("last") && !all.contains("large"));
        assertTrue(all.endsWith("ollama_queue_metrics_left_out 1\n"));
    }

    private void fill(String name, int samples) {
        out.gauge(name, "h");
        for (int i = 0; i < samples; i++) {
            out.sample(i, "n", Integer.toString(i));
        }
    }
}
