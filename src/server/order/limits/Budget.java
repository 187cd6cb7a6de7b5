package server.order.limits;

import java.util.ArrayDeque;

/// Counts requests in the last minute (any sixty seconds) against a limit. It stores one number for each request. Times
/// are milliseconds since the epoch; if the clock is set back, requests that would be in the future are forgotten. Not
/// safe for several threads.
public final class Budget {

    private static final long MINUTE_MS = 60_000;

    private final long lengthMs;
    /// When the requests were made, the earliest first.
    private final ArrayDeque<Long> made = new ArrayDeque<>();

    /// Makes a budget for a minute.
    Budget() {
        this(0);
    }

    /// @param moreMs by how many milliseconds its minute is longer: for counting requests that still have to arrive
    ///               somewhere
    public Budget(long moreMs) {
        lengthMs = MINUTE_MS + moreMs;
    }

    /// Returns the milliseconds until the next request may be made; 0: now.
    ///
    /// @param most how many a minute, at least 1
    /// @param now  milliseconds since the epoch
    public long pause(int most, long now) {
        forget(now);
        if (made.size() < most) {
            return 0;
        }
        int before = made.size() - most;
        for (long at : made) {
            if (before-- == 0) {
                return at + lengthMs - now;
            }
        }
        throw new IllegalArgumentException("most must be at least 1, not " + most);
    }

    /// Counts a request.
    public void take(long now) {
        forget(now);
        made.add(now);
    }

    /// Returns whether no request was made in the last minute.
    boolean isUnused(long now) {
        forget(now);
        return made.isEmpty();
    }

    private void forget(long now) {
        while (!made.isEmpty() && made.getFirst() <= now - lengthMs) {
            made.removeFirst();
        }
        while (!made.isEmpty() && made.getLast() > now) {
            made.removeLast();
        }
    }
}
