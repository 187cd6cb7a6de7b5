package server.access;

import java.time.Duration;

/// Slows down whoever guesses tokens. The answers to wrong ones wait, one after the other, however many are asked at a
/// time: 100 ms at first, doubled with each further wrong one up to 2 s. A minute without any begins anew. Right tokens
/// never wait, so nobody is locked out.
final class Guesses {

    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration EACH_MAX = Duration.ofSeconds(2);
    /// The longest that an answer waits behind others: a guess must not hold its connection for ever.
    private static final Duration MAX = Duration.ofMinutes(1);
    private static final long FORGOTTEN_NANOS = Duration.ofMinutes(1).toNanos();
    /// One line of the log may tell of many guesses.
    private static final long LINE_NANOS = Duration.ofSeconds(10).toNanos();

    private Duration next = FIRST;
    private long last;
    /// When the last of those that wait has its answer.
    private long freeAt;
    private long lineAt;
    private int unlogged;

    /// How long the answer to one more wrong guess has to wait.
    ///
    /// @param nanos as `System.nanoTime` counts
    synchronized Duration delay(long nanos) {
        if (nanos - last > FORGOTTEN_NANOS) {
            next = FIRST;
            freeAt = nanos;
        }
        last = nanos;
        freeAt = Math.min(Math.max(freeAt, nanos) + next.toNanos(), nanos + MAX.toNanos());
        next = next.multipliedBy(2).compareTo(EACH_MAX) > 0 ? EACH_MAX : next.multipliedBy(2);
        return Duration.ofNanos(freeAt - nanos);
    }

    /// Counts one more wrong guess for the log.
    ///
    /// @return how many the log has not told of, if it may tell now; else 0
    synchronized int unlogged(long nanos) {
        unlogged++;
        if (lineAt != 0 && nanos - lineAt < LINE_NANOS) {
            return 0;
        }
        int count = unlogged;
        unlogged = 0;
        lineAt = nanos;
        return count;
    }
}
