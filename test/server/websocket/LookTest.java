package server.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import server.access.Asker;
import server.access.Guard;
import server.access.NamedTokens;
import server.access.Scope;
import server.settings.Settings;
import support.Await;

/// The looks at all connections.
final class LookTest {

    @TempDir
    private Path folder;

    @Test
    void lookThatFails_isNotTheLast() throws IOException {
        AtomicBoolean fails = new AtomicBoolean();
        InstantSource clock = () -> {
            if (fails.getAndSet(false)) {
                throw new OutOfMemoryError("of the test");
            }
            return InstantSource.system().instant();
        };
        NamedTokens tokens = NamedTokens.open(folder, clock);
        String token = tokens.add(new Asker("a", Scope.READ, 1, 1), Duration.ofHours(1).toMillis());
        Guard guard = new Guard("localhost", InetAddress.getLoopbackAddress(), Settings.DEFAULT, tokens, () -> "box");
        WebSocketOptions all = EchoServer.OPTIONS;
        WebSocketOptions quick = new WebSocketOptions(0, all.headerBytesMax(), all.requestTimeMax(), 5, 5, 5,
                Duration.ofMillis(400), all.silenceMax(), all.stuckMax(), all.closeMax());
        try (EchoServer server = new EchoServer(quick, guard);
                RawClient client = new RawClient(server.port())) {
            String answer = client.ask(RawClient.request("/ws", "Authorization: Bearer " + token + "\r\n"));
            assertTrue(answer.startsWith("HTTP/1.1 101 "), answer);
            fails.set(true);
            Await.until("a look failed", () -> !fails.get());
            assertEquals("89 ", client.shown());
        }
    }
}
