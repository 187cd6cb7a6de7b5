package server.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

final class HistogramTest {

    @Test
    void percentile_ofNothing_isNone() {
        assertEquals(-1, new Histogram().percentile(0.5));
    }

    @Test
    void percentile_ofOne_isIt() {
        Histogram histogram = new Histogram();
        histogram.add(7);
        assertEquals(7, histogram.percentile(0.5));
        assertEquals(7, histogram.percentile(0.95));
    }

    @Test
    void percentile_ofAnyLength_isWithinTheStatedError() {
        for (long length = 0; length < Integer.MAX_VALUE; length += 1 + length / 50) {
            Histogram histogram = new Histogram();
            histogram.add(length);
            long found = histogram.percentile(0.5);
            assertTrue(Math.abs(found - length) <= length * Histogram.ERROR, length + " became " + found);
        }
    }

    @Test
    void percentile_ofManyLengths_isWithinTheStatedError() {
        long seed = 7;
        long[] lengths = new Random(seed).doubles(10_000, 0, 14).mapToLong(x -> (long) Math.exp(x)).toArray();
        Histogram histogram = new Histogram();
        LongStream.of(lengths).forEach(histogram::add);
        long[] sorted = LongStream.of(lengths).sorted().toArray();
        for (double share : new double[] {0.01, 0.5, 0.95, 1}) {
            long exact = sorted[(int) Math.ceil(share * sorted.length) - 1];
            long found = histogram.percentile(share);
            assertTrue(Math.abs(found - exact) <= exact * Histogram.ERROR, share + ": " + found + " for " + exact);
        }
    }

    @Test
    void add_whatIsOutOfRange_countsAsTheBound() {
        Histogram histogram = new Histogram();
        histogram.add(-5);
        assertEquals(0, histogram.percentile(1));
        histogram.add(Long.MAX_VALUE);
        assertEquals(Integer.MAX_VALUE, histogram.percentile(1), Integer.MAX_VALUE * Histogram.ERROR);
    }

    @Test
    void clear_leavesNothing() {
        Histogram histogram = new Histogram();
        histogram.add(5);
        histogram.clear();
        assertEquals(-1, histogram.percentile(0.5));
    }
}
