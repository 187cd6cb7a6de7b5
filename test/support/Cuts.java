package support;

import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// The places at which a text is cut in two: in `make proof` every one; in `make test` each close to its ends, and some
/// between.
public final class Cuts {

    private static final int EVERY = 16;
    private static final int SAMPLES = 12;

    private Cuts() {
    }

    /// Places from 0 to the length, both included, in their order.
    ///
    /// @param seed for those between
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
}
