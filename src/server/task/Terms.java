package server.task;

/// What a submit may ask of how its task is run. Durations are milliseconds, times milliseconds since the epoch.
///
/// @param scheduledAt   not before this time; 0: at once
/// @param expiresAt     a task still pending then fails; 0: never
/// @param timeout       an attempt's whole time
/// @param maxRetries    how many failed attempts are tried again; 0 is none
/// @param initialDelay  the first backoff's upper bound
/// @param maxDelay      every backoff's upper bound
/// @param backoffFactor what the bound is multiplied with from one retry to the next, at least 1
/// @param remote        whether a remote endpoint is asked for
/// @param on            the name of the one host that may run it; null: any
/// @param waitForModel  whether it waits while no host has its model, instead of failing
public record Terms(long scheduledAt, long expiresAt, long timeout, int maxRetries, long initialDelay, long maxDelay,
        double backoffFactor, boolean remote, String on, boolean waitForModel) {

    /// What a submit that says nothing gets. One instance is shared by all such tasks.
    public static final Terms DEFAULT = new Terms(0, 0, 30 * 60_000, 3, 1_000, 30_000, 2, false, null, false);

    /// The same without an expiry.
    public Terms unexpiring() {
        return new Terms(scheduledAt, 0, timeout, maxRetries, initialDelay, maxDelay, backoffFactor, remote, on,
                waitForModel);
    }
}
