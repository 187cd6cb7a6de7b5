package server.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import shared.Problem;

final class HandshakeTest {

    private static final String GOOD = """
            GET /ws HTTP/1.1
            Host: localhost:8081
            Upgrade: websocket
            Connection: Upgrade
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            Sec-WebSocket-Version: 13
            """;

    private static RequestHead head(String text) {
        byte[] bytes = (text.replace("\n", "\r\n") + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(bytes.length, RequestHead.end(bytes, 0, bytes.length));
        return RequestHead.parse(bytes, bytes.length);
    }

    /// Checks and accepts.
    private static String answer(String request) {
        RequestHead head = head(request);
        Handshake.check(head);
        return new String(Handshake.accept(head), StandardCharsets.US_ASCII);
    }

    private static int refusal(String request) {
        return assertThrows(Problem.class, () -> answer(request)).status();
    }

    @Test
    void proof_ofTheExampleOfTheRfc() {
        assertEquals("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", Handshake.proof("dGhlIHNhbXBsZSBub25jZQ=="));
    }

    @Test
    void accept_ofAGoodRequest_switchesProtocols() {
        assertEquals("""
                HTTP/1.1 101 Switching Protocols
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=

                """.replace("\n", "\r\n"), answer(GOOD));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "Upgrade: websocket|Upgrade: h2c, WebSocket",
            "Upgrade: websocket|upgrade:websocket",
            "Connection: Upgrade|Connection: keep-alive, Upgrade",
            "Connection: Upgrade|connection: UPGRADE , keep-alive",
            "Connection: Upgrade|Connection: keep-alive\\nConnection: upgrade",
            "GET /ws|GET /ws?since=5",
            "GET /ws|GET http://localhost:8081/ws",
            "Host: localhost:8081|Host: localhost:8081\\nContent-Length: 0",
            "Sec-WebSocket-Version: 13|sec-websocket-version:   13   "})
    void check_ofOtherSpellings_passes(String line, String other) {
        assertTrue(answer(GOOD.replace(line, other.replace("\\n", "\n"))).startsWith("HTTP/1.1 101 "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "GET /ws|GET /|404", "GET /ws|GET /ws/|404", "GET /ws|GET /WS|404", "GET /ws|POST /ws|405",
            "GET /ws|get /ws|405", "HTTP/1.1|HTTP/1.0|505", "HTTP/1.1|HTTP/2.0|505",
            "Upgrade: websocket|X: y|426", "Upgrade: websocket|Upgrade: websockets|426",
            "Connection: Upgrade|Connection: keep-alive|400", "Connection: Upgrade|X: y|400",
            "Version: 13|Version: 12|426", "Version: 13|Version: 8|426", "Version: 13|Version: 13, 8|426",
            "Version: 13|Version: 013|426", "Version: 13|X: 13|426", "Version: 13|Version:|426",
            "Host: localhost:8081|Content-Length: 1|400", "Host: localhost:8081|Transfer-Encoding: chunked|400",
            "dGhlIHNhbXBsZSBub25jZQ==|dGhlIHNhbXBsZSBub25jZQ|400", "dGhlIHNhbXBsZSBub25jZQ==|dGhlIHNhbXBsZSBub25j|400",
            "dGhlIHNhbXBsZSBub25jZQ==|dGhlIHNhbXBsZSBub25jZTE=|400", "dGhlIHNhbXBsZSBub25jZQ==|''|400",
            "dGhlIHNhbXBsZSBub25jZQ==|dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==|400",
            "dGhlIHNhbXBsZSBub25jZQ==|dGhlIHNhbXBsZS_ub25jZQ==|400", "Sec-WebSocket-Key|X|400"})
    void check_ofAWrongRequest_refuses(String part, String other, int status) {
        assertEquals(status, refusal(GOOD.replace(part, other)));
    }

    @Test
    void check_ofAKeyOrAVersionTwice_refuses() {
        assertEquals(400, refusal(GOOD + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n"));
        assertEquals(426, refusal(GOOD + "Sec-WebSocket-Version: 13\n"));
    }

    @Test
    void refuse_tellsWhatWouldBeRight() {
        String answer = new String(Handshake.refuse(new Problem(426, "say \"13\"")), StandardCharsets.US_ASCII);
        assertEquals("""
                HTTP/1.1 426 Upgrade Required
                Upgrade: websocket
                Sec-WebSocket-Version: 13
                Content-Type: application/json
                Content-Length: 22
                Connection: Upgrade, close

                {"error":"say \\"13\\""}""".replace("\n", "\r\n"), answer);
        assertTrue(refusal(401).contains("\r\nWWW-Authenticate: Bearer realm=\"ollama-queue\"\r\n"));
        assertTrue(refusal(405).contains("\r\nAllow: GET\r\n"));
        assertTrue(refusal(503).contains("\r\nRetry-After: 5\r\n"));
        assertTrue(refusal(400).contains("\r\nConnection: close\r\n"));
    }

    private static String refusal(int status) {
        return new String(Handshake.refuse(new Problem(status, "x")), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"ollama-queue|true", "ollama-queue, bearer.dG9rZW4|true",
            "bearer.dG9rZW4,ollama-queue|true", "chat|false", "Ollama-Queue|false"})
    void accept_ofSubprotocols_selectsOurs(String offered, boolean selected) {
        String answer = answer(GOOD + "Sec-WebSocket-Protocol: " + offered + "\n");
        assertEquals(selected, answer.contains("\r\nSec-WebSocket-Protocol: ollama-queue\r\n"));
        assertFalse(answer.contains("bearer"));
    }

    @Test
    void token_amongTheSubprotocols_isFound() {
        assertEquals("to?en>", Handshake.token(head(GOOD + "Sec-WebSocket-Protocol: ollama-queue, bearer.dG8_ZW4-\n")
                .headers()));
        assertEquals("token", Handshake.token(head(GOOD + "Sec-WebSocket-Protocol: ollama-queue\n"
                + "Sec-WebSocket-Protocol: bearer.dG9rZW4\n").headers()));
        assertNull(Handshake.token(head(GOOD).headers()));
        assertEquals(400, assertThrows(Problem.class, () -> Handshake.token(head(GOOD
                + "Sec-WebSocket-Protocol: bearer.dG9r+W4\n").headers())).status());
    }

    // ---- the head of a request

    @ParameterizedTest
    @ValueSource(strings = {"GET /ws", "GET  /ws HTTP/1.1", "GET /ws HTTP/1.1 ", "", "G(T /ws HTTP/1.1",
            "GET /w s HTTP/1.1", "GET /ws FTP/1.1", "GET /w\"s HTTP/1.1"})
    void parse_ofAWrongFirstLine_is400(String line) {
        assertEquals(400, assertThrows(Problem.class, () -> head(line + "\nHost: a\n")).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", "Host : a", ": a", " folded", "\tfolded", "Ho st: a", "Host: a\u0001", "Host: a\rb",
            "H\u00f6st: a", "Host: \u007f"})
    void parse_ofAWrongHeader_is400(String line) {
        assertEquals(400, assertThrows(Problem.class, () -> head("GET /ws HTTP/1.1\n" + line + "\n")).status());
    }

    @Test
    void end_isFoundHoweverTheHeadIsCut() {
        byte[] bytes = "GET /ws HTTP/1.1\r\nA: b\r\n\r\nrest\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        for (int cut = 0; cut <= bytes.length; cut++) {
            int first = RequestHead.end(bytes, 0, cut);
            assertEquals(cut < 26 ? -1 : 26, first);
            if (first < 0) {
                assertEquals(26, RequestHead.end(bytes, cut, bytes.length));
            }
        }
    }

    @Test
    void parse_ofRandomBytes_isAHeadOrA400() {
        long seed = Long.getLong("seed", 42);
        Random random = new Random(seed);
        byte[] good = GOOD.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        for (int round = 0; round < 5_000; round++) {
            byte[] bytes = good.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                RequestHead head = RequestHead.parse(bytes, bytes.length);
                Handshake.check(head);
                Handshake.token(head.headers());
            } catch (Problem problem) {
                assertTrue(problem.status() >= 400 && problem.status() < 600, "seed " + seed + ": " + problem);
            }
        }
    }
}
