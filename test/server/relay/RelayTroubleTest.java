package server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import server.dispatch.DispatchOptions;
import server.http.Answer;
import server.http.Bodies;
import server.http.IdempotencyKey;
import server.http.Wire;
import server.live.RelayedAnswer;
import server.queue.state.QueueMode;
import server.settings.Setting;
import server.settings.Settings;
import server.task.Task;
import server.task.TaskDocument;
import server.task.Terms;
import shared.TaskStatus;
import support.Await;
import support.FakeOllama;
import support.FakeOllamaAnswer;
import support.FakeOllamaRequest;
import support.FakeOpenAi;

/// Faults that an outside review found.
class RelayTroubleTest {

    private static final String CHAT = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

    @Test
    void sdkThatLeavesAfterSignsOfLife_isCancelled() throws Exception {
        Settings signs = Settings.DEFAULT.with(RelayOptions.HEARTBEAT, Duration.ofMillis(30));
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(signs, DispatchOptions.DEFAULT,
                Duration.ofMillis(300), ollama.url())) {
            rig.queue.changeMode(QueueMode.PAUSED);
            Wire caller = rig.wire().lines("POST /api/chat HTTP/1.1", "Host: localhost", "x-stainless-lang: python",
                    "Content-Length: " + CHAT.length(), "").raw(CHAT);
            assertEquals("HTTP/1.1 200 OK", caller.line());
            Task task = rig.task().task();
            caller.close();
            Await.until(() -> "not cancelled", () -> rig.task().task().status() == TaskStatus.CANCELLED);
            assertEquals("its caller has left", rig.queue.document(task.id()).error());
        }
    }

    /// A host has begun meanwhile, for nobody.
    @Test
    void sdkThatDoesNotComeBack_losesItsHost() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(Settings.DEFAULT,
                DispatchOptions.DEFAULT, Duration.ofSeconds(1), ollama.url())) {
            ollama.otherwise((request, reply) -> {
                reply.begin("application/x-ndjson");
                reply.part("{\"done\":false}\n");
                request.awaitCancelled();
            });
            rig.queue.changeMode(QueueMode.PAUSED);
            Wire caller = rig.wire().lines("POST /api/chat HTTP/1.1", "Host: localhost", "x-stainless-lang: python",
                    "Content-Length: " + CHAT.length(), "").raw(CHAT);
            Task task = rig.task().task();
            caller.close();
            Repeats.CallKey same = new Repeats.CallKey("/api/chat", null, IdempotencyKey.fingerprint(
                    new Bodies.Body(CHAT.getBytes(StandardCharsets.UTF_8), CHAT.length(), 9)));
            Await.until(() -> "still there", () -> rig.relay.repeats().look(same) != null
                    || rig.task().task().status() == TaskStatus.CANCELLED);
            rig.queue.changeMode(QueueMode.RUNNING);
            Await.until(() -> "not cancelled", () -> rig.task().task().status() == TaskStatus.CANCELLED);
            assertEquals("its caller has left", rig.queue.document(task.id()).error());
        }
    }

    @Test
    void placesThatAreForgotten_areStillGivenUp() {
        Repeats repeats = new Repeats(Duration.ZERO);
        Repeats.Kept over = repeats.left(new Repeats.CallKey("/api/chat", null, "one"), 1);
        repeats.left(new Repeats.CallKey("/api/chat", null, "other"), 2);
        assertTrue(over.isOver() && over.claim());
        assertFalse(over.claim());
    }

    /// @param text what the caller reads last
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"/api/chat|\"error\":\"the server is stopping\"",
            "/v1/chat/completions|data: {\"error\":{\"message\":\"the server is stopping\"",
            "/v1/messages|event: error", "/v1/responses|event: response.failed"})
    void serverThatStops_saysSoInAnswersThatHaveBegun(String path, String text) throws Exception {
        Settings signs = Settings.DEFAULT.with(RelayOptions.HEARTBEAT, Duration.ofMillis(30));
        String body = CHAT.replace("{\"model", "{\"stream\":true,\"model");
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(signs, ollama.url())) {
            rig.queue.changeMode(QueueMode.PAUSED);
            Wire caller = rig.wire().lines("POST " + path + " HTTP/1.1", "Host: localhost", "Connection: close",
                    "Content-Length: " + body.length(), "").raw(body);
            assertEquals("HTTP/1.1 200 OK", caller.line());
            rig.web.stopIntake();
            String rest = caller.rest();
            assertTrue(rest.contains(text) && rest.contains("the server is stopping"), rest);
            assertEquals(!path.startsWith("/api"), rest.endsWith("\r\n0\r\n\r\n"), rest);
        }
    }

    @Test
    void serverThatEnds_saysSoInAnswersOfHosts() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> {
                reply.begin("application/x-ndjson");
                reply.part("{\"done\":false}\n");
                request.awaitCancelled();
            });
            Wire caller = rig.wire().lines("POST /api/chat HTTP/1.1", "Host: localhost", "Connection: close",
                    "Content-Length: " + CHAT.length(), "").raw(CHAT);
            while (!caller.line().contains("\"done\":false")) {
                // until the host has begun
            }
            Task task = rig.task().task();
            RelayedAnswer entered = rig.parts.answers().enter(task.id());
            Answer.Streamed answer = (Answer.Streamed) new RelayedCall(rig.parts, task, entered,
                    new AnswerForm("/api/chat", true, false, "m", task.name(), 0), Duration.ZERO, null,
                    rig.relay.repeats()).answer();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            // as the server's end does to all that wait
            Thread.currentThread().interrupt();
            assertThrows(IOException.class, () -> answer.body().writeTo(out));
            assertTrue(out.toString(StandardCharsets.UTF_8).contains("\"error\":\"the server is stopping\""),
                    out.toString(StandardCharsets.UTF_8));
            rig.parts.answers().leave(task.id(), entered);
            caller.close();
        }
    }

    /// As Codex does, and every client that stops at `[DONE]`.
    @Test
    void callerThatLeavesWithTheLastWord_cancelsNothing() throws Exception {
        CountDownLatch noticed = new CountDownLatch(1);
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise(FakeOllamaAnswer.hang());
            ollama.next((request, reply) -> {
                reply.begin("text/event-stream");
                reply.part("event: response.completed\ndata: {\"type\":\"response.completed\"}\n\n");
                noticed.await();
            });
            String body = "{\"model\":\"m\",\"input\":\"Hi\",\"stream\":true}";
            Wire caller = rig.wire().lines("POST /v1/responses HTTP/1.1", "Host: localhost",
                    "Content-Length: " + body.length(), "").raw(body);
            while (!caller.line().startsWith("data:")) {
                // until the last word
            }
            Wire waits = rig.wire().lines("POST /api/chat HTTP/1.1", "Host: localhost",
                    "Content-Length: " + CHAT.length(), "").raw(CHAT);
            Await.until(() -> "tasks: " + rig.tasks(), () -> rig.tasks().size() == 2);
            caller.close();
            waits.close();
            Await.until(() -> "tasks: " + rig.tasks(), () -> rig.tasks().stream()
                    .anyMatch(task -> task.status() == TaskStatus.CANCELLED));
            noticed.countDown();
            Await.until(() -> "tasks: " + rig.tasks(), () -> rig.tasks().stream()
                    .anyMatch(task -> task.status() == TaskStatus.COMPLETED));
        }
    }

    @Test
    void accountsTrouble_isToldAtOnce_thoughAnotherHostLacksTheModel() throws Exception {
        try (FakeOllama one = FakeOllama.start(); FakeOllama other = FakeOllama.start()) {
            one.otherwise((request, reply) -> reply.whole(401, "{\"error\":\"no key\"}"));
            one.info("/api/tags", (request, reply) -> reply.whole(200, "{\"models\":[{\"name\":\"m:latest\"}]}"));
            other.models("x");
            try (RelayRig rig = new RelayRig(one.url(), other.url())) {
                Await.until(() -> "not listed", () -> rig.hosts.backends().stream().allMatch(host ->
                        host.installed() != null));
                for (int i = 0; i < 2; i++) {
                    HttpResponse<byte[]> answer = rig.call("/v1/chat/completions", CHAT);
                    assertEquals(401, answer.statusCode());
                    assertEquals("false", answer.headers().firstValue("x-should-retry").get());
                    assertTrue(answer.headers().firstValue("WWW-Authenticate").isEmpty());
                }
            }
        }
    }

    @Test
    void loginPage_isWaitedFor_andNotHandedOn() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.next((request, reply) -> reply.whole(302, "<html>", "Location: http://login.example/"));
            HttpResponse<byte[]> answer = rig.call("/api/chat", CHAT);
            assertEquals(200, answer.statusCode());
            assertTrue(answer.headers().firstValue("Location").isEmpty());
            assertEquals(2, ollama.requests().size());
        }
    }

    @Test
    void unrecordedCall_leavesNoWordOfItsHost() throws Exception {
        Settings unrecorded = Settings.DEFAULT.with(RelayOptions.RECORD, false);
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(unrecorded, ollama.url())) {
            String said = "{\"error\":\"SECRET cannot be read\"}";
            ollama.next((request, reply) -> reply.whole(400, said)).next(FakeOllamaAnswer.errorLine("SECRET"));
            assertEquals(said, text(rig.call("/api/chat", CHAT, "X-Queue-Record", "true")));
            assertTrue(text(rig.call("/api/chat", CHAT)).contains("SECRET"));
            for (Task task : rig.tasks()) {
                TaskDocument document = rig.queue.document(task);
                assertFalse((document.error() + document.attempts() + document.result()).contains("SECRET"),
                        document.toString());
                assertTrue(document.error().startsWith("127.0.0.1:"), document.error());
            }
        }
    }

    @Test
    void headersOfTheQueue_areKnownOrRefused() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            HttpResponse<byte[]> answer = rig.call("/api/chat", CHAT, "X-Queue-Prio", "1");
            assertEquals(400, answer.statusCode());
            assertTrue(text(answer).contains("there is no header x-queue-prio"), text(answer));
            assertEquals(List.of(), rig.tasks());
        }
    }

    @Test
    void credentials_areNotSentOn() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            rig.call("/api/chat", CHAT, "openai-api-key", "s", "anthropic-version", "2023-06-01");
            FakeOllamaRequest seen = ollama.takeRequest();
            assertNull(seen.header("openai-api-key"));
            assertEquals("2023-06-01", seen.header("anthropic-version"));
        }
    }

    @Test
    void answerWithoutAType_isHandedOn() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> reply.raw("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{\"a\":1}"));
            HttpResponse<byte[]> answer = rig.call("/v1/embeddings", CHAT);
            assertEquals("200 {\"a\":1}", answer.statusCode() + " " + text(answer));
            assertTrue(answer.headers().firstValue("Content-Type").isEmpty());
        }
    }

    @Test
    void hostThatDiesBehindItsHead_isNotTheLast() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.next((request, reply) -> {
                reply.begin("application/x-ndjson");
                reply.breakOff();
            });
            assertEquals(200, rig.call("/api/chat", CHAT).statusCode());
            assertEquals(2, ollama.requests().size());
        }
    }

    @Test
    void answerWithoutAByte_isNone() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            for (String empty : List.of("204 No Content\r\n", "200 OK\r\nContent-Length: 0\r\n",
                    "200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Length: 0\r\n")) {
                int before = ollama.requests().size();
                ollama.next((request, reply) -> reply.raw("HTTP/1.1 " + empty + "\r\n"));
                HttpResponse<byte[]> answer = rig.call("/api/chat", CHAT);
                assertEquals(200, answer.statusCode(), empty);
                assertTrue(text(answer).contains("\"done\":true"), empty + text(answer));
                assertEquals(before + 2, ollama.requests().size());
            }
        }
    }

    @Test
    void callThatWaitedForTooLong_mayComeAgain() throws Exception {
        Settings brief = Settings.DEFAULT.with(RelayOptions.MAX_WAIT, Duration.ofMillis(100));
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(brief, ollama.url())) {
            rig.queue.changeMode(QueueMode.PAUSED);
            HttpResponse<byte[]> answer = rig.call("/v1/chat/completions", CHAT);
            assertEquals(503, answer.statusCode());
            assertTrue(answer.headers().firstValue("Retry-After").isPresent());
            assertEquals(rig.task().task().name(), answer.headers().firstValue("X-Queue-Task").get());
        }
    }

    /// @param begin of the error, in the form of the call's API
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"/api/chat|{\"error\":\"", "/api/embed|{\"error\":\"",
            "/v1/chat/completions|{\"error\":{\"message\":\"",
            "/v1/messages|{\"type\":\"error\",\"error\":{\"type\":\"timeout_error\",\"message\":\""})
    void timeThatRunsOutBeforeTheHead_isA504(String path, String begin) throws Exception {
        @SuppressWarnings("unchecked")
        Setting<Duration> timeout = (Setting<Duration>) Terms.SETTINGS.getFirst();
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(
                Settings.DEFAULT.with(timeout, Duration.ofMillis(300)), ollama.url())) {
            ollama.otherwise(FakeOllamaAnswer.hang());
            HttpResponse<byte[]> answer = rig.call(path, CHAT);
            assertEquals(504, answer.statusCode(), text(answer));
            assertTrue(text(answer).startsWith(begin) && text(answer).contains("300ms"), text(answer));
            assertEquals(TaskStatus.FAILED, rig.task().task().status());
        }
    }

    @Test
    void whatAnEndpointCannotBeAsked_isA400ThatSaysWhatIsRight() throws Exception {
        try (FakeOpenAi far = FakeOpenAi.start(); RelayRig rig = new RelayRig(far.url())) {
            HttpResponse<byte[]> answer = rig.call("/api/chat", CHAT.replace("{\"model", "{\"n\":2,\"model"));
            assertEquals("400 {\"error\":\"far cannot take the task: n must be 1, because a task has one answer\"}",
                    answer.statusCode() + " " + text(answer));
            assertEquals("{\"status\":400}", rig.task().result().text());
            assertEquals(400, rig.call("/api/chat", CHAT.replace("}]", "}],\"options\":7")).statusCode());
            assertEquals(200, rig.call("/api/chat", CHAT.replace("{\"model", "{\"n\":1,\"model")).statusCode());
        }
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
