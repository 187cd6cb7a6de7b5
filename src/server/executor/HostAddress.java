package server.executor;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;

import shared.Problem;

/// How to reach a host, according to the settings. Each kind of host uses the parts that it understands.
///
/// @param name    what `executed_on` and messages call it; null for host:port
/// @param url     as the user wrote it: `gpu`, `http://gpu:11434`, `https://host/v1`, `echo:`
/// @param apiKey  null for none
/// @param headers sent with each request
/// @param models  from our name of a model to the host's, the only models for which it is asked; empty for all, with
///                the same names
/// @param timeout the longest time of an attempt there, whatever the task's own; null for none
/// @param limits  how much of its answers is read
/// @param caCert  a PEM file of certificates to trust in addition to the JDK's; null for none
public record HostAddress(String name, String url, String apiKey, Map<String, String> headers,
        Map<String, String> models, Duration timeout, Limits limits, String caCert) {

    /// Makes a host that needs no certificate of its own.
    public HostAddress(String name, String url, String apiKey, Map<String, String> headers,
            Map<String, String> models, Duration timeout, Limits limits) {
        this(name, url, apiKey, headers, models, timeout, limits, null);
    }

    /// Returns a host of which only the address is known.
    public static HostAddress of(String url) {
        return new HostAddress(null, url, null, Map.of(), Map.of(), null, Limits.DEFAULT);
    }

    /// Checks a header of [#headers].
    ///
    /// @throws IllegalArgumentException with what would be right, but not with the value, which may be a secret
    public static void checkHeader(String name, String value) {
        String header = "the header \"" + Problem.shown(name) + "\" ";
        if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
            throw new IllegalArgumentException(header + "has a name that no header may have; write letters, digits "
                    + "and hyphens");
        }
        // java.net.http would send a question mark for any other character
        if (!value.matches("[\\t\\x20-\\x7e]*")) {
            throw new IllegalArgumentException(header + "holds characters that no header may have; write printable "
                    + "ASCII");
        }
        boolean ours = name.equalsIgnoreCase("Content-Type");
        try {
            HttpRequest.newBuilder(URI.create("http://host/")).header(name, value);
        } catch (IllegalArgumentException reserved) {
            ours = true;
        }
        if (ours) {
            throw new IllegalArgumentException(header + "is set by this program; leave it out");
        }
    }

    /// Returns it without the secrets.
    @Override
    public String toString() {
        return name == null ? "a host" : name;
    }
}
