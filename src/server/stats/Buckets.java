package server.stats;

import java.util.Arrays;

/// How many of some measurements do not exceed each of some bounds, all since the server's start: what monitoring adds
/// up and makes percentiles of. Any number of them takes the same few bytes. Safe for several threads.
public final class Buckets {

    private static final double[] SECONDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300,
        600, 1_800, 3_600};
    private static final double MILLIS = 1e3;

    private final double[] bounds;
    /// By the first bound that is not exceeded; the last: none is.
    private final long[] counts;
    private double sum;

    /// @param bounds ascending
    /// @param upTo   how many do not exceed the bound of the same index
    /// @param sum    of all measurements
    public record Counted(double[] bounds, long[] upTo, long count, double sum) {
    }

    /// @param bounds ascending
    public Buckets(double... bounds) {
        this.bounds = bounds.clone();
        counts = new long[bounds.length + 1];
    }

    /// Returns buckets for lengths of time from milliseconds to an hour, in seconds.
    static Buckets ofSeconds() {
        return new Buckets(SECONDS);
    }

    /// Counts a length of time; a negative one is 0.
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
