package server.stats;

import java.util.Arrays;

/// Counts durations in classes that grow with the length, so that the memory used, a few kilobytes, does not grow with
/// their number. A percentile is within 1/32, about 3 %, of the true one; below 32 ms it is exact. A duration of 24
/// days or more counts as 24 days.
///
/// ```
/// class   0 … 31    one millisecond each
///        32 … 47    32 … 63, 2 ms each: 16 classes to each doubling from here on
///        48 … 63    64 … 127, 4 ms each, …
/// ```
///
/// Not safe for several threads.
final class Histogram {

    /// The largest relative error of a percentile.
    static final double ERROR = 1.0 / 32;

    private static final int STEPS = 16;
    private static final int STEPS_BITS = 4;
    private static final long MAX = Integer.MAX_VALUE;

    private final int[] counts = new int[index(MAX) + 1];
    private long total;

    void add(long millis) {
        counts[index(Math.clamp(millis, 0, MAX))]++;
        total++;
    }

    /// Returns the smallest duration that is not exceeded by a given share of all.
    ///
    /// @param share such as 0.95
    /// @return in milliseconds; -1 if nothing was counted
    long percentile(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * total));
        long seen = 0;
        for (int i = 0; i < counts.length && total > 0; i++) {
            seen += counts[i];
            if (seen >= rank) {
                return middle(i);
            }
        }
        return -1;
    }

    void clear() {
        Arrays.fill(counts, 0);
        total = 0;
    }

    private static int index(long millis) {
        int doubling = Math.max(0, 63 - Long.numberOfLeadingZeros(millis | 1) - STEPS_BITS);
        return doubling * STEPS + (int) (millis >>> doubling);
    }

    private static long middle(int index) {
        int doubling = Math.max(0, index / STEPS - 1);
        long first = (long) (index - doubling * STEPS) << doubling;
        return first + ((1L << doubling) - 1) / 2;
    }
}
