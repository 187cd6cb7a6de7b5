package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import shared.json.Json;
import support.ServerProcess;

/// A batch of lines takes little of the heap, however large it is: beside a long queue it must not end the server.
final class LargeBatchTest {

    private static final String NDJSON = "application/x-ndjson";

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"500, 65536", "110, 300000"})
    @Timeout(60)
    void batchOfTwoThirdsOfTheHeap_isTaken(int tasks, int prompt) throws Exception {
        taken(task(prompt).repeat(tasks), tasks, NDJSON, "90%");
    }

    /// As large as one may be by what bodies may have of the heap.
    @ParameterizedTest
    @CsvSource({NDJSON, "application/json"})
    @Timeout(60)
    void batchOfOneLongTask_isTaken(String type) throws Exception {
        String task = task(11 << 20);
        taken(type.equals(NDJSON) ? task : "[" + task + "]", 1, type, "25%");
    }

    private static String task(int prompt) {
        return "{\"type\":\"generate\",\"model\":\"m\",\"prompt\":\"" + "x".repeat(prompt) + "\"}\n";
    }

    private void taken(String body, int tasks, String type, String bodies) throws Exception {
        try (ServerProcess server = ServerProcess.start(Map.of("OLLAMA_QUEUE_JAVA_OPTS", "-Xmx48m",
                "OLLAMA_QUEUE_LIMITS_BODIES_BYTES", bodies), directory.resolve("data"), "--ollama-host", "echo:")) {
            server.post("/api/queue/pause", "");
            HttpResponse<String> answer = server.send(HttpRequest
                    .newBuilder(URI.create(server.url() + "/api/tasks/batch"))
                    .header("Content-Type", type)
                    .POST(BodyPublishers.ofString(body)));
            assertEquals(201, answer.statusCode(), answer::body);
            Json.Obj status = ServerProcess.object(server.get("/api/status").body());
            assertEquals(tasks, status.integer("pending_tasks", 0));
            assertEquals(0, server.terminate(), server::logged);
        }
    }
}
