package server.executor.ollama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import server.executor.Call;
import server.executor.Limits;
import server.executor.Outcome;
import server.executor.Outcome.Cause;
import shared.TaskType;
import shared.json.Slice;
import support.Collected;
import support.FakeOllama;

/// An executor with a fake host of its own, for each test.
abstract class OllamaHarness {

    static final Duration LONG = Duration.ofSeconds(20);
    static final Duration SHORT = Duration.ofMillis(200);

    final Collected pieces = new Collected();
    final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    FakeOllama fake;
    OllamaExecutor ollama;

    @BeforeEach
    void open() throws IOException {
        fake = FakeOllama.start();
        ollama = new OllamaExecutor(OllamaAddress.parse(fake.url()), InstantSource.system(), Limits.DEFAULT);
    }

    @AfterEach
    void close() throws IOException {
        threads.shutdownNow();
        ollama.close();
        fake.close();
    }

    static long selectors() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains("HttpClient") && thread.getName().contains("Selector"))
                .count();
    }

    OllamaExecutor limited(int line, int answer) {
        return new OllamaExecutor(OllamaAddress.parse(fake.url()), InstantSource.system(),
                new Limits(line, answer, 200));
    }

    static Call call() {
        return generate(LONG, LONG);
    }

    static Call generate(Duration timeout, Duration idle) {
        return new Call(TaskType.GENERATE, "q", payload("{\"prompt\":\"Hello you\"}"), timeout, idle);
    }

    static Call call(TaskType type, String payload) {
        return new Call(type, "q", payload(payload), LONG, LONG);
    }

    static Slice payload(String json) {
        return Slice.of(json.getBytes(StandardCharsets.UTF_8));
    }

    Slice completed(Call call) throws InterruptedException {
        return assertInstanceOf(Outcome.Completed.class, ollama.run(call, pieces)).result();
    }

    String failed(Cause cause) throws InterruptedException {
        Outcome.Failed failed = assertInstanceOf(Outcome.Failed.class, ollama.run(call(), pieces));
        assertEquals(cause, failed.cause(), failed.message());
        return failed.message();
    }
}
