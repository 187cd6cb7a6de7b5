package server.executor.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The proxies named by `http_proxy`, `https_proxy` and `no_proxy`, in lower case or, failing that, in upper case.
/// Java's own client does not read the environment. Loopback addresses are never reached through a proxy.
public final class EnvironmentProxies extends ProxySelector {

    private final InetSocketAddress http;
    private final InetSocketAddress https;
    /// Names, `.suffixes`, addresses and networks, each with an optional port; `*` for all hosts.
    private final List<String> direct;

    private EnvironmentProxies(InetSocketAddress http, InetSocketAddress https, List<String> direct) {
        this.http = http;
        this.https = https;
        this.direct = direct;
    }

    /// Reads the variables.
    ///
    /// @return null if they name no proxy
    /// @throws IllegalArgumentException that names the wrong variable, without its value, which may contain a password
    public static EnvironmentProxies of(Map<String, String> environment) {
        InetSocketAddress http = proxy(environment, "HTTP_PROXY");
        InetSocketAddress https = proxy(environment, "HTTPS_PROXY");
        if (http == null && https == null) {
            return null;
        }
        List<String> direct = new ArrayList<>();
        for (String one : value(environment, "NO_PROXY").toLowerCase(Locale.ROOT).split("[,\\s]+")) {
            if (!one.isEmpty()) {
                direct.add(one.startsWith("*.") ? one.substring(1) : one);
            }
        }
        return new EnvironmentProxies(http, https, direct);
    }

    @Override
    public List<Proxy> select(URI uri) {
        InetSocketAddress proxy = uri.getScheme().equalsIgnoreCase("https") ? https : http;
        String host = bare(uri.getHost().toLowerCase(Locale.ROOT));
        int port = uri.getPort() > 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
        boolean through = proxy != null && !loopback(host) && direct.stream().noneMatch(one -> fits(one, host, port));
        return List.of(through ? new Proxy(Proxy.Type.HTTP, proxy) : Proxy.NO_PROXY);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // the failing call reports it
    }

    private static boolean loopback(String host) {
        return host.equals("localhost") || host.endsWith(".localhost") || host.equals("::1")
                || host.matches("127(\\.\\d+){3}");
    }

    private static boolean fits(String direct, String host, int port) {
        if (direct.equals("*")) {
            return true;
        }
        String name = direct;
        // not inside an IPv6 address without brackets
        int colon = direct.lastIndexOf(':');
        if (colon > 0 && (direct.indexOf(':') == colon || direct.charAt(colon - 1) == ']')) {
            if (!direct.substring(colon + 1).equals("" + port)) {
                return false;
            }
            name = direct.substring(0, colon);
        }
        name = bare(name);
        String suffix = name.startsWith(".") ? name : "." + name;
        return host.equals(name) || host.endsWith(suffix) || inNetwork(name, host);
    }

    /// Returns whether an IPv4 address is in a network such as `10.0.0.0/8`.
    private static boolean inNetwork(String network, String host) {
        String ip = "\\d{1,3}(\\.\\d{1,3}){3}";
        if (!network.matches(ip + "/\\d{1,2}") || !host.matches(ip)) {
            return false;
        }
        int slash = network.indexOf('/');
        int bits = Math.min(32, Integer.parseInt(network.substring(slash + 1)));
        long mask = -1L << 32 - bits;
        return (number(network.substring(0, slash)) & mask) == (number(host) & mask);
    }

    private static long number(String ip) {
        long number = 0;
        for (String part : ip.split("\\.")) {
            number = number << 8 | Long.parseLong(part);
        }
        return number;
    }

    private static InetSocketAddress proxy(Map<String, String> environment, String name) {
        String value = value(environment, name);
        if (value.isEmpty()) {
            return null;
        }
        URI uri = null;
        try {
            uri = URI.create(value.contains("://") ? value : "http://" + value);
        } catch (IllegalArgumentException malformed) {
            // treated as a URL without a host
        }
        if (uri == null || uri.getHost() == null || !uri.getScheme().equalsIgnoreCase("http")
                || uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException(name + " must be http://HOST:PORT, without user and password; or name "
                    + "this host in NO_PROXY");
        }
        return InetSocketAddress.createUnresolved(bare(uri.getHost()), uri.getPort() > 0 ? uri.getPort() : 80);
    }

    private static String value(Map<String, String> environment, String name) {
        String small = environment.getOrDefault(name.toLowerCase(Locale.ROOT), "").strip();
        return small.isEmpty() ? environment.getOrDefault(name, "").strip() : small;
    }

    /// Returns an IPv6 address without its brackets; any other host unchanged.
    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
