package server.executor.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import server.executor.AnswerRoom;
import server.executor.Call;
import server.executor.Limits;
import server.executor.Outcome;
import server.executor.Outcome.Cause;
import shared.TaskType;
import shared.json.Json;
import shared.json.Slice;
import support.Collected;
import support.FakeOpenAi;

/// An executor with a fake host of its own, for each test.
abstract class OpenAiHarness {

    static final Duration LONG = Duration.ofSeconds(20);
    static final Duration SHORT = Duration.ofMillis(200);
    static final String KEY = "sk-secret-0123456789";
    static final String HELLO = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello you\"}]}";

    final Collected pieces = new Collected();
    final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    FakeOpenAi fake;
    OpenAiExecutor openAi;

    @BeforeEach
    void open() throws IOException {
        fake = FakeOpenAi.start(0, KEY);
        openAi = executor(KEY, Map.of(), Map.of(), null, Limits.DEFAULT);
    }

    @AfterEach
    void close() throws IOException {
        threads.shutdownNow();
        openAi.close();
        fake.close();
    }

    OpenAiExecutor executor(String key, Map<String, String> headers, Map<String, String> models, Duration timeout,
            Limits limits) {
        return new OpenAiExecutor(Endpoint.of("cloud", fake.url(), key, headers, models, timeout),
                InstantSource.system(), limits);
    }

    /// Puts another in the place of the one that is open.
    void use(OpenAiExecutor other) {
        openAi.close();
        openAi = other;
    }

    static Call call(TaskType type, String payload, Duration timeout, Duration idle) {
        return new Call(type, "q", Slice.of(payload.getBytes(StandardCharsets.UTF_8)), timeout, LONG, idle,
                AnswerRoom.UNBOUNDED.share());
    }

    static Call chat() {
        return call(TaskType.CHAT, HELLO, LONG, LONG);
    }

    static Call embed(String payload) {
        return call(TaskType.EMBED, payload, LONG, LONG);
    }

    Json.Obj completed(Call call) throws InterruptedException {
        Outcome outcome = openAi.run(call, pieces);
        return (Json.Obj) Json.parse(assertInstanceOf(Outcome.Completed.class, outcome, outcome.toString())
                .result().toBytes());
    }

    String failed(Cause cause, Call call) throws InterruptedException {
        Outcome outcome = openAi.run(call, pieces);
        Outcome.Failed failed = assertInstanceOf(Outcome.Failed.class, outcome, outcome.toString());
        assertEquals(cause, failed.cause(), failed.message());
        return failed.message();
    }

    String failed(Cause cause) throws InterruptedException {
        return failed(cause, chat());
    }
}
