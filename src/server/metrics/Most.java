package server.metrics;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// Bounds the values of a label, which clients can invent: the most used ones have a sample each; all others share one.
final class Most {

    /// How many values have their own sample.
    static final int VALUES_MAX = 50;
    /// The value for all others; it may also be a real one.
    static final String OTHER = "other";
    /// A longer value counts as one of the others.
    static final int LENGTH_MAX = 200;

    private Most() {
    }

    /// Returns the counts by label, sorted by label.
    ///
    /// @param counts by value; the sum of a value's counts is its use
    /// @param label  returns the label of a value
    static <V> Map<String, long[]> of(Map<V, long[]> counts, Function<V, String> label) {
        Map<String, long[]> named = new HashMap<>();
        counts.forEach((value, of) -> {
            // labels that are equal once unpaired surrogates are written as `?` must share a sample
            String text = wellFormed(label.apply(value));
            add(named, text.length() > LENGTH_MAX ? OTHER : text, of);
        });
        long[] other = named.remove(OTHER);
        List<Map.Entry<String, long[]>> byUse = new ArrayList<>(named.entrySet());
        byUse.sort(Collections.reverseOrder(Map.Entry.comparingByValue((a, b) -> Long.compare(sum(a), sum(b)))));
        Map<String, long[]> bounded = new TreeMap<>();
        for (int i = 0; i < byUse.size(); i++) {
            add(bounded, i < VALUES_MAX ? byUse.get(i).getKey() : OTHER, byUse.get(i).getValue());
        }
        if (other != null) {
            add(bounded, OTHER, other);
        }
        return bounded;
    }

    private static String wellFormed(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static void add(Map<String, long[]> counts, String label, long[] more) {
        long[] sums = counts.computeIfAbsent(label, absent -> new long[more.length]);
        for (int i = 0; i < more.length; i++) {
            sums[i] += more[i];
        }
    }

    private static long sum(long[] counts) {
        return Arrays.stream(counts).sum();
    }
}
