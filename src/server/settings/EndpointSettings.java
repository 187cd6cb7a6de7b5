package server.settings;

import java.time.Duration;
import java.util.Map;

import server.executor.HostAddress;
import server.executor.Limits;

/// A remote endpoint that is enabled, as `remote_scheduling.endpoints` names it.
///
/// @param apiKey  null: none
/// @param models  our name to theirs; empty: those that it lists itself
/// @param timeout null: the task's
public record EndpointSettings(String name, String baseUrl, String apiKey, int priority, int maxConcurrent,
        Map<String, String> models, Duration timeout, Map<String, String> headers) {

    /// The kind of host that every endpoint is.
    static final String KIND = "openai";

    HostAddress address(Limits limits) {
        return new HostAddress(name, baseUrl, apiKey, headers, models, timeout, limits);
    }

    /// Without the key and the headers' values, for this may come into a log.
    @Override
    public String toString() {
        return "endpoint " + name;
    }
}
