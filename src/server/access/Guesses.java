package server.access;

import java.time.Duration;

/// Slows down who guesses tokens: the answer to a wrong one waits, 100 ms at first, doubled with each further wrong one
/// up to 2 s. A minute without any begins anew. Right tokens never wait, so nobody is locked out.
final class Guesses {

    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration MAX = Duration.ofSeconds(2);
    private static final long FORGOTTEN_NANOS = Duration.ofMinutes(1).toNanos();

    private Duration next = FIRST;
    private long last;

    /// How long the answer to one more wrong guess has to wait.
    ///
    /// @param nanos as `System.nanoTime` counts
    synchronized Duration delay(long nanos) {
        if (nanos - last > FORGOTTEN_NANOS) {
            next = FIRST;
        }
        last = nanos;
        Duration delay = next;
        next = next.multipliedBy(2).compareTo(MAX) > 0 ? MAX : next.multipliedBy(2);
        return delay;
    }
}
