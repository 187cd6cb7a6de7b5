package server.executor.openai;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import server.executor.HostAddress;

/// An OpenAI-compatible host as the settings describe it.
///
/// @param name    what `executed_on` and messages call it
/// @param baseUrl up to and including `/v1`, without a slash at its end
/// @param apiKey  sent as `Authorization: Bearer`; empty for none
/// @param headers sent with each request; an `Authorization` among them takes the place of the key's
/// @param models  from our name to the host's, the only models that it is asked for; empty for all, named alike
/// @param timeout the longest time of an attempt here, whatever the task's own; null for none
record Endpoint(String name, URI baseUrl, String apiKey, Map<String, String> headers,
        Map<String, String> models, Duration timeout) {

    /// Where OpenAI itself answers.
    static final String OPENAI = "https://api.openai.com/v1";

    /// A shorter value is no secret, and hiding it would spoil messages.
    private static final int SECRET_LENGTH_MIN = 6;

    /// Checks what the settings say.
    ///
    /// @param name    null or blank for host:port
    /// @param baseUrl one without a path gets `/v1`
    /// @param apiKey  null for none; blanks and line ends around it, as files have them, are dropped
    /// @throws IllegalArgumentException with what would be right, and without any secret
    static Endpoint of(String name, String baseUrl, String apiKey, Map<String, String> headers,
            Map<String, String> models, Duration timeout) {
        URI base = base(baseUrl.strip());
        String key = apiKey == null ? "" : apiKey.strip();
        Endpoint endpoint = new Endpoint(name == null || name.isBlank() ? hostAndPort(base) : name.strip(), base, key,
                Map.copyOf(headers), Map.copyOf(models), timeout);
        endpoint.check();
        return endpoint;
    }

    /// Returns an endpoint of which nothing but its address and key is known.
    ///
    /// @param baseUrl as in [#of]
    static Endpoint at(String baseUrl, String apiKey) {
        return of(null, baseUrl, apiKey, Map.of(), Map.of(), null);
    }

    /// A request to a place below the base, with all headers.
    HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(baseUrl + path));
        if (!apiKey.isEmpty()) {
            request.header("Authorization", "Bearer " + apiKey);
        }
        headers.forEach(request::setHeader);
        return request;
    }

    /// The host's name of a model of ours; null if it is not asked for this one.
    String modelOf(String ours) {
        return models.isEmpty() ? ours : models.get(ours);
    }

    /// OpenAI's newer models take no `max_tokens`, the other makers' servers often know no other name.
    String maxTokens() {
        return baseUrl.getHost().matches(".*\\.openai\\.(com|azure\\.com)") ? "max_completion_tokens" : "max_tokens";
    }

    /// A text in which a host may have repeated what it was sent, without the secrets in it.
    String redact(String text) {
        return Stream.concat(Stream.of(apiKey), headers.values().stream())
                // a host may repeat `Bearer KEY`, or the key alone
                .flatMap(value -> Stream.of(value, value.substring(value.lastIndexOf(' ') + 1)))
                .filter(secret -> secret.length() >= SECRET_LENGTH_MIN)
                .sorted(Comparator.comparingInt(String::length).reversed())
                .reduce(text, (clean, secret) -> clean.replace(secret, "***"));
    }

    /// Without the secrets.
    @Override
    public String toString() {
        return name + " at " + baseUrl;
    }

    private void check() {
        if (timeout != null && (timeout.isZero() || timeout.isNegative())) {
            throw new IllegalArgumentException("timeout must be longer than 0");
        }
        headers.forEach(HostAddress::checkHeader);
        try {
            HttpRequest.newBuilder(baseUrl).header("Authorization", "Bearer " + apiKey);
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException("api_key holds characters that no key has");
        }
    }

    private static URI base(String text) {
        if (!text.matches("(?i)https?://.*")) {
            throw new IllegalArgumentException("write http://HOST:PORT/v1 or https://HOST/v1");
        }
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("it is not a URL; write http://HOST:PORT/v1 or https://HOST/v1");
        }
        if (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@") || uri.getRawQuery() != null
                || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("user, password, query and fragment have no place in it; "
                    + "a key belongs into api_key, anything else into headers");
        }
        if (uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw new IllegalArgumentException("it has no host name (letters, digits, dots and hyphens) with a port "
                    + "from 1 to 65535; write http://HOST:PORT/v1 or https://HOST/v1");
        }
        String path = uri.getRawPath().replaceAll("/+$", "");
        if (path.endsWith("/completions") || path.endsWith("/embeddings") || path.endsWith("/models")) {
            throw new IllegalArgumentException("it must end where the API begins, with /v1 as a rule, not with "
                    + path);
        }
        return URI.create(uri.getScheme().toLowerCase(Locale.ROOT) + "://" + uri.getRawAuthority()
                + (path.isEmpty() ? "/v1" : path));
    }

    private static String hostAndPort(URI base) {
        int port = base.getPort() > 0 ? base.getPort() : base.getScheme().equals("https") ? 443 : 80;
        return base.getHost() + ":" + port;
    }
}
