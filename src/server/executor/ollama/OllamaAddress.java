package server.executor.ollama;

import java.net.URI;
import java.util.Locale;

/// The address of an Ollama server.
///
/// @param base the URL with scheme, host, port and path, without a slash at its end: `http://gpu:11434`
/// @param name `host:port`
record OllamaAddress(URI base, String name) {

    private static final int PORT = 11434;

    /// Parses every form that Ollama's own `OLLAMA_HOST` accepts. The port is 11434 without a scheme, otherwise the
    /// scheme's. An empty host means the loopback address, and so does an address by which a server listens on all
    /// interfaces.
    ///
    /// @throws IllegalArgumentException that says what would be right
    static OllamaAddress parse(String address) {
        int cut = address.indexOf("://");
        String scheme = cut < 0 ? "http" : address.substring(0, cut).toLowerCase(Locale.ROOT);
        String rest = cut < 0 ? address : address.substring(cut + 3);
        int port = switch (scheme) {
            case "http" -> cut < 0 ? PORT : 80;
            case "https" -> 443;
            default -> throw new IllegalArgumentException("the scheme must be http or https, not " + scheme);
        };
        if (rest.contains("@") || rest.contains("?") || rest.contains("#")) {
            throw new IllegalArgumentException("user, password, query and fragment have no place in it");
        }
        int slash = rest.indexOf('/');
        String path = slash < 0 ? "" : rest.substring(slash).replaceAll("/+$", "");
        String authority = slash < 0 ? rest : rest.substring(0, slash);

        int colon = authority.lastIndexOf(':');
        boolean bracketed = authority.startsWith("[");
        boolean bareIpv6 = !bracketed && authority.indexOf(':') != colon;
        if (bareIpv6 || bracketed && colon < authority.indexOf(']')) {
            colon = -1;
        }
        String host = colon < 0 ? authority : authority.substring(0, colon);
        if (colon >= 0 && colon + 1 < authority.length()) {
            port = port(authority.substring(colon + 1));
        }
        host = reachable(bareIpv6 ? "[" + host + "]" : host);
        return new OllamaAddress(uri(scheme + "://" + host + ":" + port + path, host), host + ":" + port);
    }

    URI at(String path) {
        return URI.create(base + path);
    }

    private static String reachable(String host) {
        return switch (host) {
            case "", "0.0.0.0" -> "127.0.0.1";
            case "[::]" -> "[::1]";
            default -> host;
        };
    }

    private static int port(String digits) {
        if (digits.matches("\\d{1,5}")) {
            int port = Integer.parseInt(digits);
            if (port >= 1 && port <= 65_535) {
                return port;
            }
        }
        throw new IllegalArgumentException("the port must be 1 to 65535, not " + digits);
    }

    private static URI uri(String text, String host) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("write host, host:port or http://host:port", malformed);
        }
        if (uri.getHost() == null) {
            // java.net.http refuses such names, most often because of underscores
            throw new IllegalArgumentException("\"" + host + "\" is not a host name (letters, digits, dots and hyphens)"
                    + "; use another name of the machine or its IP address");
        }
        return uri;
    }
}
