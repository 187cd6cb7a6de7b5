package server.dispatch;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// By task: the hosts that were asked for it and said that they lack its model. Kept in memory until it has ended.
final class Asked {

    private final Map<Long, Set<String>> without = new ConcurrentHashMap<>();

    Set<String> without(long task) {
        return without.getOrDefault(task, Set.of());
    }

    void lacksModel(long task, String host) {
        without.compute(task, (id, before) -> {
            Set<String> after = before == null ? new LinkedHashSet<>() : new LinkedHashSet<>(before);
            after.add(host);
            return after;
        });
    }

    void forget(long task) {
        without.remove(task);
    }
}
