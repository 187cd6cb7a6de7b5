package server.websocket;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;

import fuzz.Subject;
import shared.Problem;

/// The request that begins a WebSocket: its answer has no line that the caller injected.
public final class HandshakeSubject implements Subject {

    private static final String REQUEST = "GET /ws HTTP/1.1\r\nHost: localhost:8081\r\nUpgrade: websocket\r\n"
            + "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ollama-queue, bearer.c2VjcmV0\r\n"
            + "Origin: http://localhost:8080\r\n\r\n";

    public HandshakeSubject() {
    }

    @Override
    public String name() {
        return "handshake";
    }

    @Override
    public List<byte[]> corpus() {
        return List.of(REQUEST.getBytes(StandardCharsets.US_ASCII),
                REQUEST.replace("/ws", "/ws?since=0&model=a%20b").getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public List<String> words() {
        return List.of("\r\n", "\r\n\r\n", "\n", " ", ":", ",", "%", "%zz", "?", "HTTP/1.0", "POST",
                "Content-Length: 5\r\n",
                "Transfer-Encoding: chunked\r\n", "bearer.", "=", "Upgrade: ", "Sec-WebSocket-Key: ", "//",
                "http://h/ws");
    }

    @Override
    public String take(byte[] input) {
        int end = RequestHead.end(input, 0, input.length);
        if (end < 0) {
            return "no end";
        }
        try {
            RequestHead request = RequestHead.parse(input, end);
            Handshake.token(request.headers());
            Handshake.check(request);
            oneHead(Handshake.accept(request));
            return "accepted";
        } catch (Problem refused) {
            assertTrue(refused.status() >= 400 && refused.status() < 500 || refused.status() == 505,
                    refused.toString());
            oneHead(Handshake.refuse(refused));
            return Subject.way(refused);
        }
    }

    private static void oneHead(byte[] answer) {
        String head = new String(answer, StandardCharsets.ISO_8859_1).split("\r\n\r\n", 2)[0];
        assertTrue(head.matches("HTTP/1\\.1 \\d{3} [A-Za-z ]+(\r\n[A-Za-z-]+: [ -~]*)+"), head);
    }
}
