package server.executor.echo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import server.executor.Call;
import server.executor.Outcome;
import server.executor.Outcome.Cause;
import server.executor.Pieces;
import server.executor.TaskExecutor;
import shared.TaskType;
import shared.json.Json;
import shared.json.Slice;

class EchoExecutorTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final List<String> pieces = new ArrayList<>();
    private final TaskExecutor echo = echo(Duration.ZERO);

    @Test
    void run_chat_repeatsTheLastUserMessage() throws Exception {
        Json.Obj result = completed(TaskType.CHAT, """
                {"messages":[{"role":"user","content":"first"},{"role":"assistant","content":"no"},
                {"role":"user","content":" Hello,\\n you  all "},{"role":"assistant","content":"and"}]}""");
        assertEquals(List.of(" Hello,", "\n you", "  all", " "), pieces);
        assertEquals("{\"role\":\"assistant\",\"content\":\" Hello,\\n you  all \"}", result.get("message").text());
        assertEquals("2026-01-02T03:04:05Z", result.text("created_at"));
        assertEquals("qwen3", result.text("model"));
        assertEquals("stop", result.text("done_reason"));
        assertEquals(4, result.integer("eval_count", -1));
        assertEquals(4, result.integer("prompt_eval_count", -1));
        assertTrue(result.integer("total_duration", -1) >= 0);
    }

    @Test
    void run_generateWithNumPredict_isCut() throws Exception {
        Json.Obj result = completed(TaskType.GENERATE, "{\"prompt\":\"a b c\",\"options\":{\"num_predict\":2}}");
        assertEquals("a b", result.text("response"));
        assertEquals("length", result.text("done_reason"));
        result = completed(TaskType.GENERATE, "{\"prompt\":\"a b c\",\"options\":{\"num_predict\":3}}");
        assertEquals("stop", result.text("done_reason"));
        result = completed(TaskType.GENERATE, "{\"prompt\":\"a b c\",\"options\":{\"num_predict\":-1}}");
        assertEquals("a b c", result.text("response"));
    }

    @Test
    void run_embed_hashesWordsIntoUnitVectors() throws Exception {
        List<List<Double>> vectors = vectors("{\"input\":[\"the cat sat\",\"The cat, sat!\",\"dogs bark\",\"\"]}");
        assertEquals(4, vectors.size());
        for (List<Double> vector : vectors) {
            assertEquals(64, vector.size());
            assertEquals(1, vector.stream().mapToDouble(x -> x * x).sum(), 1e-6);
        }
        assertEquals(vectors.get(0), vectors.get(1));
        assertNotEquals(vectors.get(0), vectors.get(2));
        assertEquals(vectors, vectors("{\"input\":[\"the cat sat\",\"The cat, sat!\",\"dogs bark\",\"\"]}"));
    }

    @Test
    void run_embedWithDimensions_hasSoMany() throws Exception {
        assertEquals(3, vectors("{\"input\":\"a b\",\"dimensions\":3}").getFirst().size());
        assertEquals(Cause.FINAL, failed(TaskType.EMBED, "{\"input\":\"a\",\"dimensions\":0}").cause());
        assertEquals(0, vectors("{\"input\":[]}").size());
    }

    @Test
    void run_wrongRequest_failsAtOnce() throws Exception {
        for (String payload : List.of("{}", "{\"prompt\":1}", "{\"messages\":{}}", "{\"messages\":[]}",
                "{\"input\":[1]}")) {
            for (TaskType type : TaskType.values()) {
                Outcome.Failed failed = failed(type, payload);
                assertEquals(Cause.FINAL, failed.cause());
                assertTrue(failed.message().startsWith("echo: "), failed.message());
            }
        }
    }

    @Test
    void run_interrupted_endsAtOnce() {
        for (Duration delay : List.of(Duration.ZERO, Duration.ofHours(1))) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class,
                    () -> echo(delay).run(call(TaskType.GENERATE, "{\"prompt\":\"a b\"}", MINUTE), collect()));
        }
        assertTrue(pieces.isEmpty());
    }

    @Test
    void run_timeOver_isTimeout() throws Exception {
        Outcome outcome = echo(Duration.ofMillis(1)).run(call(TaskType.GENERATE, "{\"prompt\":\"" + "a ".repeat(50)
                + "\"}", Duration.ofMillis(5)), collect());
        assertEquals(Cause.TIMEOUT, assertInstanceOf(Outcome.Failed.class, outcome).cause());
        assertTrue(pieces.size() < 50);
        // a longer pause ends with it
        outcome = echo(Duration.ofHours(1)).run(call(TaskType.EMBED, "{\"input\":\"a\"}", Duration.ofMillis(5)),
                collect());
        assertEquals(Cause.TIMEOUT, assertInstanceOf(Outcome.Failed.class, outcome).cause());
    }

    @Test
    void run_withDelay_givesTheSameAnswer() throws Exception {
        Outcome outcome = new EchoProvider().open("echo:?delay=1ms")
                .run(call(TaskType.GENERATE, "{\"prompt\":\"a b\"}", MINUTE), collect());
        assertTrue(assertInstanceOf(Outcome.Completed.class, outcome).result().text().contains("\"a b\""));
    }

    private List<List<Double>> vectors(String payload) throws InterruptedException {
        Json.Arr vectors = (Json.Arr) completed(TaskType.EMBED, payload).get("embeddings");
        return vectors.values().stream().map(vector -> ((Json.Arr) vector).values().stream()
                .map(number -> Double.valueOf(((Json.Num) number).digits())).toList()).toList();
    }

    private Json.Obj completed(TaskType type, String payload) throws InterruptedException {
        Outcome outcome = echo.run(call(type, payload, MINUTE), collect());
        return (Json.Obj) Json.parse(assertInstanceOf(Outcome.Completed.class, outcome).result().toBytes());
    }

    private Outcome.Failed failed(TaskType type, String payload) throws InterruptedException {
        return assertInstanceOf(Outcome.Failed.class, echo.run(call(type, payload, MINUTE), collect()));
    }

    private static TaskExecutor echo(Duration delay) {
        return new EchoExecutor("echo:", delay, InstantSource.fixed(Instant.parse("2026-01-02T03:04:05Z")));
    }

    private static Call call(TaskType type, String payload, Duration timeout) {
        return new Call(type, "qwen3", Slice.of(payload.getBytes(StandardCharsets.UTF_8)), timeout, MINUTE);
    }

    private Pieces collect() {
        return new Pieces() {
            @Override
            public void text(String piece) {
                pieces.add(piece);
            }

            @Override
            public void thinking(String piece) {
                throw new AssertionError("echo has no thoughts");
            }
        };
    }
}
