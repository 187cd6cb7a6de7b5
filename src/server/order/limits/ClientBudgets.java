package server.order.limits;

import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

import shared.Problem;

/// Counts how many requests each client makes a minute: the submits and relayed calls that were accepted. Kept in
/// memory only. Safe for several threads.
public final class ClientBudgets {

    private static final long SWEEP_MS = 60_000;
    private static final double SECOND_MS = 1e3;

    private final InstantSource clock;
    private final Map<String, Budget> budgets = new HashMap<>();
    private OrderLimits limits;
    private long sweepAt;

    public ClientBudgets(OrderLimits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /// Sets new limits for later requests; earlier ones still count.
    public synchronized void reconfigure(OrderLimits newLimits) {
        limits = newLimits;
    }

    /// Accepts a request and counts it.
    ///
    /// @param clients the clients whose tasks it brings; null stands for tasks without a client
    /// @throws Problem 429 if one of them has made too many; it says when to try again
    public synchronized void letIn(Collection<String> clients) {
        check(clients);
        long now = clock.millis();
        for (String client : clients) {
            if (limits.client(client).requestsPerMinute() < Integer.MAX_VALUE) {
                budgets.computeIfAbsent(client, absent -> new Budget()).take(now);
            }
        }
        sweep(now);
    }

    /// Checks whether a request would be accepted, without counting it.
    ///
    /// @throws Problem as [#letIn]
    public synchronized void check(Collection<String> clients) {
        long now = clock.millis();
        for (String client : clients) {
            int most = limits.client(client).requestsPerMinute();
            Budget budget = budgets.get(client);
            long wait = budget == null ? 0 : budget.pause(most, now);
            if (wait > 0) {
                long seconds = (long) Math.ceil(wait / SECOND_MS);
                throw new Problem(429, (client == null ? "requests without a client" : "client " + client)
                        + ": the limit of " + most + " a minute is reached; try again in " + seconds + " s")
                        .after(seconds);
            }
        }
    }

    private void sweep(long now) {
        // also if the clock was set back
        if (now >= sweepAt || now < sweepAt - SWEEP_MS) {
            budgets.values().removeIf(budget -> budget.isUnused(now));
            sweepAt = now + SWEEP_MS;
        }
    }
}
