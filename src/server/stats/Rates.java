package server.stats;

/// The queue's average rates over the last minutes.
public record Rates(double submittedPerMinute, double completedPerMinute, double failedPerMinute,
        double tokensPerSecond) {
}
