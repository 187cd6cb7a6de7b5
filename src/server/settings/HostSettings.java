package server.settings;

import java.util.Map;

import server.executor.HostAddress;
import server.executor.Limits;

/// A local host, as `ollama.hosts` or `ollama.host` names it.
///
/// @param name          null: the executor's own, host:port
/// @param weight        its share of the tasks, against the others'
/// @param maxConcurrent how many tasks it runs at once at most; 0: no limit of its own
public record HostSettings(String name, String url, int weight, int maxConcurrent) {

    HostAddress address(Limits limits) {
        return new HostAddress(name, url, null, Map.of(), Map.of(), null, limits);
    }
}
