package server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import server.executor.Outcome.Cause;
import server.executor.Outcome.Failed;
import server.task.Task;
import server.task.TaskState;
import server.task.Terms;
import shared.TaskType;

final class RetryPolicyTest {

    private static final long SEED = 20261123;
    private static final Failed FAILURE = new Failed(Cause.PASSING, "lost", null);

    private final RetryPolicy policy = new RetryPolicy(new Random(SEED));

    @Test
    void triesAgain_onlyPassingFailuresAndOnlyWhileRetriesAreLeft() {
        assertTrue(policy.triesAgain(task(0, Terms.DEFAULT), Cause.PASSING));
        assertTrue(policy.triesAgain(task(2, Terms.DEFAULT), Cause.PASSING));
        assertFalse(policy.triesAgain(task(3, Terms.DEFAULT), Cause.PASSING));
        assertFalse(policy.triesAgain(task(0, Terms.DEFAULT), Cause.FINAL));
        assertFalse(policy.triesAgain(task(0, Terms.DEFAULT), Cause.TIMEOUT));
    }

    @Test
    void delay_isSpreadOverTheWholeBoundThatDoublesUpToTheMaximum() {
        long[] bounds = {1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000};
        for (int retries = 0; retries < bounds.length; retries++) {
            long smallest = Long.MAX_VALUE;
            long largest = 0;
            for (int i = 0; i < 2_000; i++) {
                long delay = policy.delay(task(retries, Terms.DEFAULT), FAILURE);
                smallest = Math.min(smallest, delay);
                largest = Math.max(largest, delay);
            }
            String at = "retry " + retries + ", seed " + SEED;
            assertTrue(smallest < bounds[retries] / 20, at);
            assertTrue(largest > bounds[retries] * 19 / 20 && largest <= bounds[retries], at);
        }
    }

    @Test
    void delay_isNotShorterThanTheHostAskedFor() {
        Failed asks = new Failed(Cause.PASSING, "busy", Duration.ofSeconds(90));
        assertEquals(90_000, policy.delay(task(0, Terms.DEFAULT), asks));
        Failed asksForHours = new Failed(Cause.PASSING, "busy", Duration.ofHours(5));
        assertEquals(18_000_000, policy.delay(task(0, Terms.DEFAULT), asksForHours));
        Failed asksForEver = new Failed(Cause.PASSING, "busy", Duration.ofSeconds(Long.MAX_VALUE));
        assertEquals(Failed.RETRY_AFTER_MAX.toMillis(), policy.delay(task(0, Terms.DEFAULT), asksForEver));
    }

    @Test
    void delay_manyRetries_staysBounded() {
        Terms patient = new Terms(0, 0, 1, 1_000, 1_000, 30_000, 10, false, null, false);
        assertTrue(policy.delay(task(900, patient), FAILURE) <= 30_000);
    }

    static Task task(int retries, Terms terms) {
        return new Task(1, TaskType.CHAT, "m", 5, TaskState.Pending.READY, 0, 1, 1, terms, null, retries, List.of(),
                0, 0, null);
    }
}
