package server.order;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/// The tasks of a client in a level whose passes are counted from the same moment on, and what was started since.
final class Turn {

    final Map<DemandGroup, Lane> lanes = new HashMap<>();
    private final OrderOptions options;
    private final Marks all;
    private final Map<String, Marks> byHost = new HashMap<>(4);

    Turn(OrderOptions options) {
        this.options = options;
        all = new Marks(options.maxBatch());
    }

    /// What was started, as another turn has it; no tasks.
    Turn(Turn of) {
        options = of.options;
        all = new Marks(of.all);
        of.byHost.forEach((host, marks) -> byHost.put(host, new Marks(marks)));
    }

    void started(long order, String host, long step) {
        all.started(order, step);
        byHost.computeIfAbsent(host, absent -> new Marks(options.maxBatch())).started(order, step);
    }

    /// Whether a start has passed this order.
    boolean hasPassed(long order) {
        return all.max() > order;
    }

    /// What has this order or a larger one is not overdue.
    long bound(long step) {
        return Math.max(all.passedOften(), all.passedLong(step));
    }

    /// In which step more of it may be overdue, after this one; Long.MAX_VALUE for none.
    long nextLong(long step) {
        long next = all.nextLong(step);
        for (Marks marks : byHost.values()) {
            next = Math.min(next, marks.nextLong(step));
        }
        return next;
    }

    /// Whether a task was passed as often or as long as it may be, on hosts that it may use.
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
