package server.access;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;

/// Slows down clients that guess tokens. The answer to a wrong token is delayed: by 100 ms at first, doubled with each
/// further wrong token from the same address, up to 2 s. After a minute without one, the delay starts again. Right
/// tokens are never delayed, so nobody is locked out; and few answers are delayed at a time, so they do not use up the
/// connections.
final class Guesses {

    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration MAX = Duration.ofSeconds(2);
    private static final long FORGOTTEN_NANOS = Duration.ofMinutes(1).toNanos();
    /// The interval of log lines: one may report many guesses.
    private static final long LINE_NANOS = Duration.ofSeconds(10).toNanos();

    /// The number of remembered addresses; beyond it, the one with the oldest guess is forgotten.
    private static final int ADDRESSES_MAX = 4_096;
    /// The number of answers that may be delayed at a time, for one address and in all; beyond it, wrong tokens are
    /// refused at once.
    static final int WAITING_EACH_MAX = 16;
    static final int WAITING_MAX = 256;
    /// Whoever has an IPv6 address has all those with the same first 8 bytes.
    private static final int NETWORK_BYTES = 8;

    /// The guesses from an address.
    private static final class Guesser {
        Duration next = FIRST;
        long last;
        int waiting;
    }

    /// The address with the oldest guess comes first.
    private final LinkedHashMap<ByteBuffer, Guesser> guessers = new LinkedHashMap<>(16, 0.75f, true);
    private int waiting;
    private long lineAt;
    private int unlogged;

    /// Returns the delay of the answer to one more wrong token; then [#end] must be called.
    ///
    /// @param from  the client's address
    /// @param nanos the present time, by `System.nanoTime`
    /// @return null if too many answers are being delayed; then [#end] must not be called
    synchronized Duration begin(InetAddress from, long nanos) {
        Guesser guesser = guessers.computeIfAbsent(network(from), unknown -> new Guesser());
        if (guessers.size() > ADDRESSES_MAX) {
            guessers.pollFirstEntry();
        }
        if (nanos - guesser.last > FORGOTTEN_NANOS) {
            guesser.next = FIRST;
        }
        guesser.last = nanos;
        Duration delay = guesser.next;
        guesser.next = delay.multipliedBy(2).compareTo(MAX) > 0 ? MAX : delay.multipliedBy(2);
        if (guesser.waiting == WAITING_EACH_MAX || waiting == WAITING_MAX) {
            return null;
        }
        guesser.waiting++;
        waiting++;
        return delay;
    }

    /// Notes that the delay of an answer is over.
    synchronized void end(InetAddress from) {
        waiting--;
        Guesser guesser = guessers.get(network(from));
        // an address that was forgotten meanwhile starts again
        if (guesser != null && guesser.waiting > 0) {
            guesser.waiting--;
        }
    }

    private static ByteBuffer network(InetAddress from) {
        byte[] address = from.getAddress();
        return ByteBuffer.wrap(address, 0, Math.min(address.length, NETWORK_BYTES));
    }

    /// Counts one more wrong token for the log.
    ///
    /// @return the number of unreported guesses, if a line may be logged now; otherwise 0
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
