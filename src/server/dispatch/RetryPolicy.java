package server.dispatch;

import java.util.random.RandomGenerator;

import server.executor.Outcome;
import server.executor.Outcome.Cause;
import server.task.Task;
import server.task.Terms;

/// Whether a failed attempt is retried, and when: exponential backoff with full jitter, as in "Exponential Backoff and
/// Jitter" (AWS Architecture Blog, 2015), but never before the time that the host requested.
final class RetryPolicy {

    private final RandomGenerator random;

    RetryPolicy(RandomGenerator random) {
        this.random = random;
    }

    /// Returns whether a failure with this cause, which was not the host's, leaves the task another attempt.
    boolean triesAgain(Task task, Cause cause) {
        return cause == Cause.PASSING && task.retries() < task.terms().maxRetries();
    }

    /// Returns the milliseconds until the next attempt.
    long delay(Task task, Outcome.Failed failure) {
        Terms terms = task.terms();
        double bound = terms.initialDelay() * Math.pow(terms.backoffFactor(), task.retries());
        long jittered = (long) (random.nextDouble() * Math.min(bound, terms.maxDelay()));
        long asked = failure.retryAfter() == null ? 0 : failure.retryAfter().toMillis();
        return Math.max(jittered, asked);
    }
}
