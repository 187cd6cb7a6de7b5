package server.order.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Arrays;

import org.junit.jupiter.api.Test;

import shared.Problem;
import support.SettableClock;

final class ClientBudgetsTest {

    private final SettableClock clock = new SettableClock("2026-01-01T00:00:00Z");
    private final ClientBudgets budgets = new ClientBudgets(LimitsOf.yaml("""
            clients:
              default: {requests_per_minute: 1}
              app: {requests_per_minute: 3}
              free: {weight: 2}
            """), clock);

    private void letIn(String... clients) {
        budgets.letIn(Arrays.asList(clients));
    }

    private void assertRefused(long retryAfter, String message, String... clients) {
        Problem problem = assertThrows(Problem.class, () -> letIn(clients));
        assertEquals(429, problem.status());
        assertEquals(message, problem.getMessage());
        assertEquals(retryAfter, problem.retryAfter());
    }

    @Test
    void letIn_atTheLimit_andOneMore() {
        letIn("app");
        clock.pass(Duration.ofMillis(10_500));
        letIn("app");
        letIn("app");
        assertRefused(50, "client app: the limit of 3 a minute is reached; try again in 50 s", "app");
        clock.pass(Duration.ofSeconds(50));
        letIn("app");
        assertRefused(10, "client app: the limit of 3 a minute is reached; try again in 10 s", "app");
    }

    @Test
    void letIn_whoIsRefused_isNotCounted() {
        letIn("app", "x");
        for (int i = 0; i < 5; i++) {
            assertRefused(60, "client x: the limit of 1 a minute is reached; try again in 60 s", "app", "x");
        }
        letIn("app");
        letIn("app");
    }

    @Test
    void letIn_theDefault_isForEachClientThatHasNoEntry_andForNobodyInParticular() {
        letIn("a");
        letIn("b");
        letIn((String) null);
        assertRefused(60, "requests without a client: the limit of 1 a minute is reached; try again in 60 s",
                (String) null);
        assertRefused(60, "client a: the limit of 1 a minute is reached; try again in 60 s", "a");
        for (int i = 0; i < 1_000; i++) {
            letIn("free");
        }
    }

    @Test
    void reconfigure_countsWhatCame() {
        letIn("app");
        letIn("app");
        budgets.reconfigure(LimitsOf.yaml("clients: {app: {requests_per_minute: 2}}"));
        assertRefused(60, "client app: the limit of 2 a minute is reached; try again in 60 s", "app");
        budgets.reconfigure(LimitsOf.yaml("clients: {app: {requests_per_minute: 3}}"));
        letIn("app");
        budgets.reconfigure(OrderLimits.NONE);
        letIn("app");
        letIn("app");
    }
}
