package bench;

import java.util.Locale;

/// The goal of a figure, or of its ratio to the floor.
record Goal(boolean atLeast, double bound, String unit) {

    static final Goal NONE = new Goal(true, Double.NaN, "");

    static Goal ratioAtLeast(double bound) {
        return new Goal(true, bound, "x");
    }

    static Goal ratioAtMost(double bound) {
        return new Goal(false, bound, "x");
    }

    static Goal atLeast(double bound, String unit) {
        return new Goal(true, bound, " " + unit);
    }

    static Goal atMost(double bound, String unit) {
        return new Goal(false, bound, " " + unit);
    }

    boolean isNone() {
        return Double.isNaN(bound);
    }

    boolean isMet(double value) {
        return atLeast ? value >= bound : value <= bound;
    }

    @Override
    public String toString() {
        String number = bound == Math.rint(bound) ? String.format(Locale.ROOT, "%.0f", bound)
                : String.format(Locale.ROOT, "%.2f", bound);
        return isNone() ? "" : (atLeast ? ">= " : "<= ") + number + unit;
    }
}
