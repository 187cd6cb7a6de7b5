package server.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import server.api.ApiServer;
import server.http.Wire;
import server.settings.Settings;

/// A server that wants a token.
final class TokenTest {

    private static final String TOKEN = "right-token-0123456789";

    private ApiServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ApiServer();
        server.web.guard().reconfigure(Settings.DEFAULT.with(Tokens.TOKEN, TOKEN));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({"GET,/api/tasks", "POST,/api/tasks", "POST,/api/tasks/batch", "GET,/api/tasks/x",
            "GET,/api/tasks/x/events", "POST,/api/tasks/x/cancel", "DELETE,/api/tasks/x", "GET,/api/status",
            "GET,/api/stats", "GET,/api/info", "POST,/api/queue/pause", "PUT,/api/tasks", "OPTIONS,/api/tasks",
            "HEAD,/api/tasks", "GET,/nothing", "GET,/api/", "GET,/%61pi/status", "GET,/api/%ff", "POST,/healthz",
            "GET,/healthz/../api/status"})
    void request_withoutToken_is401(String method, String path) {
        HttpResponse<String> answer = server.ask(method, path, method.equals("POST") ? "{" : null);
        assertEquals(401, answer.statusCode());
        assertEquals("Bearer realm=\"ollama-queue\"", answer.headers().firstValue("WWW-Authenticate").orElse(""));
        if (!method.equals("HEAD")) {
            assertTrue(ApiServer.error(answer).contains("Authorization: Bearer"), answer.body());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/healthz", "/readyz", "/", "/healthz/", "/he%61lthz"})
    void request_ofAnOpenPath_needsNone(String path) {
        assertEquals(200, server.get(path).statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer " + TOKEN, "bearer " + TOKEN, "BEARER   " + TOKEN + " "})
    void request_withTheToken_passes(String header) {
        assertEquals(200, server.get("/api/status", "Authorization", header).statusCode());
        assertEquals(404, server.get("/nothing", "Authorization", header).statusCode());
        assertEquals(405, server.ask("PUT", "/api/tasks", null, "Authorization", header).statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic " + TOKEN, TOKEN, "Bearer", "Bearer" + TOKEN})
    void request_withAnotherScheme_is401(String header) {
        assertEquals(401, server.get("/api/status", "Authorization", header).statusCode());
    }

    @Test
    void request_withAWrongToken_is401AfterAWhileAndARightOneIsNot() {
        String[] wrong = {TOKEN + "x", TOKEN.substring(1)};
        for (int i = 0; i < wrong.length; i++) {
            long start = System.nanoTime();
            HttpResponse<String> answer = server.get("/api/status", "Authorization", "Bearer " + wrong[i]);
            assertEquals(401, answer.statusCode());
            assertFalse(answer.body().contains(wrong[i]), answer.body());
            assertTrue(System.nanoTime() - start >= Duration.ofMillis(100L << i).toNanos(), "too quick");
        }
        assertEquals(200, server.get("/api/status", "Authorization", "Bearer " + TOKEN).statusCode());
    }

    @Test
    void request_ofAnotherHost_passesWithTheTokenButNotOfAnotherOrigin() throws IOException {
        try (Wire wire = server.wire()) {
            wire.lines("GET /api/status HTTP/1.1", "Host: queue.example.org", "X-Forwarded-For: 8.8.8.8",
                    "Authorization: Bearer " + TOKEN, "");
            assertEquals(200, wire.reply(true).status());
        }
        try (Wire wire = server.wire()) {
            wire.lines("GET /api/status HTTP/1.1", "Host: queue.example.org", "Origin: http://evil.example",
                    "Authorization: Bearer " + TOKEN, "");
            assertEquals(403, wire.reply(true).status());
        }
    }

    @Test
    void reconfigure_anotherToken_endsTheFirst() {
        server.web.guard().reconfigure(Settings.DEFAULT.with(Tokens.TOKEN, "second-token"));
        assertEquals(401, server.get("/api/status", "Authorization", "Bearer " + TOKEN).statusCode());
        assertEquals(200, server.get("/api/status", "Authorization", "Bearer second-token").statusCode());
        server.web.guard().reconfigure(Settings.DEFAULT);
        assertEquals(200, server.get("/api/status").statusCode());
        assertEquals(200, server.get("/api/status", "Authorization", "Bearer whatever").statusCode());
    }

    /// What the next guess has to wait for, in milliseconds.
    private static long delay(Guesses guesses, String from, long nanos) {
        Duration delay = guesses.begin(InetAddress.ofLiteral(from), nanos);
        guesses.end(InetAddress.ofLiteral(from));
        return delay.toMillis();
    }

    @Test
    void delay_ofGuesses_doublesToTwoSecondsAndIsForgottenAfterAMinute() {
        Guesses guesses = new Guesses();
        long[] expected = {100, 200, 400, 800, 1_600, 2_000, 2_000};
        long now = Long.MIN_VALUE + 1;
        for (long ms : expected) {
            assertEquals(ms, delay(guesses, "10.0.0.1", now));
        }
        now += Duration.ofSeconds(60).toNanos();
        assertEquals(2_000, delay(guesses, "10.0.0.1", now));
        assertEquals(100, delay(guesses, "10.0.0.1", now + Duration.ofSeconds(60).toNanos() + 1));
    }

    @Test
    void delay_ofGuessesOfAnotherAddress_isItsOwn() {
        Guesses guesses = new Guesses();
        for (String from : new String[] {"10.0.0.1", "2001:db8:0:1::1", "fe80:0:0:1::1"}) {
            assertEquals(100, delay(guesses, from, 1));
        }
        assertEquals(200, delay(guesses, "10.0.0.1", 1));
        // one network of IPv6 is one guesser
        assertEquals(200, delay(guesses, "2001:db8:0:1:ffff::2", 1));
        assertEquals(100, delay(guesses, "2001:db8:0:2::1", 1));
        // of this many addresses, only the one whose last guess is oldest is forgotten
        for (int i = 0; i < 4_093; i++) {
            delay(guesses, "10.1." + i / 256 + "." + i % 256, 1);
        }
        assertEquals(400, delay(guesses, "10.0.0.1", 1));
        assertEquals(100, delay(guesses, "fe80:0:0:1::1", 1));
    }

    @Test
    void begin_beyondWhatMayWait_isNull() {
        Guesses guesses = new Guesses();
        for (int address = 1; address <= Guesses.WAITING_MAX / Guesses.WAITING_EACH_MAX; address++) {
            InetAddress from = InetAddress.ofLiteral("10.0.0." + address);
            for (int i = 0; i < Guesses.WAITING_EACH_MAX; i++) {
                assertTrue(guesses.begin(from, 1).toMillis() <= 2_000);
            }
            assertNull(guesses.begin(from, 1));
        }
        InetAddress other = InetAddress.ofLiteral("10.0.1.1");
        assertNull(guesses.begin(other, 1));
        guesses.end(InetAddress.ofLiteral("10.0.0.1"));
        assertEquals(200, guesses.begin(other, 1).toMillis());
        assertNull(guesses.begin(InetAddress.ofLiteral("10.0.0.1"), 1));
    }

    @Test
    void guesses_ofManyAtOnce_takeNoConnectionsForLong() throws Exception {
        List<Wire> wires = new ArrayList<>();
        try {
            for (int i = 0; i < 2 * Guesses.WAITING_EACH_MAX; i++) {
                wires.add(server.wire());
                wires.getLast().lines("GET /api/status HTTP/1.1", "Host: localhost", "Authorization: Bearer wrong", "");
            }
            Map<Integer, Integer> statuses = new TreeMap<>();
            for (Wire wire : wires) {
                statuses.merge(wire.reply(true).status(), 1, Integer::sum);
            }
            assertTrue(statuses.getOrDefault(429, 0) > 0, statuses.toString());
            assertTrue(statuses.get(401) >= Guesses.WAITING_EACH_MAX, statuses.toString());
            assertEquals(200, server.get("/api/status", "Authorization", "Bearer " + TOKEN).statusCode());
        } finally {
            for (Wire wire : wires) {
                wire.close();
            }
        }
    }

    @Test
    void unlogged_manyGuesses_shareALine() {
        Guesses guesses = new Guesses();
        assertEquals(1, guesses.unlogged(1_000));
        for (int i = 0; i < 400; i++) {
            assertEquals(0, guesses.unlogged(2_000));
        }
        assertEquals(401, guesses.unlogged(1_000 + Duration.ofSeconds(10).toNanos()));
    }
}
