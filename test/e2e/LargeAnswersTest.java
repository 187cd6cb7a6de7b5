package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.FakeOllama;
import support.FakeOllamaAnswer;
import support.ServerProcess;

/// Answers as large as `limits.answer_bytes` allows, as many at once as the heap is supposed to have room for.
final class LargeAnswersTest {

    /// Together they take nine tenths of the eighth of the heap that is available for answers.
    private static final int SIZE_MIB = 7;
    private static final int ANSWERS = 4;
    private static final String PROMPT = "{\"model\":\"m\",\"prompt\":\"x\"}";

    @TempDir
    Path directory;

    @Test
    void answersAtTheLimitTogether_endNoServer() throws Exception {
        try (FakeOllama fake = FakeOllama.start(); ServerProcess server = ServerProcess.start(
                Map.of("OLLAMA_QUEUE_JAVA_OPTS", "-Xmx256m", "OLLAMA_QUEUE_LIMITS_ANSWER_BYTES", SIZE_MIB + "MiB"),
                directory.resolve("data"), "--ollama-host", fake.url(), "--workers",
                Integer.toString(ANSWERS), "--parallel", Integer.toString(ANSWERS))) {
            // the JSON around its pieces counts, too
            int text = (SIZE_MIB << 20) / 100 * 97;
            fake.otherwise(FakeOllamaAnswer.big(text));
            List<String> tasks = new ArrayList<>();
            for (int i = 0; i < ANSWERS; i++) {
                tasks.add(server.submit(PROMPT.replace("{", "{\"type\":\"generate\",")));
            }
            for (String task : tasks) {
                Json.Obj ended = server.awaitEnd(task);
                assertEquals("completed", ended.text("status"), () -> ended.text("error"));
            }
            List<FutureTask<HttpResponse<String>>> calls = new ArrayList<>();
            for (int i = 0; i < ANSWERS; i++) {
                FutureTask<HttpResponse<String>> call = new FutureTask<>(() -> server.post("/api/generate", PROMPT));
                calls.add(call);
                Thread.ofVirtual().start(call);
            }
            for (FutureTask<HttpResponse<String>> call : calls) {
                String answer = call.get().body();
                assertTrue(answer.endsWith("\"eval_duration\":1000}\n") && answer.length() > text,
                        () -> answer.substring(Math.max(0, answer.length() - 300)) + server.logged());
            }
            assertEquals(0, server.terminate(), server::logged);
        }
    }
}
