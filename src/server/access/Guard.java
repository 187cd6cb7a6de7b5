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

/// Decides who may ask. With a token: whoever bears it. Without one: bound to loopback, every program there; else the
/// machines of private networks too. Then a request that a proxy forwarded is refused, because nobody knows where it
/// comes from, and so is a `Host` that a public name server could have made point here, for behind it may be a web page
/// (DNS rebinding). Always refused are an `Origin` that is neither the server's own nor allowed ([Origins]), and what a
/// page of another site asks of the API.
public final class Guard {

    /// A request, as far as it matters here.
    ///
    /// @param from     the address that it comes from
    /// @param protocol as `HTTP/1.1`
    public record Request(InetAddress from, String protocol, URI uri, Headers headers) {

        /// Returns a request as `jdk.httpserver` has it.
        public static Request of(HttpExchange exchange) {
            return new Request(exchange.getRemoteAddress().getAddress(), exchange.getProtocol(),
                    exchange.getRequestURI(), exchange.getRequestHeaders());
        }

        /// Returns the value of a header; null if it is absent.
        ///
        /// @throws Problem 400 if it stands there twice
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

        /// Returns whether a proxy says that it handed the request on from somewhere else.
        public boolean forwarded() {
            // no stream: every request asks this
            for (String name : headers.keySet()) {
                if (name.equals("Forwarded") || name.equals("X-real-ip") || name.startsWith("X-forwarded-")) {
                    return true;
                }
            }
            return false;
        }

        /// Returns the token that it bears as `Authorization`; null if none.
        public String bearer() {
            String header = only("Authorization");
            return header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length()) ? null
                    : header.substring(BEARER.length()).strip();
        }

        /// Returns the token where the SDKs of OpenAI and Anthropic put their API key; null if none.
        public String apiKey() {
            String bearer = bearer();
            return bearer == null ? only("X-api-key") : bearer;
        }
    }

    public static final Setting<List<String>> ALLOWED_HOSTS = Setting.texts("server.allowed_hosts",
            "names, with commas between").byDefault("").live()
            .says("further names allowed in the Host header of requests while no token is set");
    public static final List<Setting<?>> SETTINGS = List.of(Tokens.TOKEN, Tokens.TOKEN_FILE, ALLOWED_HOSTS,
            Origins.ALLOWED, Origins.OLLAMAS);

    /// What names end with that no public name server may hold: RFC 6761, 6762, 8375, ICANN's `.internal`, and by
    /// custom home routers' `.lan` and a cluster's `.svc`.
    private static final List<String> PRIVATE_NAMES =
            List.of(".localhost", ".local", ".internal", ".home.arpa", ".lan", ".svc");

    /// When whoever was told to come again may do so, in seconds: the value of `Retry-After`.
    public static final String RETRY_AFTER_SECONDS = "5";

    private static final Logger LOG = System.getLogger("server.access");
    private static final String BEARER = "bearer ";

    /// What a running server may change.
    ///
    /// @param relayed the origins that may use the paths of Ollama and its like
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

    /// @param boundTo     the address or name that the server was told to bind
    /// @param bound       the address that it is
    /// @param named       the tokens of the data directory
    /// @param machineName asked only where nothing else lets a name pass, because it may take a while
    public Guard(String boundTo, InetAddress bound, Settings settings, NamedTokens named,
            Supplier<String> machineName) {
        this.boundTo = boundTo.toLowerCase(Locale.ROOT);
        this.loopbackOnly = bound.isLoopbackAddress();
        this.named = named;
        this.machineName = machineName;
        reconfigure(settings);
    }

    /// Returns the address or name that the server was told to bind, in lower case.
    public String boundTo() {
        return boundTo;
    }

    /// Applies the settings that a reload can change.
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

    /// Looks at where a request comes from and where it thinks it goes to.
    ///
    /// @param pagePort  the port of the page, which an `Origin` may have in place of the `Host`'s; 0: none
    /// @param isRelayed whether it asks for a path of Ollama or its like
    /// @return whether a token is needed, for [#identify]
    /// @throws Problem 400 or 403
    public boolean check(Request asked, int pagePort, boolean isRelayed) {
        // once, because it looks at the disk
        boolean needed = access.tokens().needed();
        if (!needed) {
            checkPeer(asked);
        }
        String host = asked.only("Host");
        if (host == null) {
            // HTTP/1.0 knows no Host; no browser speaks it
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

    /// Returns the headers, names and values in turn, by which a page of another origin that may ask can also read the
    /// answer; none for any other request.
    ///
    /// @param isRelayed whether it asks for a path of Ollama or its like
    /// @param preflight whether the browser asks what the page may send
    public List<String> headers(Request asked, boolean isRelayed, boolean preflight) {
        List<String> origins = asked.headers().get("Origin");
        String origin = origins == null ? null : origins.getFirst();
        return origin == null || !access.allow(origin, isRelayed) ? List.of()
                : Origins.headers(origin, preflight);
    }

    /// Refuses what a page of another site has its browser ask, which sends no `Origin` with a simple GET. A link to
    /// the page itself is no matter.
    ///
    /// @throws Problem 403
    public void checkSite(Request asked) {
        if ("cross-site".equals(asked.only("Sec-fetch-site")) && asked.only("Origin") == null) {
            throw new Problem(403, "requests from pages of another site are refused");
        }
    }

    /// Looks at the token of a request, where one is needed.
    ///
    /// @param token null: the request bears none
    /// @param scope what it must allow
    /// @param needed what [#check] has returned
    /// @return who asks
    /// @throws Problem 401, for a wrong token after a while, or 429; 403 if it does not allow this; 503 if the tokens
    ///                 cannot be read
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

    /// Returns whether a request with this token would pass now: for what goes on for long after it has.
    ///
    /// @param token null: it bears none
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

    /// A request that names its whole URL must name the Host in it.
    private static void checkAbsolute(URI uri, String host) {
        if (!String.valueOf(uri.getScheme()).matches("(?i)https?") || !uri.getRawAuthority().equalsIgnoreCase(host)) {
            throw Problem.badRequest("the request must name a path, or a URL of its Host");
        }
    }

    /// Name and port must be the Host's. The scheme, which tells what no port means, may be either: a proxy may speak
    /// TLS.
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

    /// The name in `name:port`, in lower case, an IPv6 address without its brackets.
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
        // a dot at its end makes a name absolute, no other one
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

    /// Loopback, RFC 1918, RFC 4193, link-local.
    static boolean isPrivate(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address.isLoopbackAddress() || address.isLinkLocalAddress()
                || bytes.length == 4 && address.isSiteLocalAddress()
                || bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
    }

    /// Returns the name that this machine gives itself, in lower case.
    public static String machineName() {
        try {
            return InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }
}
