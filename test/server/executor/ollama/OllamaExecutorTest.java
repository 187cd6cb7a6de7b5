package server.executor.ollama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import server.executor.Call;
import server.executor.Outcome;
import server.executor.Outcome.Cause;
import shared.TaskType;
import shared.json.Json;
import shared.json.Slice;
import support.FakeOllama;
import support.FakeOllamaAnswer;
import support.FakeOllamaRequest;

@Timeout(30)
class OllamaExecutorTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(60);

    private final Collected pieces = new Collected();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private FakeOllama fake;
    private OllamaExecutor ollama;

    @BeforeEach
    void open() throws IOException {
        fake = FakeOllama.start();
        ollama = new OllamaExecutor(OllamaAddress.parse(fake.url()), InstantSource.system());
    }

    @AfterEach
    void close() throws IOException {
        threads.shutdownNow();
        ollama.close();
        fake.close();
    }

    // ---- the request

    @Test
    void run_chat_sendsPayloadUntouchedWithModelAndStream() throws Exception {
        completed(call(TaskType.CHAT, "{ \"messages\":[{\"role\":\"user\",\"content\":\"a b\"}],\"x\":1.50E+2}"));
        FakeOllamaRequest request = fake.takeRequest();
        assertEquals("/api/chat", request.path());
        assertEquals("{\"model\":\"q\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"a b\"}],"
                + "\"x\":1.50E+2}", request.body());
        assertEquals("application/json", request.header("content-type"));
        assertNull(request.header("upgrade"));
        assertEquals("a b", pieces.text());
    }

    @Test
    void run_payloadInsideOfLargerArray_sendsOnlyIt() throws Exception {
        byte[] line = "{\"payload\":{\"prompt\":\"ä\"},\"z\":1}".getBytes(StandardCharsets.UTF_8);
        completed(new Call(TaskType.GENERATE, "q", new Slice(line, 11, line.length - 7), LONG, LONG));
        assertEquals("{\"model\":\"q\",\"stream\":true,\"prompt\":\"ä\"}", fake.takeRequest().body());
    }

    @Test
    void run_emptyPayload_sendsModelAlone() throws Exception {
        completed(call(TaskType.EMBED, "{ }"));
        FakeOllamaRequest request = fake.takeRequest();
        assertEquals("/api/embed", request.path());
        assertEquals("{\"model\":\"q\"}", request.body());
    }

    @Test
    void run_addressWithPath_isKept() throws Exception {
        try (OllamaExecutor behindProxy = new OllamaExecutor(OllamaAddress.parse(fake.url() + "/gpu/1/"),
                InstantSource.system())) {
            behindProxy.run(call(), pieces);
            assertEquals("/gpu/1/api/generate", fake.takeRequest().path());
        }
    }

    // ---- whose fault

    @Test
    void run_hostRefuses_unreachable() throws Exception {
        fake.kill();
        String message = failed(Cause.UNREACHABLE);
        assertEquals("cannot connect to " + ollama.name() + ": connection refused", message.toLowerCase());
    }

    @Test
    void run_unknownHost_unreachable() throws Exception {
        try (OllamaExecutor nowhere = new OllamaExecutor(OllamaAddress.parse("no-such-host.invalid"),
                InstantSource.system())) {
            Outcome.Failed failed = (Outcome.Failed) nowhere.run(call(), pieces);
            assertEquals(Cause.UNREACHABLE, failed.cause());
            assertEquals("cannot connect to no-such-host.invalid:11434: unknown host", failed.message());
        }
    }

    @Test
    void run_hostKilledAndBack_unreachableThenCompleted() throws Exception {
        completed(call());
        fake.kill();
        // the kept connection may take one request before its end is noticed; the JDK could send that one again, but
        // then also one that kills its host, five times within one attempt
        ollama.run(call(), pieces);
        failed(Cause.UNREACHABLE);
        fake.restart();
        completed(call());
    }

    @Test
    void run_busy_isBusyWithRetryAfter() throws Exception {
        fake.next(FakeOllamaAnswer.status(503, "server busy", "Retry-After: 3"));
        Outcome.Failed failed = (Outcome.Failed) ollama.run(call(), pieces);
        assertEquals(new Outcome.Failed(Cause.BUSY, ollama.name() + " is busy: server busy", Duration.ofSeconds(3)),
                failed);
    }

    @Test
    void run_limited_passesWithRetryAfter() throws Exception {
        fake.next(FakeOllamaAnswer.limited(7));
        Outcome.Failed failed = (Outcome.Failed) ollama.run(call(), pieces);
        assertEquals(Cause.PASSING, failed.cause());
        assertEquals(Duration.ofSeconds(7), failed.retryAfter());
    }

    @Test
    void run_missingModel_namesModelAndHost() throws Exception {
        fake.models("other");
        assertEquals("model 'q' not found on " + ollama.name(), failed(Cause.MODEL_MISSING));
    }

    @Test
    void run_brokenOffBeforeHead_passes() throws Exception {
        fake.next(FakeOllamaAnswer.breakOff());
        assertTrue(failed(Cause.PASSING).contains("was lost before an answer came"));
    }

    @Test
    void run_brokenOffInTheMiddle_passesWithWhatCame() throws Exception {
        fake.next((request, reply) -> {
            reply.token("One");
            pieces.first.await();
            reply.breakOff();
        });
        assertTrue(failed(Cause.PASSING).contains("was lost in the middle of the answer"));
        assertEquals("One", pieces.text());
    }

    @Test
    void run_endWithoutLastLine_isLostConnection() throws Exception {
        fake.next((request, reply) -> reply.token("One"));
        assertTrue(failed(Cause.PASSING).contains("its last line is missing"));
        assertEquals("One", pieces.text());
    }

    @Test
    void run_errorLine_passesAndTellsIt() throws Exception {
        fake.next(FakeOllamaAnswer.errorLine("One"));
        assertTrue(failed(Cause.PASSING).contains("an error was encountered while running the model"));
        assertEquals("One", pieces.text());
    }

    @Test
    void run_pageOfAProxy_passesWithoutTheHtml() throws Exception {
        fake.next((request, reply) -> reply.whole(502, "<html><body>bad</body></html>"));
        assertEquals(ollama.name() + " answered 502", failed(Cause.PASSING));
        fake.next((request, reply) -> reply.whole(200, "<html><body>login</body></html>"));
        assertTrue(failed(Cause.PASSING).contains("sent what is not an answer of Ollama's"));
    }

    @Test
    void run_hugeErrorText_isCut() throws Exception {
        fake.next(FakeOllamaAnswer.status(400, "x".repeat(200_000)));
        assertTrue(failed(Cause.FINAL).length() < 1_200);
    }

    // ---- limits

    @Test
    void run_tenMegabytes_arrive() throws Exception {
        fake.next(FakeOllamaAnswer.big(10 << 20));
        Json.Obj result = (Json.Obj) Json.parse(completed(call()).toBytes());
        assertEquals(10 << 20, result.text("response").length());
        assertEquals(10 << 20, pieces.text().length());
    }

    @Test
    void run_lineWithoutEnd_failsAtTheLimitAndClosesTheConnection() throws Exception {
        ollama.close();
        ollama = limited(1 << 20, 4 << 20);
        fake.next(FakeOllamaAnswer.endlessLine());
        assertEquals(ollama.name() + " sent a line longer than 1 MiB", failed(Cause.FINAL));
        fake.takeRequest().awaitCancelled();
    }

    @Test
    void run_answerLargerThanTheLimit_fails() throws Exception {
        ollama.close();
        ollama = limited(1 << 20, 2 << 20);
        fake.next(FakeOllamaAnswer.big(1 << 20));
        completed(call());
        fake.next(FakeOllamaAnswer.big(3 << 20));
        assertEquals(ollama.name() + " sent an answer larger than 2 MiB", failed(Cause.FINAL));
    }

    @Test
    void run_embedLargerThanTheLimit_fails() throws Exception {
        ollama.close();
        ollama = limited(1 << 20, 1 << 20);
        fake.next((request, reply) -> reply.whole(200, "{\"embeddings\":[[" + "1,".repeat(1 << 19) + "1]]}"));
        Outcome.Failed failed = (Outcome.Failed) ollama.run(call(TaskType.EMBED, "{\"input\":\"a\"}"), pieces);
        assertEquals(Cause.FINAL, failed.cause());
    }

    // ---- time

    @Test
    void run_hostSilentBeforeHead_idleTimeoutClosesTheConnection() throws Exception {
        fake.next(FakeOllamaAnswer.hang());
        Outcome.Failed failed = (Outcome.Failed) ollama.run(generate(LONG, SHORT), pieces);
        assertEquals(new Outcome.Failed(Cause.PASSING, ollama.name() + " sent nothing for 60ms", null), failed);
        fake.takeRequest().awaitCancelled();
    }

    @Test
    void run_hostSilentInTheMiddle_idleTimeoutClosesTheConnection() throws Exception {
        fake.next(FakeOllamaAnswer.stall("One"));
        Outcome.Failed failed = (Outcome.Failed) ollama.run(generate(LONG, SHORT), pieces);
        assertEquals(Cause.PASSING, failed.cause());
        assertTrue(failed.message().contains("sent nothing for"), failed.message());
        assertEquals("One", pieces.text());
        fake.takeRequest().awaitCancelled();
    }

    @Test
    void run_wholeTimeOver_timeoutThoughBytesCome() throws Exception {
        fake.next((request, reply) -> {
            while (!Thread.interrupted()) {
                reply.token("x");
            }
        });
        Outcome.Failed failed = (Outcome.Failed) ollama.run(generate(SHORT, LONG), pieces);
        assertEquals(new Outcome.Failed(Cause.TIMEOUT, ollama.name() + " did not finish within 60ms", null), failed);
        fake.takeRequest().awaitCancelled();
    }

    @Test
    void run_timesBeyondAllMeasure_areNone() throws Exception {
        Duration forEver = Duration.ofSeconds(Long.MAX_VALUE);
        completed(generate(forEver, forEver));
    }

    @Test
    void run_connectionLeftOpenAfterLastLine_completesSoon() throws Exception {
        fake.next((request, reply) -> {
            reply.token("One");
            reply.done(1);
            reply.hang();
        });
        completed(generate(LONG, LONG));
        assertEquals("One", pieces.text());
    }

    // ---- cancel

    @Test
    void run_interruptedBeforeHead_closesTheConnection() throws Exception {
        fake.next(FakeOllamaAnswer.hang());
        Future<Outcome> running = threads.submit(() -> ollama.run(call(), pieces));
        FakeOllamaRequest request = fake.takeRequest();
        running.cancel(true);
        request.awaitCancelled();
    }

    @Test
    void run_interruptedInTheMiddle_endsAndClosesTheConnectionWithinMoments() throws Exception {
        fake.next(FakeOllamaAnswer.stall("One"));
        CountDownLatch ended = new CountDownLatch(1);
        Thread running = Thread.ofVirtual().start(() -> {
            assertThrows(InterruptedException.class, () -> ollama.run(call(), pieces));
            ended.countDown();
        });
        pieces.first.await();
        long began = System.nanoTime();
        running.interrupt();
        assertTrue(ended.await(10, TimeUnit.SECONDS));
        fake.takeRequest().awaitCancelled();
        assertTrue(System.nanoTime() - began < Duration.ofSeconds(2).toNanos());
    }

    @Test
    void run_interruptedInAFlood_ends() throws Exception {
        fake.next((request, reply) -> {
            while (!Thread.interrupted()) {
                reply.token("x");
            }
        });
        Future<Outcome> running = threads.submit(() -> ollama.run(call(), pieces));
        pieces.first.await();
        running.cancel(true);
        fake.takeRequest().awaitCancelled();
    }

    @Test
    void run_piecesFail_closesTheConnection() throws Exception {
        fake.next(FakeOllamaAnswer.stall("One"));
        assertThrows(IllegalStateException.class, () -> ollama.run(call(), new server.executor.Pieces() {
            @Override
            public void text(String piece) {
                throw new IllegalStateException("full");
            }

            @Override
            public void thinking(String piece) {
            }
        }));
        fake.takeRequest().awaitCancelled();
    }

    // ---- many

    @Test
    void run_manyAtOnce_allRunTogether() throws Exception {
        Semaphore gate = new Semaphore(0);
        fake.otherwise(FakeOllamaAnswer.gated(gate, "a", "b"));
        List<Future<Outcome>> running = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            running.add(threads.submit(() -> ollama.run(call(), new Collected())));
        }
        for (int i = 0; i < 50; i++) {
            fake.takeRequest();
        }
        assertEquals(50, fake.running());
        gate.release(150);
        for (Future<Outcome> one : running) {
            assertInstanceOf(Outcome.Completed.class, one.get(10, TimeUnit.SECONDS));
        }
        assertEquals(50, fake.mostRunning());
    }

    @Test
    void run_oneAfterAnother_usesOneConnection() throws Exception {
        for (TaskType type : TaskType.values()) {
            for (int i = 0; i < 5; i++) {
                completed(call(type, "{\"prompt\":\"a b\"}"));
            }
        }
        fake.next(FakeOllamaAnswer.busy());
        failed(Cause.BUSY);
        ollama.models();
        completed(call());
        assertEquals(1, fake.connections());
    }

    @Test
    void close_afterUse_leavesNoConnectionAndNoThread() throws Exception {
        completed(call());
        fake.next(FakeOllamaAnswer.stall("One"));
        Future<Outcome> running = threads.submit(() -> ollama.run(call(), new Collected()));
        fake.takeRequest();
        FakeOllamaRequest stalled = fake.takeRequest();
        long selectors = selectors();
        ollama.close();
        stalled.awaitCancelled();
        running.get(10, TimeUnit.SECONDS);
        for (long end = System.nanoTime() + 5_000_000_000L; selectors() >= selectors && System.nanoTime() < end;) {
            Thread.onSpinWait();
        }
        assertEquals(selectors - 1, selectors());
    }

    // ---- about the host

    @Test
    void models_listed_asTheHostWritesThem() throws Exception {
        fake.models("gemma", "qwen3:8b");
        assertEquals(List.of("gemma:latest", "qwen3:8b"), ollama.models());
        assertEquals("0.0.0-fake", ollama.ask("/api/version").text("version"));
    }

    @Test
    void models_hostGone_saysWhere() throws Exception {
        fake.kill();
        IOException gone = assertThrows(IOException.class, ollama::models);
        assertTrue(gone.getMessage().startsWith("cannot connect to " + ollama.name()), gone.getMessage());
        assertFalse(gone.getMessage().contains("null"));
    }

    @Test
    void models_recordings_areRead() throws Exception {
        // a GET is answered by the fake itself, so the recordings are served by a path of their own
        for (String name : List.of("tags", "version", "ps-nothing-loaded", "ps-one-loaded")) {
            Json.Obj whole = (Json.Obj) Json.parse(Recording.of(name).body());
            fake.info(Recording.of(name).path(), Recording.of(name).wire());
            assertEquals(whole, ollama.ask(Recording.of(name).path()), name);
        }
        assertEquals(List.of("minilm:latest", "gemma:latest"), ollama.models());
    }

    private static long selectors() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains("HttpClient") && thread.getName().contains("Selector"))
                .count();
    }

    private OllamaExecutor limited(int line, int answer) {
        return new OllamaExecutor(OllamaAddress.parse(fake.url()), InstantSource.system(),
                new OllamaExecutor.Limits(line, answer));
    }

    private static Call call() {
        return generate(LONG, LONG);
    }

    private static Call generate(Duration timeout, Duration idle) {
        return new Call(TaskType.GENERATE, "q", payload("{\"prompt\":\"Hello you\"}"), timeout, idle);
    }

    private static Call call(TaskType type, String payload) {
        return new Call(type, "q", payload(payload), LONG, LONG);
    }

    private static Slice payload(String json) {
        return Slice.of(json.getBytes(StandardCharsets.UTF_8));
    }

    private Slice completed(Call call) throws InterruptedException {
        return assertInstanceOf(Outcome.Completed.class, ollama.run(call, pieces)).result();
    }

    private String failed(Cause cause) throws InterruptedException {
        Outcome.Failed failed = assertInstanceOf(Outcome.Failed.class, ollama.run(call(), pieces));
        assertEquals(cause, failed.cause(), failed.message());
        return failed.message();
    }
}
