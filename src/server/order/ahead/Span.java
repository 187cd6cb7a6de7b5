package server.order.ahead;

/// The time until something probably happens, in milliseconds.
public record Span(long low, long high) {

    /// Nine of ten values lie within this many standard deviations of the mean.
    private static final double WIDTH = 1.65;
    /// No measured time is known more precisely than this.
    private static final double DOUBT = 0.05;
    private static final long DOUBT_MS = 200;

    /// Returns the span around a sum of times. Such sums lean to the right, the more so the fewer they are: their
    /// quantiles are taken from a gamma distribution with the same mean and deviation, by Wilson and Hilferty's
    /// approximation.
    ///
    /// @param times how many times further away the moment is
    /// @param later by how much it may be later because of tasks still to come, in milliseconds
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

    /// Returns the span that is later by this many milliseconds.
    Span after(double millis) {
        return new Span(low + (long) millis, high + (long) millis);
    }

    /// Returns the span if it cannot happen before this many milliseconds.
    Span notBefore(long earliest) {
        return notBefore(new Span(earliest, earliest));
    }

    /// Returns the span if it happens after something else.
    Span notBefore(Span first) {
        return new Span(Math.max(low, first.low), Math.max(high, first.high));
    }
}
