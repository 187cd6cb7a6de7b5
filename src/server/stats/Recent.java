package server.stats;

import java.util.Arrays;

/// Counts how often something happened in the last minutes. Not safe for several threads.
public final class Recent {

    private static final long MINUTE_MS = 60_000;
    /// The number of whole minutes counted, besides the running one.
    private static final int WHOLE = 5;

    private final long[] counts = new long[WHOLE + 1];
    private long since;
    private long minute;

    /// @param now when the counting begins, milliseconds since the epoch
    public Recent(long now) {
        since = now;
        minute = Math.floorDiv(now, MINUTE_MS);
    }

    /// Adds to the count at this time.
    public void add(long count, long now) {
        turn(now);
        counts[slot(minute)] += count;
    }

    /// Returns the count of the last minutes, or since the counting began if that is later.
    long count(long now) {
        turn(now);
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    /// Returns the average count per minute over the last minutes.
    public double perMinute(long now) {
        long sum = count(now);
        long time = now - Math.max(since, (minute - WHOLE) * MINUTE_MS);
        return sum / (Math.max(MINUTE_MS, time) / (double) MINUTE_MS);
    }

    /// After a small step back of the clock, the minute that was reached goes on counting; after a large one counting
    /// starts anew.
    private void turn(long now) {
        long next = Math.floorDiv(now, MINUTE_MS);
        if (next < minute - WHOLE) {
            Arrays.fill(counts, 0);
            since = now;
            minute = next;
        }
        for (long empty = Math.max(minute + 1, next - WHOLE); empty <= next; empty++) {
            counts[slot(empty)] = 0;
        }
        minute = Math.max(minute, next);
    }

    private static int slot(long minute) {
        return (int) Math.floorMod(minute, (long) WHOLE + 1);
    }
}
