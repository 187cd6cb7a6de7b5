package server.order;

import java.util.Arrays;
import java.util.stream.IntStream;

import server.order.Estimates.Estimate;
import server.order.Estimates.Left;

/// How long the last 200 of some attempts took, and how many tokens they wrote.
///
/// Invariant: `sorted` has the same as `millis`, ascending.
final class Sample {

    static final int KEPT = 200;
    /// With fewer attempts there is no ground.
    static final int GROUND = 3;
    /// By how much an attempt may be longer than all before, besides half of that, until it is out of the ordinary.
    private static final long SLACK_MS = 1_000;
    /// How fast an answer is written may change by so much.
    private static final double PACE_DOUBT = 0.1;

    /// Rings once they are full.
    private int[] millis = new int[8];
    private int[] tokens = new int[8];
    private int[] sorted = new int[8];
    private int count;
    private int next;
    /// Null if it has to be made again.
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

    /// Null if there is no ground.
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

    /// What is left of an attempt; null if there is no ground to say.
    Left left(long elapsed, Written so) {
        Left byTokens = so.tokens() > 0 ? byTokens(so) : null;
        return byTokens != null ? byTokens : count < GROUND ? null : byTime(elapsed, so);
    }

    /// By those that wrote more. One that wrote more than all before may end at any time, until it reaches its limit.
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

    /// By those that lasted longer, had they had its limit. Of one that lasts longer than all before, some more time.
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

    /// Those of which it is known what they wrote.
    private IntStream told() {
        return IntStream.range(0, count).filter(i -> tokens[i] >= 0);
    }
}
