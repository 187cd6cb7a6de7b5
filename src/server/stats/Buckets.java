package server.stats;

import java.util.Arrays;

/// Counts, for each of several bounds, the measurements since the server's start that do not exceed it. Monitoring adds
/// these up and computes percentiles. The memory used does not grow with the measurements. Safe for several threads.
public final class Buckets {

    private static final double[] SECONDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300,
        600, 1_800, 3_600};
    private static final double MILLIS = 1e3;

    private final double[] bounds;
    /// The measurements by the first bound that they do not exceed; the last count is of those that exceed all bounds.
    private final long[] counts;
    private double sum;

    /// @param bounds ascending
    /// @param upTo   how many measurements do not exceed the bound of the same index
    /// @param sum    the sum of all measurements
    public record Counted(double[] bounds, long[] upTo, long count, double sum) {
    }

    /// @param bounds ascending
    public Buckets(double... bounds) {
        this.bounds = bounds.clone();
        counts = new long[bounds.length + 1];
    }

    /// Returns buckets for durations from milliseconds to an hour, in seconds.
    static Buckets ofSeconds() {
        return new Buckets(SECONDS);
    }

    /// Counts a duration; a negative one counts as 0.
    void addMillis(long millis) {
        add(Math.max(0, millis) / MILLIS);
    }

    /// Counts a measurement.
    public synchronized void add(double value) {
        int at = Arrays.binarySearch(bounds, value);
        counts[at < 0 ? -at - 1 : at]++;
        sum += value;
    }

    /// Returns the counts so far.
    public synchronized Counted counted() {
        long[] upTo = new long[bounds.length];
        long count = 0;
        for (int i = 0; i < bounds.length; i++) {
            count += counts[i];
            upTo[i] = count;
        }
        return new Counted(bounds.clone(), upTo, count + counts[bounds.length], sum);
    }
}
