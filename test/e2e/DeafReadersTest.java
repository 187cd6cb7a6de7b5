package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import support.EventReader;
import support.ServerProcess;

/// Subscribers that never read do not exhaust a small server's memory, and the others still get their events.
final class DeafReadersTest {

    private static final int DEAF = 100;
    private static final int BATCHES = 15;
    private static final int BATCH = 2_000;

    @TempDir
    Path directory;

    @Test
    void manyDeafReaders_othersGetEverything() throws Exception {
        List<Socket> deaf = new ArrayList<>();
        try (ServerProcess server = ServerProcess.start(Map.of("OLLAMA_QUEUE_JAVA_OPTS", "-Xmx64m"),
                directory.resolve("data"), "--ollama-host", "echo:")) {
            server.post("/api/queue/pause", "");
            int port = URI.create(server.url()).getPort();
            for (int i = 0; i < DEAF; i++) {
                Socket socket = new Socket();
                socket.setReceiveBufferSize(4 << 10);
                socket.connect(new InetSocketAddress(InetAddress.getByName("localhost"), port));
                // half of them begin with past events
                socket.getOutputStream().write(("GET /api/events" + (i % 2 == 0 ? "?since=0" : "")
                        + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                deaf.add(socket);
            }
            String task = "{\"type\":\"generate\",\"model\":\"m\",\"prompt\":\"Hello\"}";
            String batch = "[" + (task + ",").repeat(BATCH - 1) + task + "]";
            try (EventReader reader = new EventReader(server.url() + "/api/events")) {
                long seq = 1;
                for (int i = 0; i < BATCHES; i++) {
                    assertEquals(201, server.post("/api/tasks/batch", batch).statusCode(), server::logged);
                    for (int j = 0; j < BATCH; j++) {
                        seq++;
                        assertEquals(seq, reader.next().seq());
                    }
                }
            }
            assertEquals(0, server.terminate(), server::logged);
        } finally {
            for (Socket socket : deaf) {
                socket.close();
            }
        }
    }
}
