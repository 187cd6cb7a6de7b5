package server.access;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;

/// Slows down whoever guesses tokens. The answers to the wrong ones of an address wait, one after the other, however
/// many are asked at a time: 100 ms at first, doubled with each further wrong one up to 2 s. A minute without any
/// begins anew. Right tokens never wait, so nobody is locked out.
final class Guesses {

    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration EACH_MAX = Duration.ofSeconds(2);
    /// The longest that an answer waits behind others: a guess must not hold its connection for ever.
    private static final Duration MAX = Duration.ofMinutes(1);
    private static final long FORGOTTEN_NANOS = Duration.ofMinutes(1).toNanos();
    /// One line of the log may tell of many guesses.
    private static final long LINE_NANOS = Duration.ofSeconds(10).toNanos();

    /// Of how many addresses it is known that they guess; the one that has not for longest is forgotten.
    private static final int ADDRESSES_MAX = 4_096;
    /// Whoever has one address of IPv6 has all that begin so.
    private static final int NETWORK_BYTES = 8;

    /// What is known of an address.
    private static final class Guesser {
        Duration next = FIRST;
        long last;
        /// When the last of those that wait has its answer.
        long freeAt;

        Guesser(long nanos) {
            last = nanos;
            freeAt = nanos;
        }
    }

    /// The one that has not guessed for longest is the first.
    private final LinkedHashMap<ByteBuffer, Guesser> guessers = new LinkedHashMap<>(16, 0.75f, true);
    private long lineAt;
    private int unlogged;

    /// How long the answer to one more wrong guess has to wait.
    ///
    /// @param from  where it comes from
    /// @param nanos as `System.nanoTime` counts
    synchronized Duration delay(InetAddress from, long nanos) {
        byte[] address = from.getAddress();
        Guesser guesser = guessers.computeIfAbsent(
                ByteBuffer.wrap(address, 0, Math.min(address.length, NETWORK_BYTES)),
                unknown -> new Guesser(nanos));
        if (guessers.size() > ADDRESSES_MAX) {
            guessers.pollFirstEntry();
        }
        if (nanos - guesser.last > FORGOTTEN_NANOS) {
            guesser.next = FIRST;
            guesser.freeAt = nanos;
        }
        guesser.last = nanos;
        guesser.freeAt = Math.min(Math.max(guesser.freeAt, nanos) + guesser.next.toNanos(), nanos + MAX.toNanos());
        Duration doubled = guesser.next.multipliedBy(2);
        guesser.next = doubled.compareTo(EACH_MAX) > 0 ? EACH_MAX : doubled;
        return Duration.ofNanos(guesser.freeAt - nanos);
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
