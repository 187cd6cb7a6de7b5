package server.dispatch;

import server.executor.HostAddress;

/// A host as the settings describe it. Endpoints that are not enabled are left out by the settings.
///
/// @param address       how to reach it
/// @param kind          `ollama`, `openai`, `echo`, …; null: whichever serves the address
/// @param remote        whether it is one of `remote_scheduling.endpoints`, which [RoutingOptions] are about
/// @param weight        how much it can do compared with the others, at least 1
/// @param maxConcurrent how many attempts it gets at once; 0: no limit of its own (the local hosts share `workers`)
/// @param priority      among endpoints the higher goes first
/// @param parallel      how many attempts of one runner key it gets at once, if it is of a kind that loads models
/// @param requestsPerMinute how many attempts and loads it is sent in any minute; 0: no limit
public record HostOptions(HostAddress address, String kind, boolean remote, int weight, int maxConcurrent,
        int priority, int parallel, int requestsPerMinute) {

    /// One without a limit of requests.
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
