package server.order;

import java.util.Arrays;
import java.util.stream.IntStream;

import server.order.Estimates.Estimate;
import server.order.Estimates.Left;

/// The durations of the last 200 of some attempts, and the numbers of tokens they wrote.
///
/// Invariant: `sorted` has the same values as `millis`, ascending.
final class Sample {

    static final int KEPT = 200;
    /// The least number of attempts for an estimate.
    static final int GROUND = 3;
    /// By how much an attempt may exceed all before it, besides half of that, until it counts as unusual.
    private static final long SLACK_MS = 1_000;
    /// By how much the speed of an answer may vary.
    private static final double PACE_DOUBT = 0.1;

    /// Ring buffers once they are full.
    private int[] millis = new int[8];
    private int[] tokens = new int[8];
    private int[] sorted = new int[8];
    private int count;
    private int next;
    /// Null if it must be rebuilt.
    private Estimate estimate;

    int count() {
        return count;
    }

    /// @param wrote below 0: not known
    void add(long took, long wrote) {
        if (count == millis.length && count < KEPT) {
            int capacity = Math.min(KEPT, 2 * count);
            millis = Arrays.copyOf(millis, capacity);
            tokens = Arrays.copyOf(tokens, capacity);
            sorted = Arrays.copyOf(sorted, capacity);
        }
        if (count == KEPT) {
            int old = Arrays.binarySearch(sorted, 0, count, millis[next]);
            System.arraycopy(sorted, old + 1, sorted, old, --count - old);
        }
        int value = (int) Math.min(Integer.MAX_VALUE, took);
        int found = Arrays.binarySearch(sorted, 0, count, value);
        int at = found < 0 ? -found - 1 : found;
        System.arraycopy(sorted, at, sorted, at + 1, count++ - at);
        sorted[at] = value;
        millis[next] = value;
        tokens[next] = (int) Math.min(Integer.MAX_VALUE, wrote);
        next = (next + 1) % KEPT;
        estimate = null;
    }

    /// Returns null if there is not enough data.
    Estimate estimate() {
        if (estimate == null && count >= GROUND) {
            estimate = new Estimate(sorted[(count - 1) / 2], sorted[(9 * count + 9) / 10 - 1], count);
        }
        return estimate;
    }

    Sample copy() {
        Sample copy = new Sample();
        copy.millis = millis.clone();
        copy.tokens = tokens.clone();
        copy.sorted = sorted.clone();
        copy.count = count;
        copy.next = next;
        copy.estimate = estimate;
        return copy;
    }

    /// Returns the time left of an attempt; null if there is not enough data.
    Left left(long elapsed, Written so) {
        Left byTokens = so.tokens() > 0 ? byTokens(so) : null;
        return byTokens != null ? byTokens : count < GROUND ? null : byTime(elapsed, so);
    }

    /// Estimates from those that wrote more. An attempt that wrote more than all before may end at any time, until it
    /// reaches its limit.
    private Left byTokens(Written so) {
        double pace = so.pace();
        if (pace == 0) {
            double[] paces = told().filter(i -> tokens[i] > 0).mapToDouble(i -> (double) millis[i] / tokens[i]).sorted()
                    .toArray();
            pace = paces.length < GROUND ? 0 : paces[(paces.length - 1) / 2];
        }
        double each = pace;
        double[] left = told().filter(i -> so.cut(tokens[i]) > so.tokens())
                .mapToDouble(i -> (so.cut(tokens[i]) - so.tokens()) * each).toArray();
        if (pace == 0 || left.length == 0 && so.limit() == 0) {
            return null;
        }
        if (told().count() < GROUND || left.length == 0) {
            return so.limit() == 0 ? null : Left.upTo(Math.max(0, so.limit() - so.tokens()) * pace);
        }
        Left exact = Left.of(left);
        return new Left(exact.mean(), exact.deviation(), exact.low() * (1 - PACE_DOUBT),
                exact.high() * (1 + PACE_DOUBT));
    }

    /// Estimates from those that lasted longer, cut at its limit. An attempt that lasts longer than all before gets
    /// some more time.
    private Left byTime(long elapsed, Written so) {
        double[] left = IntStream.range(0, count).mapToDouble(i -> (tokens[i] > 0
                ? (double) millis[i] * so.cut(tokens[i]) / tokens[i] : millis[i]) - elapsed).filter(each -> each > 0)
                .toArray();
        if (left.length > 0) {
            return Left.of(left);
        }
        int most = sorted[count - 1];
        return elapsed > most + most / 2 + SLACK_MS ? null : Left.upTo(most / 2.0);
    }

    /// Returns those for which the number of tokens is known.
    private IntStream told() {
        return IntStream.range(0, count).filter(i -> tokens[i] >= 0);
    }
}
