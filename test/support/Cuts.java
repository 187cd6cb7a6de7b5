package support;

import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// The positions at which a text is cut in two: in `make proof` all of them; in `make test` those close to its ends,
/// and some between.
public final class Cuts {

    private static final int EVERY = 16;
    private static final int SAMPLES = 12;

    private Cuts() {
    }

    /// Returns positions from 0 to the length, both included, in ascending order.
    ///
    /// @param seed chooses those between
    public static Set<Integer> of(int length, long seed) {
        Random random = new Random(seed);
        Set<Integer> cuts = new TreeSet<>();
        for (int place : IntStream.rangeClosed(0, length).toArray()) {
            if (Effort.isProof() || place < EVERY || length - place < EVERY) {
                cuts.add(place);
            }
        }
        random.ints(SAMPLES, 0, length + 1).forEach(cuts::add);
        return cuts;
    }

    /// Returns a recorded host's answer, written byte by byte.
    public static FakeOllamaAnswer everywhere(byte[] wire) {
        return (request, reply) -> {
            for (byte b : wire) {
                reply.raw(new byte[] {b});
            }
        };
    }

    /// Returns a recorded host's answer, written in two parts.
    public static FakeOllamaAnswer at(int cut, byte[] wire) {
        return (request, reply) -> {
            reply.raw(Arrays.copyOf(wire, cut));
            Thread.yield();
            reply.raw(Arrays.copyOfRange(wire, cut, wire.length));
        };
    }

    /// Returns the beginning of a host's answer, which then breaks off.
    public static FakeOllamaAnswer brokenOffAt(int cut, byte[] wire) {
        return (request, reply) -> {
            reply.raw(Arrays.copyOf(wire, cut));
            reply.breakOff();
        };
    }
}
