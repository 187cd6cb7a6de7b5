package server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.sun.net.httpserver.HttpServer;

import server.access.Guard;
import server.access.Scope;
import server.access.TestTokens;
import server.http.Wire.Reply;
import server.settings.Settings;
import shared.json.Json;

/// Which hosts, origins, sites and proxies a request may come through.
final class BoundaryHostsTest {

    private final SlowRequests slow = new SlowRequests(Duration.ofMinutes(2), System::nanoTime);
    private final Bodies bodies = new Bodies(300_000, 200);
    private HttpServer server;
    private Wire wire;

    @BeforeEach
    void start() throws IOException {
        WebServer.prepare(Settings.DEFAULT);
        Routes routes = new Routes().add("GET", "/plain", Scope.READ, "", request -> Answer.text("plain"))
                .add("GET", "/open", Scope.OPEN, "", request -> Answer.text("open"));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        Guard guard = new Guard("localhost", InetAddress.getLoopbackAddress(),
                Settings.DEFAULT.with(Guard.ALLOWED_HOSTS, List.of("queue.example.org")), TestTokens.none(),
                () -> "box.example.net");
        server.createContext("/", new Boundary(guard, routes, bodies, slow, new Traffic(), () -> false));
        server.start();
        wire = new Wire(server.getAddress());
    }

    @AfterEach
    void stop() throws IOException {
        wire.close();
        server.stop(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:80", "localhost.", "localhost.:80", "127.0.0.1:9999",
            "127.8.8.8", "[::1]:1", "10.1.2.3",
            "192.168.0.1", "172.16.0.1", "169.254.1.1", "[fe80::1]", "[fd00::1]", "gpu-box", "queue.example.org:8080",
            "QUEUE.example.org", "box.example.net"})
    void host_known_passes(String host) throws IOException {
        wire.lines("GET /plain HTTP/1.1", "Host: " + host, "");
        assertEquals(200, wire.reply(true).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example.com", "8.8.8.8", "[2001:db8::1]", "localhost.evil.com", "127.0.0.1.nip.io",
            "172.32.0.1", "0.0.0.0", "[::]", "box.tailnet.ts.net", "evil.local.com"})
    void host_unknown_is403(String host) throws IOException {
        wire.lines("GET /plain HTTP/1.1", "Host: " + host, "");
        Reply reply = wire.reply(true);
        assertEquals(403, reply.status());
        error(reply);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "localhost:8x", "[::1", "user@localhost", "localhost/x", "loc\u0001alhost"})
    void host_notWellFormed_is400(String host) throws IOException {
        wire.lines("GET /plain HTTP/1.1", "Host: " + host, "");
        assertEquals(400, wire.reply(true).status());
    }

    @Test
    void host_noneOrTwo_is400() throws IOException {
        wire.lines("GET /plain HTTP/1.1", "X: y", "");
        assertEquals(400, wire.reply(true).status());
        try (Wire other = new Wire(server.getAddress())) {
            other.lines("GET /plain HTTP/1.1", "Host: localhost", "Host: localhost", "");
            assertEquals(400, other.reply(true).status());
        }
        try (Wire other = new Wire(server.getAddress())) {
            other.lines("GET /plain HTTP/1.0", "");
            assertEquals(200, other.reply(true).status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"host.docker.internal", "nas.local", "queue.default.svc.cluster.local",
            "queue.default.svc", "queue.lan", "queue.home.arpa", "queue.localhost", "localhost.", "nas.local."})
    void host_thatNoPublicNameServerHolds_passes(String host) throws IOException {
        wire.lines("GET /plain HTTP/1.1", "Host: " + host + ":8080", "");
        assertEquals(200, wire.reply(true).status());
    }

    @ParameterizedTest
    @CsvSource({"http://localhost:80,localhost:443,403", "http://localhost,localhost:443,403",
            "https://localhost,localhost:80,403", "https://localhost,localhost:443,200",
            "http://localhost,localhost:80,200", "https://localhost:443,localhost,200",
            "http://localhost:80,localhost,200", "chrome-extension://localhost,localhost,403"})
    void origin_isTheHostsOnlyWithItsPort(String origin, String host, int status) throws IOException {
        wire.lines("GET /plain HTTP/1.1", "Host: " + host, "Origin: " + origin, "");
        assertEquals(status, wire.reply(true).status());
    }

    @Test
    void site_other_is403ButForThePage() throws IOException {
        assertEquals(403, wire.ask("GET", "/plain", "Sec-Fetch-Site: cross-site").status());
        assertEquals(403, wire.ask("GET", "/pl%61in", "Sec-Fetch-Site: cross-site").status());
        assertEquals(403, wire.ask("GET", "/nothing", "Sec-Fetch-Site: cross-site").status());
        assertEquals(200, wire.ask("GET", "/open", "Sec-Fetch-Site: cross-site").status());
        for (String site : new String[] {"same-origin", "same-site", "none"}) {
            assertEquals(200, wire.ask("GET", "/plain", "Sec-Fetch-Site: " + site).status());
        }
    }

    @ParameterizedTest
    @CsvSource({"http://localhost:8080,200", "https://LOCALHOST:8080,200", "http://localhost:8081,403",
            "http://evil.example.com,403", "null,403", "localhost:8080,403", "http://localhost:8080.evil.com,403"})
    void origin_mustBeTheHosts(String origin, int status) throws IOException {
        wire.lines("GET /plain HTTP/1.1", "Host: localhost:8080", "Origin: " + origin, "");
        assertEquals(status, wire.reply(true).status());
    }

    @Test
    void origin_defaultPort_isTheSameAsNone() throws IOException {
        wire.lines("GET /plain HTTP/1.1", "Host: localhost", "Origin: https://localhost:443", "");
        assertEquals(200, wire.reply(true).status());
    }

    @Test
    void absoluteUri_ofItsHostOnly() throws IOException {
        wire.lines("GET http://localhost/plain HTTP/1.1", "Host: localhost", "");
        assertEquals(200, wire.reply(true).status());
        wire.lines("GET http://evil.example.com/plain HTTP/1.1", "Host: localhost", "");
        assertEquals(400, wire.reply(true).status());
        wire.lines("GET //evil.example.com/plain HTTP/1.1", "Host: localhost", "");
        assertEquals(400, wire.reply(true).status());
    }

    @Test
    void peer_forwarded_is403WithoutAToken() throws IOException {
        for (String header : new String[] {"X-Forwarded-For: 10.0.0.1", "Forwarded: for=1.2.3.4", "X-Real-IP: 1.2.3.4",
                "X-Forwarded-Host: localhost"}) {
            Reply reply = wire.ask("GET", "/plain", header);
            assertEquals(403, reply.status(), header);
            assertTrue(error(reply).contains("token"), reply.body());
        }
    }

    @Test
    void peer_forwardedToAServerBoundBeyondLoopback_is403() throws IOException {
        HttpServer open = HttpServer.create(new InetSocketAddress("0.0.0.0", 0), 0);
        Guard guard = new Guard("0.0.0.0", open.getAddress().getAddress(), Settings.DEFAULT, TestTokens.none(),
                () -> "box");
        open.createContext("/", new Boundary(guard,
                new Routes().add("GET", "/", Scope.READ, "", r -> Answer.text("x")), bodies, slow,
                new Traffic(), () -> false));
        open.start();
        try (Wire other = new Wire(new InetSocketAddress(InetAddress.getLoopbackAddress(),
                open.getAddress().getPort()))) {
            assertEquals(200, other.ask("GET", "/").status());
            Reply reply = other.ask("GET", "/", "X-Forwarded-For: 10.0.0.1");
            assertEquals(403, reply.status());
            assertTrue(error(reply).contains("token"), reply.body());
            assertEquals(403, other.ask("GET", "/", "Forwarded: for=1.2.3.4").status());
            other.lines("GET / HTTP/1.1", "Host: 0.0.0.0", "");
            assertEquals(200, other.reply(true).status());
        } finally {
            open.stop(0);
        }
    }

    private static String error(Reply reply) {
        assertEquals(Answer.JSON, reply.headers().get("content-type"));
        return ((Json.Obj) Json.parse(reply.body())).text("error");
    }
}
