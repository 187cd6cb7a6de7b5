package server.order;

/// Which orders were started, as far as needed to tell how often a waiting task was passed over, and when first: a
/// start passes over all smaller orders.
///
/// Invariants: `largest` ascends; of the `steps`, both numbers ascend.
final class Marks {

    /// The largest orders that were started, as many as the number of times that a task may be passed over.
    private final long[] largest;
    private int count;
    /// Pairs of a step and the largest order started in it or before, for steps in which that grew.
    private long[] steps = new long[8];
    private int pairs;

    Marks(int maxBatch) {
        largest = new long[maxBatch];
    }

    Marks(Marks of) {
        largest = of.largest.clone();
        count = of.count;
        steps = of.steps.clone();
        pairs = of.pairs;
    }

    void started(long order, long step) {
        if (order > max()) {
            grow(order, pairs == 0 ? step : Math.max(step, steps[2 * pairs - 2]));
        }
        int at = above(order);
        if (count < largest.length) {
            System.arraycopy(largest, at, largest, at + 1, count - at);
            largest[at] = order;
            count++;
        } else if (at > 0) {
            System.arraycopy(largest, 1, largest, 0, at - 1);
            largest[at - 1] = order;
        }
    }

    private void grow(long order, long step) {
        if (pairs > 0 && steps[2 * pairs - 2] == step) {
            steps[2 * pairs - 1] = order;
            return;
        }
        // one pair is enough for everything older than all steps that count
        int old = 0;
        while (old + 1 < pairs && steps[2 * old + 2] <= step - OrderOptions.STEPS) {
            old++;
        }
        pairs -= old;
        long[] into = 2 * pairs + 2 > steps.length ? new long[2 * steps.length] : steps;
        System.arraycopy(steps, 2 * old, into, 0, 2 * pairs);
        steps = into;
        steps[2 * pairs] = step;
        steps[2 * pairs + 1] = order;
        pairs++;
    }

    /// Returns the largest order that was started; Long.MIN_VALUE for none.
    long max() {
        return pairs == 0 ? Long.MIN_VALUE : steps[2 * pairs - 1];
    }

    /// Returns the order below which everything was passed over as often as it may be.
    long passedOften() {
        return count < largest.length ? Long.MIN_VALUE : largest[0];
    }

    /// Returns the order below which everything was first passed over as many steps ago as it may be.
    long passedLong(long step) {
        for (int i = pairs - 1; i >= 0; i--) {
            if (steps[2 * i] <= step - OrderOptions.STEPS) {
                return steps[2 * i + 1];
            }
        }
        return Long.MIN_VALUE;
    }

    /// Returns the step after this one in which [#passedLong] grows next; Long.MAX_VALUE for none.
    long nextLong(long step) {
        for (int i = 0; i < pairs; i++) {
            if (steps[2 * i] > step - OrderOptions.STEPS) {
                return steps[2 * i] + OrderOptions.STEPS;
            }
        }
        return Long.MAX_VALUE;
    }

    /// Returns how many starts passed over a task of this order; exact up to the number of times that it may be passed
    /// over.
    int passed(long order) {
        return count - above(order);
    }

    /// Returns the index of the first that is larger.
    private int above(long order) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (largest[middle] > order) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
