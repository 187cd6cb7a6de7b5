package server.http;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// How many requests were answered, by method, route and status. What a client makes up takes no memory: a path that is
/// no route, and a method that HTTP does not have, are counted together.
public final class Traffic {

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS");
    private static final String NONE = "none";

    private final Map<Answered, LongAdder> counts = new ConcurrentHashMap<>();

    /// @param route its path, as `/api/tasks/{id}`; `none` for one that is not there
    public record Answered(String method, String route, int status) {
    }

    /// Counts one.
    ///
    /// @param route null: none is there
    public void count(String method, String route, int status) {
        counts.computeIfAbsent(new Answered(METHODS.contains(method) ? method : NONE, route == null ? NONE : route,
                status), absent -> new LongAdder()).increment();
    }

    /// Returns what was counted since the server's start.
    public Map<Answered, Long> counts() {
        Map<Answered, Long> all = new HashMap<>();
        counts.forEach((answered, count) -> all.put(answered, count.sum()));
        return all;
    }
}
