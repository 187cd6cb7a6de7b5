package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.ServerProcess;

/// A batch of lines takes little of the heap, however large it is: beside a long queue it must not end the server.
final class LargeBatchTest {

    private static final int TASKS = 500;
    private static final int PROMPT = 64 << 10;

    @TempDir
    Path directory;

    @Test
    @Timeout(60)
    void batchOfTwoThirdsOfTheHeap_isTaken() throws Exception {
        String line = "{\"type\":\"generate\",\"model\":\"m\",\"prompt\":\"" + "x".repeat(PROMPT) + "\"}\n";
        try (ServerProcess server = ServerProcess.start(Map.of("OLLAMA_QUEUE_JAVA_OPTS", "-Xmx48m",
                "OLLAMA_QUEUE_LIMITS_BODIES_BYTES", "90%"), directory.resolve("data"), "--ollama-host", "echo:")) {
            server.post("/api/queue/pause", "");
            HttpResponse<String> answer = server.send(HttpRequest
                    .newBuilder(URI.create(server.url() + "/api/tasks/batch"))
                    .header("Content-Type", "application/x-ndjson")
                    .POST(BodyPublishers.ofString(line.repeat(TASKS))));
            assertEquals(201, answer.statusCode(), answer::body);
            Json.Obj status = ServerProcess.object(server.get("/api/status").body());
            assertEquals(TASKS, status.integer("pending_tasks", 0));
            assertEquals(0, server.terminate(), server::logged);
        }
    }
}
