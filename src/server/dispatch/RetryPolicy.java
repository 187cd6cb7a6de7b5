package server.dispatch;

import java.util.random.RandomGenerator;

import server.executor.Outcome;
import server.executor.Outcome.Cause;
import server.task.Task;
import server.task.Terms;

/// Whether a failed attempt is tried again, and when: exponential backoff with full jitter, as in "Exponential Backoff
/// and Jitter" (AWS Architecture Blog, 2015), but never before the time that the host asked for.
final class RetryPolicy {

    private final RandomGenerator random;

    RetryPolicy(RandomGenerator random) {
        this.random = random;
    }

    /// Whether a failure of this cause, that was not the host's, leaves the task another attempt.
    boolean triesAgain(Task task, Cause cause) {
        return cause == Cause.PASSING && task.retries() < task.terms().maxRetries();
    }

    /// Milliseconds until the next attempt.
    long delay(Task task, Outcome.Failed failure) {
        Terms terms = task.terms();
        double bound = terms.initialDelay() * Math.pow(terms.backoffFactor(), task.retries());
        long jittered = (long) (random.nextDouble() * Math.min(bound, terms.maxDelay()));
        long asked = failure.retryAfter() == null ? 0 : failure.retryAfter().toMillis();
        return Math.max(jittered, asked);
    }
}
