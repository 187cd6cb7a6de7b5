package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import support.ServerProcess;

/// Searches whose clients have gone end, and free their places for others.
final class AbandonedSearchTest {

    /// More than could be done within the time that a request waits for its turn.
    private static final int ABANDONED = 200;

    @TempDir
    Path directory;

    @Test
    void manyAbandonedSearches_anotherOneHasItsTurn() throws Exception {
        assumeTrue(Files.isReadable(Path.of("/proc/net/tcp")), "only Linux tells who has gone");
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:")) {
            server.post("/api/queue/pause", "");
            String task = "{\"type\":\"generate\",\"model\":\"m\",\"prompt\":\"" + "word ".repeat(40_000) + "\"}";
            for (int i = 0; i < 2; i++) {
                assertEquals(201, server.post("/api/tasks/batch", "[" + (task + ",").repeat(149) + task + "]")
                        .statusCode());
            }
            int port = URI.create(server.url()).getPort();
            for (int i = 0; i < ABANDONED; i++) {
                try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
                    socket.getOutputStream().write("GET /api/tasks?q=zzzzzz HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
                }
            }
            assertEquals(200, server.get("/api/tasks?q=zzzzzz").statusCode(), server::logged);
        }
    }
}
