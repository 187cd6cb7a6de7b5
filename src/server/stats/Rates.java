package server.stats;

/// How busy the queue was in the last minutes, on average.
public record Rates(double submittedPerMinute, double completedPerMinute, double failedPerMinute,
        double tokensPerSecond) {
}
