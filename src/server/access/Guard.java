package server.access;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;

import server.settings.Setting;
import server.settings.Settings;
import shared.LogValue;
import shared.Problem;

/// Decides whether a request is allowed. If a token is set, whoever has one may send requests. Without a token: every
/// program on this machine if the server is bound to loopback; otherwise the machines of private networks too. Without
/// a token, a request that a proxy forwarded is refused, because its origin is unknown, and so is a `Host` that a
/// public name server could have resolved to this server, because it may come from a web page (DNS rebinding). An
/// `Origin` that is neither the server's own nor allowed ([Origins]), and requests of pages of another site to the API,
/// are always refused.
public final class Guard {

    /// The parts of a request that matter here.
    ///
    /// @param from     the client's address
    /// @param protocol for example `HTTP/1.1`
    public record Request(InetAddress from, String protocol, URI uri, Headers headers) {

        /// Returns these parts of a request of `jdk.httpserver`.
        public static Request of(HttpExchange exchange) {
            return new Request(exchange.getRemoteAddress().getAddress(), exchange.getProtocol(),
                    exchange.getRequestURI(), exchange.getRequestHeaders());
        }

        /// Returns the value of a header; null if it is absent.
        ///
        /// @throws Problem 400 if it appears twice
        String only(String name) {
            List<String> values = headers.get(name);
            if (values == null) {
                return null;
            }
            if (values.size() != 1) {
                throw Problem.badRequest("the header " + name + " appears twice");
            }
            return values.getFirst();
        }

        /// Returns whether a proxy declares that it forwarded the request.
        public boolean forwarded() {
            // no stream: this is called for every request
            for (String name : headers.keySet()) {
                if (name.equals("Forwarded") || name.equals("X-real-ip") || name.startsWith("X-forwarded-")) {
                    return true;
                }
            }
            return false;
        }

        /// Returns the token in the header `Authorization`; null if none.
        public String bearer() {
            String header = only("Authorization");
            return header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length()) ? null
                    : header.substring(BEARER.length()).strip();
        }
    }

    public static final Setting<List<String>> ALLOWED_HOSTS = Setting.texts("server.allowed_hosts",
            "names, with commas between").byDefault("").live()
            .says("further names allowed in the Host header of requests while no token is set");
    public static final List<Setting<?>> SETTINGS = List.of(Tokens.TOKEN, Tokens.TOKEN_FILE, ALLOWED_HOSTS,
            Origins.ALLOWED, Origins.OLLAMAS);

    /// Endings of names that no public name server may resolve: RFC 6761, 6762, 8375, ICANN's `.internal`, and by
    /// convention the `.lan` of home routers and the `.svc` of clusters.
    private static final List<String> PRIVATE_NAMES =
            List.of(".localhost", ".local", ".internal", ".home.arpa", ".lan", ".svc");

    /// The value of `Retry-After`, in seconds, unless a problem has its own.
    public static final String RETRY_AFTER_SECONDS = "5";

    private static final Logger LOG = System.getLogger("server.access");
    private static final String BEARER = "bearer ";

    /// The settings that can change while the server runs.
    ///
    /// @param relayed further origins that may use the paths of Ollama and similar APIs
    private record Access(Set<String> hosts, Tokens tokens, Origins own, Origins relayed) {

        boolean allow(String origin, boolean isRelayed) {
            return own.allow(origin) || isRelayed && relayed.allow(origin);
        }
    }

    private final String boundTo;
    private final boolean loopbackOnly;
    private final Guesses guesses = new Guesses();
    private final NamedTokens named;
    private final Supplier<String> machineName;
    private volatile Access access;

    /// @param boundTo     the configured address or name
    /// @param bound       the address to which it resolved
    /// @param named       the named tokens
    /// @param machineName returns the name of this machine; called only if no other rule allows a name, because it may
    ///                    take a while
    public Guard(String boundTo, InetAddress bound, Settings settings, NamedTokens named,
            Supplier<String> machineName) {
        this.boundTo = boundTo.toLowerCase(Locale.ROOT);
        this.loopbackOnly = bound.isLoopbackAddress();
        this.named = named;
        this.machineName = machineName;
        reconfigure(settings);
    }

    /// Returns the configured address or name, in lower case.
    public String boundTo() {
        return boundTo;
    }

    /// Applies the settings that can be reloaded.
    public void reconfigure(Settings settings) {
        Set<String> hosts = new HashSet<>();
        settings.get(ALLOWED_HOSTS).forEach(host -> hosts.add(host.toLowerCase(Locale.ROOT)));
        List<String> relayed = new ArrayList<>(Origins.BY_OLLAMA);
        settings.get(Origins.OLLAMAS).forEach(origin -> relayed.add(origin.replaceAll("^[\"' ]+|[\"' ]+$", "")));
        access = new Access(hosts, Tokens.of(settings, named), new Origins(settings.get(Origins.ALLOWED)),
                new Origins(relayed));
        if (!loopbackOnly && !access.tokens().needed()) {
            LOG.log(Level.WARNING, "event=no_token bound_to=" + LogValue.of(boundTo) + " hint=\"without a token only "
                    + "loopback and private networks are answered; set OLLAMA_QUEUE_TOKEN, server.token or "
                    + "server.token_file, or add a token with ollama-queue-server token add\"");
        }
    }

    /// Checks the client's address, the `Host` and the `Origin` of a request.
    ///
    /// @param pagePort  the port of the page, which an `Origin` may have instead of the port of the `Host`; 0 for none
    /// @param isRelayed whether its path is one of Ollama or a similar API
    /// @return whether a token is required, for [#identify]
    /// @throws Problem 400 for a malformed header, 403 if the request is refused
    public boolean check(Request asked, int pagePort, boolean isRelayed) {
        // only once, because it reads from the disk
        boolean needed = access.tokens().needed();
        if (!needed) {
            checkPeer(asked);
        }
        String host = asked.only("Host");
        if (host == null) {
            // HTTP/1.0 has no Host, and no browser uses it
            if (!asked.protocol().equals("HTTP/1.0")) {
                throw Problem.badRequest("a request needs exactly one Host header");
            }
        } else {
            checkHost(host, access, needed);
        }
        if (asked.uri().getRawAuthority() != null) {
            checkAbsolute(asked.uri(), host);
        }
        String origin = asked.only("Origin");
        if (origin != null && !access.allow(origin, isRelayed) && (host == null || !sameOrigin(origin, host)
                && (pagePort == 0 || !sameOrigin(origin, withoutPort(host) + ":" + pagePort)))) {
            throw new Problem(403, "requests from pages of another origin are refused; "
                    + "add the origin to server.allowed_origins to allow it");
        }
        return needed;
    }

    /// Returns the headers, names and values alternating, that let a page of another origin read the answer, if that
    /// origin is allowed; none for other requests.
    ///
    /// @param isRelayed whether its path is one of Ollama or a similar API
    /// @param preflight whether it is a browser's preflight request
    public List<String> headers(Request asked, boolean isRelayed, boolean preflight) {
        List<String> origins = asked.headers().get("Origin");
        String origin = origins == null ? null : origins.getFirst();
        return origin == null || !access.allow(origin, isRelayed) ? List.of()
                : Origins.headers(origin, preflight);
    }

    /// Refuses requests from pages of other sites that carry no `Origin`, as a simple GET does. Links to the page
    /// itself are not checked here.
    ///
    /// @throws Problem 403 if it is one
    public void checkSite(Request asked) {
        if ("cross-site".equals(asked.only("Sec-fetch-site")) && asked.only("Origin") == null) {
            throw new Problem(403, "requests from pages of another site are refused");
        }
    }

    /// Returns the token of a request; null if it has none. The SDKs of OpenAI and Anthropic send it as their API key.
    /// Some programs send both headers; then the one that is valid counts.
    ///
    /// @param isRelayed whether the path is one of Ollama, OpenAI or Anthropic
    public String token(Request asked, boolean isRelayed) {
        String bearer = asked.bearer();
        String key = isRelayed ? asked.only("X-api-key") : null;
        return key == null || bearer != null && (stillPasses(bearer) || !stillPasses(key)) ? bearer : key;
    }

    /// Checks the token of a request, if one is required.
    ///
    /// @param token  null if the request has none
    /// @param scope  what it must allow
    /// @param needed the result of [#check]
    /// @return who sent the request
    /// @throws Problem 401 or 429 if the token is wrong, after a delay; 403 if it does not allow this; 503 if the
    ///                 tokens cannot be read
    public Asker identify(Request asked, String token, Scope scope, boolean needed) throws InterruptedException {
        Asker asker = needed ? identify(asked, token) : Asker.ANYBODY;
        asker.check(scope);
        return asker;
    }

    private Asker identify(Request asked, String token) throws InterruptedException {
        if (token == null) {
            throw new Problem(401, "authentication required: send a token as Authorization: Bearer TOKEN");
        }
        Problem wrong;
        try {
            Asker bearer = access.tokens().bearer(token);
            if (bearer != null) {
                return bearer;
            }
            wrong = new Problem(401, "this server does not know the token");
        } catch (Problem expiredOrUnreadable) {
            wrong = expiredOrUnreadable;
        }
        slowDown(asked.from());
        throw wrong;
    }

    /// Returns whether a request with this token would be accepted now, for requests that continue for long.
    ///
    /// @param token null if it has none
    public boolean stillPasses(String token) {
        return access.tokens().accept(token);
    }

    private void slowDown(InetAddress from) throws InterruptedException {
        long now = System.nanoTime();
        int unlogged = guesses.unlogged(now);
        if (unlogged > 0) {
            LOG.log(Level.WARNING, "event=wrong_token from=" + from.getHostAddress() + " count=" + unlogged);
        }
        Duration delay = guesses.begin(from, now);
        if (delay == null) {
            throw new Problem(429, "too many wrong tokens at once");
        }
        try {
            Thread.sleep(delay);
        } finally {
            guesses.end(from);
        }
    }

    private void checkPeer(Request asked) {
        if (asked.forwarded() || !loopbackOnly && !isPrivate(asked.from())) {
            throw new Problem(403, "without a token this server answers loopback and private networks only; "
                    + "set server.token, or add one with ollama-queue-server token add, and send it as "
                    + "Authorization: Bearer");
        }
    }

    private void checkHost(String host, Access allowed, boolean tokenNeeded) {
        String name = name(host);
        boolean passes = tokenNeeded || name.equals("localhost")
                || name.equals(boundTo) || name.indexOf('.') < 0
                && name.indexOf(':') < 0 || allowed.hosts().contains(name) || isPrivateLiteral(name)
                || PRIVATE_NAMES.stream().anyMatch(name::endsWith)
                || name.equals(machineName.get());
        if (!passes) {
            throw new Problem(403, "the Host \"" + Problem.shown(name) + "\" is not known here; "
                    + "add it to server.allowed_hosts if it should be");
        }
    }

    /// Checks a request that names its whole URL, which must contain the Host.
    private static void checkAbsolute(URI uri, String host) {
        if (!String.valueOf(uri.getScheme()).matches("(?i)https?") || !uri.getRawAuthority().equalsIgnoreCase(host)) {
            throw Problem.badRequest("the request must name a path, or a URL of its Host");
        }
    }

    /// Returns whether name and port are the Host's. The scheme, which determines the default port, may be either,
    /// because a proxy may use TLS.
    private static boolean sameOrigin(String origin, String host) {
        String text = origin.toLowerCase(Locale.ROOT);
        return text.startsWith("http://") && withPort(text.substring(7), ":80").equals(withPort(host, ":80"))
                || text.startsWith("https://") && withPort(text.substring(8), ":443").equals(withPort(host, ":443"));
    }

    private static String withPort(String host, String otherwise) {
        String text = host.toLowerCase(Locale.ROOT);
        return withoutPort(text).equals(text) ? text + otherwise : text;
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    /// Returns the name in `name:port`, in lower case; an IPv6 address without its brackets.
    private static String name(String host) {
        int end;
        if (host.startsWith("[")) {
            end = host.indexOf(']') + 1;
        } else {
            int colon = host.indexOf(':');
            end = colon < 0 ? host.length() : colon;
        }
        boolean good = end > 0 && (end == host.length() || host.charAt(end) == ':');
        for (int i = end + 1; good && i < host.length(); i++) {
            good = host.charAt(i) >= '0' && host.charAt(i) <= '9';
        }
        for (int i = 0; good && i < end; i++) {
            char c = host.charAt(i);
            good = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c == '.' || c == '-'
                    || c == '_' || host.charAt(0) == '[' && (c == ':' || c == '[' || c == ']');
        }
        if (!good) {
            throw Problem.badRequest("the header Host must be a name or an address and perhaps a port");
        }
        String name = host.charAt(0) == '[' ? host.substring(1, end - 1) : host.substring(0, end);
        // a dot at its end makes a name absolute, but not another name
        return (name.endsWith(".") ? name.substring(0, name.length() - 1) : name).toLowerCase(Locale.ROOT);
    }

    private static boolean isPrivateLiteral(String name) {
        boolean digits = true;
        for (int i = 0; digits && i < name.length(); i++) {
            char c = name.charAt(i);
            digits = c >= '0' && c <= '9' || c == '.';
        }
        if (!digits && name.indexOf(':') < 0) {
            return false;
        }
        try {
            return isPrivate(InetAddress.ofLiteral(name));
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
    }

    /// Returns whether an address is loopback, RFC 1918, RFC 4193 or link-local.
    static boolean isPrivate(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address.isLoopbackAddress() || address.isLinkLocalAddress()
                || bytes.length == 4 && address.isSiteLocalAddress()
                || bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
    }

    /// Returns this machine's own name, in lower case.
    public static String machineName() {
        try {
            return InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }
}
