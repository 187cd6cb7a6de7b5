package server.settings;

/// A local host, as `ollama.hosts` or `ollama.host` names it.
///
/// @param name          null: the executor's own, host:port
/// @param weight        its share of the tasks, against the others'
/// @param maxConcurrent how many tasks it runs at once at most; 0: no limit of its own
public record HostSettings(String name, String url, int weight, int maxConcurrent) {
}
