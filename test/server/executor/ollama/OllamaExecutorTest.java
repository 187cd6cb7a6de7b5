package server.executor.ollama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;
import server.executor.Call;
import server.executor.HostFailure;
import server.executor.Limits;
import server.executor.Outcome;
import server.executor.Outcome.Cause;
import shared.TaskType;
import shared.json.Json;
import shared.json.Slice;
import support.FakeOllamaAnswer;
import support.FakeOllamaRequest;

class OllamaExecutorTest extends OllamaHarness {

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
                InstantSource.system(), Limits.DEFAULT)) {
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
                InstantSource.system(), Limits.DEFAULT)) {
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
        assertEquals(ollama.name() + " is busy: server busy", failed.message());
        assertEquals(Duration.ofSeconds(3), failed.retryAfter());
        assertEquals(503, failed.answer().head().status());
    }

    @Test
    void run_tooManyRequests_isTheAccountsWithRetryAfter() throws Exception {
        fake.next(FakeOllamaAnswer.limited(7));
        Outcome.Failed failed = (Outcome.Failed) ollama.run(call(), pieces);
        assertEquals(Cause.ACCOUNT, failed.cause());
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
    void run_keptConnectionThatTheHostCloses_isSentAgainOnce() throws Exception {
        completed(call());
        fake.next(FakeOllamaAnswer.breakOff());
        completed(call());
        assertEquals(3, fake.requests().size());
        completed(call());
        fake.next(FakeOllamaAnswer.breakOff()).next(FakeOllamaAnswer.breakOff());
        assertTrue(failed(Cause.PASSING).contains("was lost before an answer came"));
        assertEquals(6, fake.requests().size(), "once, not for ever");
        fake.next(FakeOllamaAnswer.breakOff());
        failed(Cause.PASSING);
        assertEquals(7, fake.requests().size(), "on a new connection it is the attempt that failed");
    }

    @Test
    void run_brokenOffAfterTheFirstByte_isNotSentAgain() throws Exception {
        completed(call());
        fake.next((request, reply) -> {
            reply.raw("HTTP/1.1 2");
            reply.breakOff();
        });
        failed(Cause.PASSING);
        assertEquals(2, fake.requests().size());
    }

    @Test
    void run_compressedAnswer_isDecoded_anotherEncodingIsFinal() throws Exception {
        for (String encoding : List.of("gzip", "deflate")) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (OutputStream out = encoding.equals("gzip") ? new GZIPOutputStream(bytes)
                    : new DeflaterOutputStream(bytes)) {
                out.write("{\"response\":\"Hello\",\"done\":true}\n".getBytes(StandardCharsets.UTF_8));
            }
            fake.next((request, reply) -> {
                reply.raw("HTTP/1.1 200 OK\r\nContent-Encoding: " + encoding + "\r\nContent-Length: " + bytes.size()
                        + "\r\n\r\n");
                reply.raw(bytes.toByteArray());
            });
            pieces.texts.clear();
            completed(call());
            assertEquals("Hello", pieces.text());
        }
        fake.next((request, reply) ->
                reply.raw("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\n?"));
        assertTrue(failed(Cause.FINAL).contains("\"Content-Encoding: br\""));
    }

    @Test
    void report_hostWithoutPsAndVersion_isUp() throws Exception {
        fake.info("/api/ps", FakeOllamaAnswer.status(404, "404 page not found"));
        assertNull(ollama.report().loaded());
        fake.info("/api/version", FakeOllamaAnswer.status(404, "404 page not found"));
        assertEquals(List.of("fake:latest"), ollama.report().installed());
        fake.info("/api/tags", FakeOllamaAnswer.status(404, "404 page not found"));
        assertEquals(Cause.FRONT, assertThrows(HostFailure.class, ollama::report).outcome().cause());
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
        assertTrue(failed(Cause.PASSING).contains("sent an answer that is not valid in Ollama's API"));
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
}
