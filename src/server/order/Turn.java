package server.order;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/// The tasks of a client in a level whose passes are counted from the same moment, and what was started since.
final class Turn {

    final Map<DemandGroup, Lane> lanes = new HashMap<>();
    private final OrderOptions options;
    private final Marks all;
    private final Map<String, Marks> byHost = new HashMap<>(4);

    Turn(OrderOptions options) {
        this.options = options;
        all = new Marks(options.maxBatch());
    }

    /// Copies what was started from another turn; no tasks.
    Turn(Turn of) {
        options = of.options;
        all = new Marks(of.all);
        of.byHost.forEach((host, marks) -> byHost.put(host, new Marks(marks)));
    }

    void started(long order, String host, long step) {
        all.started(order, step);
        byHost.computeIfAbsent(host, absent -> new Marks(options.maxBatch())).started(order, step);
    }

    /// Returns whether a start has passed over this order.
    boolean hasPassed(long order) {
        return all.max() > order;
    }

    /// Tasks with this order or a larger one are not overdue.
    long bound(long step) {
        return Math.max(all.passedOften(), all.passedLong(step));
    }

    /// Returns the step after this one in which more of its tasks may be overdue; Long.MAX_VALUE for none.
    long nextLong(long step) {
        long next = all.nextLong(step);
        for (Marks marks : byHost.values()) {
            next = Math.min(next, marks.nextLong(step));
        }
        return next;
    }

    /// Returns whether a task was passed over as often or as long as it may be, on hosts that it may use.
    boolean isOverdue(long order, Predicate<String> mayUse, long step) {
        int passed = 0;
        for (Map.Entry<String, Marks> host : byHost.entrySet()) {
            if (host.getValue().max() > order && mayUse.test(host.getKey())) {
                passed += host.getValue().passed(order);
                if (passed >= options.maxBatch() || host.getValue().passedLong(step) > order) {
                    return true;
                }
            }
        }
        return false;
    }
}
