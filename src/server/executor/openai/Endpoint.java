package server.executor.openai;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import server.executor.HostAddress;
import server.executor.HostAnswer;
import server.executor.HostHead;

/// An OpenAI-compatible host as the settings describe it.
///
/// @param name    its name in `executed_on` and messages
/// @param baseUrl the URL up to and including `/v1`, without a slash at its end
/// @param apiKey  sent as `Authorization: Bearer`; empty for none
/// @param headers sent with each request; an `Authorization` among them replaces the key's
/// @param models  the only models that it is asked for, from our name to the host's; empty: all, under the same names
/// @param timeout the longest duration of an attempt here, whatever the task's own; null for no limit
record Endpoint(String name, URI baseUrl, String apiKey, Map<String, String> headers,
        Map<String, String> models, Duration timeout) {

    /// The address of OpenAI itself.
    static final String OPENAI = "https://api.openai.com/v1";

    /// A shorter value is not a secret, and hiding it would spoil messages.
    private static final int SECRET_LENGTH_MIN = 6;

    /// Stands in the place of a secret.
    private static final String MARK = "***";

    /// Makes an endpoint from settings, which it checks.
    ///
    /// @param name    null or blank: `host:port`
    /// @param baseUrl one without a path gets `/v1`
    /// @param apiKey  null for none; surrounding spaces and line ends, as in files, are dropped
    /// @throws IllegalArgumentException that says what would be right, without any secret
    static Endpoint of(String name, String baseUrl, String apiKey, Map<String, String> headers,
            Map<String, String> models, Duration timeout) {
        URI base = base(baseUrl.strip());
        String key = apiKey == null ? "" : apiKey.strip();
        Endpoint endpoint = new Endpoint(name == null || name.isBlank() ? hostAndPort(base) : name.strip(), base, key,
                Map.copyOf(headers), Map.copyOf(models), timeout);
        endpoint.check();
        return endpoint;
    }

    /// Returns an endpoint of which only the address and key are known.
    ///
    /// @param baseUrl as in [#of]
    static Endpoint at(String baseUrl, String apiKey) {
        return of(null, baseUrl, apiKey, Map.of(), Map.of(), null);
    }

    /// Returns a request to a path below the base URL, with all headers.
    HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(baseUrl + path));
        if (!apiKey.isEmpty()) {
            request.header("Authorization", "Bearer " + apiKey);
        }
        headers.forEach(request::setHeader);
        return request;
    }

    /// Returns the host's name for one of our models; null if the host is not asked for it.
    String modelOf(String ours) {
        return models.isEmpty() ? ours : models.get(ours);
    }

    /// Returns the name of the field: OpenAI's newer models do not accept `max_tokens`, other servers often know
    /// nothing else.
    String maxTokens() {
        return baseUrl.getHost().matches(".*\\.openai\\.(com|azure\\.com)") ? "max_completion_tokens" : "max_tokens";
    }

    /// Returns a text without secrets: a host may have repeated what it was sent, in JSON perhaps escaped.
    String redact(String text) {
        String secrets = Stream.concat(Stream.of(apiKey), headers.values().stream())
                // a host may repeat `Bearer KEY`, or the key alone
                .flatMap(value -> Stream.of(value, value.substring(value.lastIndexOf(' ') + 1)))
                .filter(secret -> secret.length() >= SECRET_LENGTH_MIN)
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Endpoint::pattern)
                .collect(Collectors.joining("|"));
        return secrets.isEmpty() ? text : text.replaceAll(secrets, MARK);
    }

    /// Returns a host's answer without secrets; the rest of it keeps its bytes.
    HostAnswer redact(HostAnswer answer) {
        HostHead head = answer.head();
        byte[] body = answer.body() == null ? null : redact(new String(answer.body(), StandardCharsets.ISO_8859_1))
                .getBytes(StandardCharsets.ISO_8859_1);
        return new HostAnswer(new HostHead(head.status(), redacted(head.contentType()),
                body == null ? head.length() : body.length, redacted(head.retryAfter()), redacted(head.requestId())),
                body);
    }

    private String redacted(String text) {
        return text == null ? null : redact(text);
    }

    /// Returns the pattern of a secret as it is and as JSON may escape it.
    private static String pattern(String secret) {
        return secret.chars().mapToObj(c -> "(?:\\\\?" + Pattern.quote(Character.toString(c))
                + String.format(Locale.ROOT, "|\\\\u(?i:%04x))", c)).collect(Collectors.joining());
    }

    /// Returns it without secrets.
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
                    + "a key belongs in api_key, anything else in headers");
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
