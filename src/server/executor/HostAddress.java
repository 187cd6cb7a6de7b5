package server.executor;

import java.time.Duration;
import java.util.Map;

/// How to reach a host, as the settings say it. A kind of host takes from it what it understands.
///
/// @param name    what `executed_on` and messages call it; null for host:port
/// @param url     as the user wrote it: `gpu`, `http://gpu:11434`, `https://host/v1`, `echo:`
/// @param apiKey  null for none
/// @param headers sent with each request
/// @param models  from our name of a model to the host's, the only models that it is asked for; empty for all, named
///                alike
/// @param timeout the longest time of an attempt there, whatever the task's own; null for none
public record HostAddress(String name, String url, String apiKey, Map<String, String> headers,
        Map<String, String> models, Duration timeout) {

    public static HostAddress of(String url) {
        return new HostAddress(null, url, null, Map.of(), Map.of(), null);
    }

    /// Without the secrets.
    @Override
    public String toString() {
        return name == null ? "a host" : name;
    }
}
