package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import shared.json.Json;
import support.Effort;
import support.ServerProcess;

/// A batch of JSON lines takes little of the heap, however large it is: even with a long queue it must not end the
/// server.
final class LargeBatchTest {

    private static final String NDJSON = "application/x-ndjson";

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"500, 65536", "110, 300000"})
    void batchOfTwoThirdsOfTheHeap_isTaken(int tasks, int prompt) throws Exception {
        taken(task(prompt).repeat(tasks), tasks, NDJSON, "90%");
    }

    /// Batches of the largest size that the heap's share for bodies allows.
    @ParameterizedTest
    @CsvSource({NDJSON, "application/json"})
    void batchOfOneLongTask_isTaken(String type) throws Exception {
        String task = task(11 << 20);
        taken(type.equals(NDJSON) ? task : "[" + task + "]", 1, type, "25%");
    }

    /// Each body may be in memory up to three times while it is processed.
    @Test
    void manyLargeTasksAtOnce_smallHeap_areTakenOrComeAgain() throws Exception {
        try (ServerProcess server = ServerProcess.start(Map.of("OLLAMA_QUEUE_JAVA_OPTS", "-Xmx64m"),
                directory.resolve("data"), "--ollama-host", "echo:")) {
            server.post("/api/queue/pause", "");
            for (int round = 0; round < Effort.of(5, 10); round++) {
                List<FutureTask<Integer>> submits = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    FutureTask<Integer> submit = new FutureTask<>(() -> server.post("/api/tasks", task(4_000_000))
                            .statusCode());
                    submits.add(submit);
                    Thread.ofVirtual().start(submit);
                }
                for (FutureTask<Integer> submit : submits) {
                    int status = submit.get();
                    assertTrue(status == 201 || status == 503, status + " " + server.logged());
                }
            }
            assertEquals(0, server.terminate(), server::logged);
        }
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
