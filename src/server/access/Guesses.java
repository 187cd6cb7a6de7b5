package server.access;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;

/// Slows down whoever guesses tokens. The answer to a wrong one waits: 100 ms at first, doubled with each further one
/// of the same address up to 2 s. A minute without any starts again. Right tokens never wait, so nobody is locked out;
/// and those that wait are few, so that they take nobody's connection.
final class Guesses {

    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration MAX = Duration.ofSeconds(2);
    private static final long FORGOTTEN_NANOS = Duration.ofMinutes(1).toNanos();
    /// One line of the log may tell of many guesses.
    private static final long LINE_NANOS = Duration.ofSeconds(10).toNanos();

    /// Of how many addresses it is known that they guess; the one that has not for longest is forgotten.
    private static final int ADDRESSES_MAX = 4_096;
    /// How many answers to one address may wait at a time, and how many in all: beyond that there is one at once.
    static final int WAITING_EACH_MAX = 16;
    static final int WAITING_MAX = 256;
    /// Whoever has one address of IPv6 has all that begin so.
    private static final int NETWORK_BYTES = 8;

    /// What is known of an address.
    private static final class Guesser {
        Duration next = FIRST;
        long last;
        int waiting;
    }

    /// The one that has not guessed for longest is the first.
    private final LinkedHashMap<ByteBuffer, Guesser> guessers = new LinkedHashMap<>(16, 0.75f, true);
    private int waiting;
    private long lineAt;
    private int unlogged;

    /// How long the answer to one more wrong guess has to wait; then [#end] is to be called.
    ///
    /// @param from  where it comes from
    /// @param nanos as `System.nanoTime` counts
    /// @return null if too many wait already
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

    /// An answer waits no longer.
    synchronized void end(InetAddress from) {
        waiting--;
        Guesser guesser = guessers.get(network(from));
        // one that was forgotten meanwhile starts again
        if (guesser != null && guesser.waiting > 0) {
            guesser.waiting--;
        }
    }

    private static ByteBuffer network(InetAddress from) {
        byte[] address = from.getAddress();
        return ByteBuffer.wrap(address, 0, Math.min(address.length, NETWORK_BYTES));
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
