package server.dispatch;

import server.executor.HostAddress;

/// A host as the settings describe it. The settings omit endpoints that are not enabled.
///
/// @param address       how to reach it
/// @param kind          `ollama`, `openai`, `echo`, …; null: whichever serves the address
/// @param remote        whether it is one of `remote_scheduling.endpoints`, to which [RoutingOptions] apply
/// @param weight        its capacity relative to the others, at least 1
/// @param maxConcurrent how many attempts it gets at once; 0: no limit of its own (the local hosts share `workers`)
/// @param priority      among endpoints the higher goes first
/// @param parallel      how many attempts with one runner key it gets at once, if it is of a kind that loads models
/// @param requestsPerMinute how many attempts and loads it is sent in any minute; 0: no limit
public record HostOptions(HostAddress address, String kind, boolean remote, int weight, int maxConcurrent,
        int priority, int parallel, int requestsPerMinute) {

    /// Makes a host without a limit on requests.
    public HostOptions(HostAddress address, String kind, boolean remote, int weight, int maxConcurrent, int priority,
            int parallel) {
        this(address, kind, remote, weight, maxConcurrent, priority, parallel, 0);
    }

    /// Returns the one Ollama of a server that has no list of hosts.
    ///
    /// @param url as the user wrote it
    public static HostOptions local(String url, int parallel) {
        return new HostOptions(HostAddress.of(url), null, false, 1, 0, 0, parallel);
    }
}
