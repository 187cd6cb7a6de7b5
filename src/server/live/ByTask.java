package server.live;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// The listeners of each task. Thread-safe; a look-up takes no lock.
final class ByTask<T> {

    /// Lists are never changed, but replaced.
    private final ConcurrentHashMap<Long, List<T>> all = new ConcurrentHashMap<>();

    void add(long task, T one) {
        all.merge(task, List.of(one), (before, more) -> Stream.concat(before.stream(), more.stream()).toList());
    }

    /// Removes a listener; does nothing if it is absent.
    void remove(long task, T one) {
        all.computeIfPresent(task, (id, before) -> {
            List<T> after = before.stream().filter(other -> other != one).toList();
            return after.isEmpty() ? null : after;
        });
    }

    /// Returns the listeners of one task, in the order in which they were added.
    List<T> of(long task) {
        return all.getOrDefault(task, List.of());
    }
}
