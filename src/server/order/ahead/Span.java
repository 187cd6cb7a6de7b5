package server.order.ahead;

/// In how long something probably happens, in milliseconds.
public record Span(long low, long high) {

    /// That many standard deviations to both sides have nine of ten.
    private static final double WIDTH = 1.65;
    /// Of what was measured, nothing is better known than this.
    private static final double DOUBT = 0.05;
    private static final long DOUBT_MS = 200;

    /// @param times by how much farther it is
    /// @param later by how much it may be later, because of what is to come
    static Span around(double mean, double times, double deviation, double later) {
        double to = WIDTH * deviation * Math.sqrt(times) + DOUBT * mean * times;
        return new Span((long) Math.max(0, mean * times - to), (long) ((mean + later) * times + to) + DOUBT_MS);
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
