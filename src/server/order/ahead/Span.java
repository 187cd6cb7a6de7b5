package server.order.ahead;

/// In how long something probably happens, in milliseconds.
public record Span(long low, long high) {

    /// That many standard deviations to both sides have nine of ten.
    private static final double WIDTH = 1.65;
    /// Of what was measured, nothing is better known than this.
    private static final double DOUBT = 0.05;
    private static final long DOUBT_MS = 200;

    /// Sums of times lean to the right, and more so the fewer they are: their quantiles are taken for those of a gamma
    /// distribution of the same mean and deviation, as Wilson and Hilferty approximate them.
    ///
    /// @param times by how much farther it is
    /// @param later by how much it may be later, because of what is to come
    static Span around(double mean, double times, double deviation, double later) {
        double sum = mean * times;
        double part = sum <= 0 ? 0 : deviation * deviation * times / (9 * sum * sum);
        return new Span((long) ((1 - DOUBT) * sum * quantile(part, -WIDTH)),
                (long) ((1 + DOUBT) * sum * quantile(part, WIDTH) + later * times) + DOUBT_MS);
    }

    private static double quantile(double part, double deviations) {
        double root = Math.max(0, 1 - part + deviations * Math.sqrt(part));
        return root * root * root;
    }

    /// So many milliseconds later.
    Span after(double millis) {
        return new Span(low + (long) millis, high + (long) millis);
    }

    /// What cannot happen earlier.
    Span notBefore(long earliest) {
        return notBefore(new Span(earliest, earliest));
    }

    /// What happens after something else.
    Span notBefore(Span first) {
        return new Span(Math.max(low, first.low), Math.max(high, first.high));
    }
}
