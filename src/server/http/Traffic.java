package server.http;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// The numbers of answered requests, by method, route and status. What a client invents takes no memory: unknown paths,
/// and unknown methods, are counted together.
public final class Traffic {

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS");
    private static final String NONE = "none";

    private final Map<Answered, LongAdder> counts = new ConcurrentHashMap<>();

    /// @param route its path, as `/api/tasks/{id}`; `none` for an unknown path
    public record Answered(String method, String route, int status) {
    }

    /// Counts an answer.
    ///
    /// @param route the path of its route; null for an unknown path
    public void count(String method, String route, int status) {
        counts.computeIfAbsent(new Answered(METHODS.contains(method) ? method : NONE, route == null ? NONE : route,
                status), absent -> new LongAdder()).increment();
    }

    /// Returns the counts since the server's start.
    public Map<Answered, Long> counts() {
        Map<Answered, Long> all = new HashMap<>();
        counts.forEach((answered, count) -> all.put(answered, count.sum()));
        return all;
    }
}
