package server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import server.dispatch.DispatchOptions;
import server.dispatch.RoutingOptions;
import server.http.Bodies;
import server.http.IdempotencyKey;
import server.http.Wire;
import server.queue.state.QueueMode;
import server.settings.Settings;
import server.task.Task;
import server.task.TaskDocument;
import server.task.TaskId;
import shared.TaskStatus;
import support.Await;
import support.FakeOllama;
import support.FakeOllamaAnswer;
import support.FakeOllamaRequest;

class RelayApiTest {

    private static final String CHAT = "{ \"model\":\"m\",\r\n\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],"
            + "\"new_field\":1.50,\"new_field\":2 }";

    // ---- what passes

    @Test
    void body_reachesTheHostByteForByte_withItsQueryAndItsHeaders() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            rig.call("/v1/chat/completions?api-version=2&x=%20", CHAT, "Content-Type", "text/plain", "Anthropic-Beta",
                    "b", "Authorization", "Bearer secret", "Cookie", "c=1", "Accept-Encoding", "gzip");
            FakeOllamaRequest seen = ollama.takeRequest();
            assertEquals("/v1/chat/completions?api-version=2&x=%20", seen.path());
            assertEquals(CHAT, seen.body());
            assertEquals("text/plain", seen.header("content-type"));
            assertEquals("b", seen.header("anthropic-beta"));
            assertNull(seen.header("authorization"));
            assertNull(seen.header("cookie"));
            assertNull(seen.header("accept-encoding"));
        }
    }

    @Test
    void stream_reachesTheCallerByteForByte_pieceByPiece() throws Exception {
        Semaphore gate = new Semaphore(1);
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise(FakeOllamaAnswer.gated(gate, "one", " two"));
            HttpResponse<InputStream> answer = rig.client().send(rig.request("/api/chat", CHAT),
                    BodyHandlers.ofInputStream());
            assertEquals(200, answer.statusCode());
            assertEquals("application/json; charset=utf-8", answer.headers().firstValue("Content-Type").get());
            BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
            String first = lines.readLine();
            assertTrue(first.contains("\"content\":\"one\""), first);
            // the host has not said more
            assertEquals(TaskStatus.RUNNING, rig.task().task().status());
            gate.release(2);
            assertTrue(lines.readLine().contains("two"));
            String last = lines.readLine();
            assertTrue(last.endsWith("\"eval_duration\":1000}"), last);
            assertNull(lines.readLine());
            TaskDocument task = rig.task();
            assertEquals(TaskStatus.COMPLETED, task.task().status());
            assertEquals(task.task().name(), answer.headers().firstValue("X-Queue-Task").get());
            assertEquals(CHAT, task.payload().text());
            assertTrue(task.result().text().contains("one two"), task.result().text());
        }
    }

    @Test
    void whole_isTheHostsOwn_andItsTaskHasEnded() throws Exception {
        String said = "{\"id\" : \"x\",\n \"choices\":[ ] }\n";
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> reply.whole(200, said, "x-request-id: r1"));
            HttpResponse<byte[]> answer = rig.call("/v1/completions", "{\"model\":\"m\",\"prompt\":\"p\"}");
            assertEquals(said, text(answer));
            assertEquals("r1", answer.headers().firstValue("x-request-id").get());
            assertEquals(said.length(), answer.headers().firstValueAsLong("Content-Length").getAsLong());
            long id = TaskId.parse(answer.headers().firstValue("X-Queue-Task").get());
            // without waiting: a caller that has the answer finds its task ended
            assertEquals(said, rig.queue.document(id).result().text());
        }
    }

    @Test
    void otherStreams_areKeptAsTheyCame() throws Exception {
        String said = "event: message_start\r\ndata: {\"type\":\"message_start\"}\r\n\r\n: x\n\ndata: [1]\n\n"
                + "data: {\"type\":\"message_stop\"}\n\n";
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> {
                reply.begin("text/event-stream");
                reply.part(said);
            });
            HttpResponse<byte[]> answer = rig.call("/v1/messages", "{\"model\":\"m\",\"stream\":true}");
            assertEquals(said, text(answer));
            String result = rig.task().result().text();
            assertTrue(result.startsWith("{\"content_type\":\"text/event-stream\",\"text\":\"event: "), result);
        }
    }

    // ---- what fails

    @Test
    void refusal_isTheHostsOwn() throws Exception {
        String said = "{\"error\" :\"invalid format\"}";
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> reply.whole(400, said));
            HttpResponse<byte[]> answer = rig.call("/api/generate", "{\"model\":\"m\",\"prompt\":\"p\"}");
            assertEquals(400, answer.statusCode());
            assertEquals(said, text(answer));
            TaskDocument task = rig.task();
            assertEquals(TaskStatus.FAILED, task.task().status());
            assertTrue(task.result().text().contains("\"status\":400"), task.result().text());
        }
    }

    @Test
    void busyAndLostBeforeTheFirstByte_areTheQueuesBusiness() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.next(FakeOllamaAnswer.busy()).next((request, reply) -> reply.breakOff());
            HttpResponse<byte[]> answer = rig.call("/api/chat", CHAT);
            assertEquals(200, answer.statusCode());
            assertTrue(text(answer).contains("\"done\":true"), text(answer));
            assertEquals(TaskStatus.COMPLETED, rig.task().task().status());
        }
    }

    @Test
    void lostAfterTheFirstByte_isNotTriedAgain_andEndsInTheFormOfTheApi() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise(FakeOllamaAnswer.breakOff("One", " two"));
            List<String> lines = new ArrayList<>();
            try (Wire caller = rig.wire().lines("POST /api/chat HTTP/1.1", "Host: localhost", "Content-Length: "
                    + CHAT.length(), "").raw(CHAT)) {
                while (lines.isEmpty() || !lines.getLast().contains("\"error\"")) {
                    lines.add(caller.line());
                }
                assertEquals("", caller.line());
                // no chunk of length 0: the answer is not whole
                assertTrue(caller.closed());
            }
            assertTrue(lines.getLast().contains("\"error\":\"the connection to "), lines.toString());
            assertTrue(lines.getLast().endsWith("\"done\":true,\"done_reason\":\"error\"}"), lines.toString());
            assertEquals(1, ollama.requests().size());
            assertEquals(TaskStatus.FAILED, rig.task().task().status());
        }
    }

    @Test
    void errorLineOfTheHost_isPassedOn_andNothingIsAdded() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise(FakeOllamaAnswer.errorLine("One", " two"));
            String said = text(rig.call("/api/chat", CHAT));
            assertTrue(said.lines().toList().getLast().startsWith("{\"error\":"), said);
            assertEquals(TaskStatus.FAILED, rig.task().task().status());
        }
    }

    @Test
    void wrongCalls_areRefusedInTheCallersForm_andMakeNoTask() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            assertRefused(400, "{\"error\":\"model is required, a text\"}", rig.call("/api/chat", "{}"));
            assertRefused(400, "{\"error\":\"", rig.call("/api/chat", "{"));
            assertRefused(400, "{\"error\":{\"message\":\"", rig.call("/v1/embeddings", "nothing"));
            assertRefused(400, "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\"",
                    rig.call("/v1/messages", "[1]"));
            assertRefused(415, "{\"error\":\"", rig.call("/api/chat", CHAT, "Content-Encoding", "zstd"));
            assertRefused(413, "{\"error\":\"", rig.call("/api/chat", " ".repeat((64 << 10) + 1)));
            assertRefused(400, "{\"error\":\"on: no host is named", rig.call("/api/chat", CHAT, "X-Queue-On", "nix"));
            assertRefused(400, "{\"error\":\"X-Queue-Priority", rig.call("/api/chat", CHAT, "X-Queue-Priority", "x"));
            assertRefused(400, "{\"error\":\"a call that is not recorded", rig.call("/api/chat", CHAT,
                    "X-Queue-Record", "false", "Idempotency-Key", "k"));
            assertEquals(List.of(), rig.tasks());
            assertEquals(List.of(), ollama.requests());
        }
    }

    @Test
    void accountsTrouble_isToldAtOnce_toThisCallAndToThoseAfterIt() throws Exception {
        String said = "{\"error\":{\"message\":\"no credit\"}}";
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> reply.whole(402, said, "Retry-After: 60"));
            HttpResponse<byte[]> first = rig.call("/v1/chat/completions", CHAT);
            assertRefused(402, said, first);
            assertEquals("false", first.headers().firstValue("x-should-retry").get());
            HttpResponse<byte[]> second = rig.call("/v1/chat/completions", CHAT);
            assertRefused(402, "{\"error\":{\"message\":\"127.0.0.1", second);
            assertTrue(text(second).contains("no credit"), text(second));
            assertEquals("false", second.headers().firstValue("x-should-retry").get());
            assertEquals(1, ollama.requests().size());
            assertTrue(rig.tasks().stream().allMatch(task -> task.status() == TaskStatus.FAILED));
        }
    }

    @Test
    void quota_isToldWithTheTimeUntilItsHostIsAskedAgain() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> reply.whole(429, "{\"error\":\"used up\"}", "Retry-After: 3600"));
            assertEquals("3600", rig.call("/api/chat", CHAT).headers().firstValue("Retry-After").get());
            HttpResponse<byte[]> second = rig.call("/api/chat", CHAT);
            assertRefused(429, "{\"error\":\"127.0.0.1", second);
            // none of ours is longer, because some clients give up then
            assertEquals(List.of("120"), second.headers().allValues("Retry-After"));
            assertEquals("false", second.headers().firstValue("x-should-retry").get());
        }
    }

    @Test
    void keptCall_waitsForTheAccount() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.next((request, reply) -> reply.whole(402, "{}"));
            HttpResponse<byte[]> answer = rig.call("/api/chat", CHAT, "X-Queue-Keep", "true");
            assertEquals(200, answer.statusCode());
            assertEquals(2, ollama.requests().size());
        }
    }

    @Test
    void hostThatNoLongerTellsHowItIs_isGivenUp_forAWholeAnswer() throws Exception {
        RoutingOptions usual = RoutingOptions.DEFAULT;
        DispatchOptions quick = new DispatchOptions(4, Duration.ofMinutes(1), Duration.ofMinutes(1), new RoutingOptions(
                Duration.ofMillis(50), usual.localFirst(), usual.fallbackToLocal(), usual.localQueueMax()));
        try (FakeOllama ollama = FakeOllama.start();
                RelayRig rig = new RelayRig(Settings.DEFAULT, quick, Duration.ofMinutes(1), ollama.url())) {
            Await.until(() -> "not listed", () -> rig.hosts.backends().getFirst().installed() != null);
            ollama.next(FakeOllamaAnswer.hang());
            CompletableFuture<HttpResponse<byte[]>> answer = rig.client().sendAsync(
                    rig.request("/api/chat", CHAT.replace("{ ", "{\"stream\":false,")), BodyHandlers.ofByteArray());
            FakeOllamaRequest asked = ollama.takeRequest();
            ollama.info("/api/tags", (request, reply) -> reply.breakOff());
            asked.awaitCancelled();
            String list = "{\"models\":[{\"name\":\"m:latest\"}]}";
            ollama.info("/api/tags", (request, reply) -> reply.whole(200, list));
            assertEquals(200, answer.get().statusCode());
            assertTrue(rig.task().attempts().getFirst().error().contains("three health checks in a row"));
        }
    }

    @Test
    void serverThatStops_saysSoToThoseWhoWait() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            rig.queue.changeMode(QueueMode.PAUSED);
            CompletableFuture<HttpResponse<byte[]>> answer = rig.client().sendAsync(
                    rig.request("/v1/chat/completions", CHAT), BodyHandlers.ofByteArray());
            String task = rig.task().task().name();
            rig.web.stopIntake();
            assertRefused(503, "{\"error\":{\"message\":\"the server is stopping", answer.get());
            assertTrue(answer.get().headers().firstValue("Retry-After").isPresent());
            assertEquals(task, answer.get().headers().firstValue("X-Queue-Task").get());
        }
    }

    // ---- what is sent again

    /// @param ended whether its task has ended meanwhile
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sdkThatComesBack_takesOverItsPlace(boolean ended) throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            rig.queue.changeMode(QueueMode.PAUSED);
            Wire first = rig.wire().lines("POST /api/chat HTTP/1.1", "Host: localhost",
                    "x-stainless-retry-count: 0", "Content-Length: " + CHAT.length(), "").raw(CHAT);
            Task task = rig.task().task();
            first.leave();
            // the server learns a little later that the first caller has left
            Repeats.CallKey same = new Repeats.CallKey("/api/chat", null, IdempotencyKey.fingerprint(
                    new Bodies.Body(CHAT.getBytes(StandardCharsets.UTF_8), CHAT.length(), 9)));
            Await.until(() -> "still there", () -> rig.relay.repeats().look(same) != null);
            if (ended) {
                rig.queue.changeMode(QueueMode.RUNNING);
                Await.until(() -> "it waits", () -> rig.task().task().status() == TaskStatus.COMPLETED);
            }
            CompletableFuture<HttpResponse<byte[]>> again = rig.client().sendAsync(rig.request("/api/chat",
                    CHAT, "x-stainless-retry-count", "1"), BodyHandlers.ofByteArray());
            Await.until(() -> "not there", () -> rig.relay.repeats().look(same) == null);
            if (!ended) {
                // a caller that has left is no error of the server's
                assertEquals(499, first.reply(true).status());
            }
            rig.queue.changeMode(QueueMode.RUNNING);
            assertEquals(200, again.get().statusCode(), () -> text(again.join()));
            assertEquals(task.name(), again.get().headers().firstValue("X-Queue-Task").get());
            assertEquals(1, ollama.requests().size());
            assertEquals(1, rig.tasks().stream().filter(one -> one.status() == TaskStatus.COMPLETED).count());
            first.close();
        }
    }

    @Test
    void sdkThatDoesNotComeBack_losesItsPlace() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(Settings.DEFAULT,
                DispatchOptions.DEFAULT, Duration.ofMillis(200), ollama.url())) {
            rig.queue.changeMode(QueueMode.PAUSED);
            Wire first = rig.wire().lines("POST /v1/chat/completions HTTP/1.1", "Host: localhost",
                    "x-stainless-retry-count: 0", "Content-Length: " + CHAT.length(), "").raw(CHAT);
            Task task = rig.task().task();
            first.close();
            Await.until(() -> "not cancelled", () -> rig.task().task().status() == TaskStatus.CANCELLED);
            assertEquals("its caller has left", rig.queue.document(task.id()).error());
        }
    }

    @Test
    void wholeAnswerThatBrokeOff_isNotMadeAgainForItsSdk() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> {
                reply.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{\"a\":");
                reply.breakOff();
            });
            assertThrows(IllegalStateException.class, () -> rig.call("/v1/chat/completions", CHAT,
                    "x-stainless-retry-count", "0"));
            HttpResponse<byte[]> again = rig.call("/v1/chat/completions", CHAT, "x-stainless-retry-count", "1");
            assertRefused(502, "{\"error\":{\"message\":\"", again);
            assertEquals("false", again.headers().firstValue("x-should-retry").get());
            assertEquals(1, ollama.requests().size());
            assertEquals(1, rig.tasks().size());
        }
    }

    // ---- what is a task

    /// Ollama treats them as messages and a prompt, and answers them.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"/api/chat|{'Model':'fake','Messages':[{'role':'user','content':'x'}]}",
            "/api/generate|{'model':'other','MODEL':'fake','Prompt':'x'}",
            "/api/generate|{'model':'fake','prompt':'x','prompt':null}"})
    void callAsGoReadsIt_isATask(String path, String body) throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            String json = body.replace('\'', '"');
            assertEquals(200, rig.call(path, json).statusCode());
            assertEquals("fake COMPLETED", rig.task().task().model() + " " + rig.task().task().status());
            assertEquals(json, ollama.takeRequest().body());
        }
    }

    @Test
    void pathThatNoHostAnswers_isA404AndNoTask() throws Exception {
        try (RelayRig rig = new RelayRig("echo:")) {
            assertRefused(404, "{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\",\"message\":"
                    + "\"no host answers /v1/messages\"}}", rig.call("/v1/messages", CHAT));
            assertRefused(404, "{\"error\":{\"message\":\"the host echo does not answer /v1/responses\"",
                    rig.call("/q/on=echo/v1/responses", CHAT));
            assertEquals(List.of(), rig.tasks());
        }
    }

    // ---- what a task knows

    @Test
    void hints_areTheTasks() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            rig.call("/q/priority=low,client=nightly/api/chat", CHAT);
            Task task = rig.task().task();
            assertEquals("1 nightly /api/chat", task.priority() + " " + task.terms().caller().client() + " "
                    + task.terms().caller().endpoint().path);
            assertTrue(task.terms().caller().endsWithCaller());
            assertFalse(task.terms().caller().onlyOrders());
        }
    }

    @Test
    void priority_isThatOfWhoReadsAlong() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            rig.call("/api/chat", CHAT);
            rig.call("/api/embed", "{\"model\":\"m\",\"input\":\"x\"}");
            rig.call("/v1/chat/completions", "{\"model\":\"m\",\"service_tier\":\"flex\",\"stream\":true}");
            assertEquals(List.of(1, 5, 10), rig.tasks().stream().map(Task::priority).toList());
        }
    }

    // ---- waiting

    @Test
    void silence_isBrokenBySignsOfLife() throws Exception {
        Settings quick = Settings.DEFAULT.with(RelayOptions.HEARTBEAT, Duration.ofMillis(30));
        Semaphore gate = new Semaphore(0);
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(quick, ollama.url())) {
            ollama.otherwise((request, reply) -> {
                gate.acquire();
                FakeOllamaAnswer.tokens("one").play(request, reply);
            });
            HttpResponse<InputStream> answer = rig.client().send(rig.request("/api/chat", CHAT),
                    BodyHandlers.ofInputStream());
            assertEquals("application/x-ndjson", answer.headers().firstValue("Content-Type").get());
            assertEquals("   ", new String(answer.body().readNBytes(3), StandardCharsets.UTF_8));
            gate.release();
            String rest = new String(answer.body().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(rest.strip().startsWith("{") && rest.contains("\"done\":true"), rest);
        }
    }

    @Test
    void callerThatLeaves_cancelsItsTask_runningOrPending() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise(FakeOllamaAnswer.hang());
            List<Wire> callers = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                callers.add(rig.wire().lines("POST /api/chat HTTP/1.1", "Host: localhost", "Content-Length: "
                        + CHAT.length(), "").raw(CHAT));
            }
            FakeOllamaRequest asked = ollama.takeRequest();
            Await.until(() -> "tasks: " + rig.tasks(), () -> rig.tasks().size() == 5);
            for (Wire caller : callers) {
                caller.close();
            }
            Await.until(() -> "tasks: " + rig.tasks(), () -> rig.tasks().stream()
                    .allMatch(task -> task.status() == TaskStatus.CANCELLED));
            assertEquals("its caller has left", rig.tasks().getFirst().state().error());
            asked.awaitCancelled();
        }
    }

    @Test
    void callerThatLeaves_mayKeepItsTask() throws Exception {
        Semaphore gate = new Semaphore(0);
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise(FakeOllamaAnswer.gated(gate, "one"));
            Wire caller = rig.wire().lines("POST /api/chat HTTP/1.1", "Host: localhost", "X-Queue-Keep: true",
                    "Content-Length: " + CHAT.length(), "").raw(CHAT);
            FakeOllamaRequest asked = ollama.takeRequest();
            caller.close();
            gate.release(2);
            Await.until(() -> "tasks: " + rig.tasks(), () -> rig.tasks().getFirst().status() == TaskStatus.COMPLETED);
            assertFalse(asked.cancelled());
        }
    }

    @Test
    void cancelledBySomebody_is499() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise(FakeOllamaAnswer.hang());
            CompletableFuture<HttpResponse<byte[]>> answer = rig.client().sendAsync(
                    rig.request("/v1/chat/completions", CHAT), BodyHandlers.ofByteArray());
            FakeOllamaRequest asked = ollama.takeRequest();
            rig.queue.cancel(rig.task().task().id(), null);
            assertEquals(499, answer.get().statusCode());
            assertEquals("false", answer.get().headers().firstValue("x-should-retry").get());
            asked.awaitCancelled();
        }
    }

    private static void assertRefused(int status, String begin, HttpResponse<byte[]> answer) {
        assertEquals(status, answer.statusCode(), text(answer));
        assertTrue(text(answer).startsWith(begin), text(answer));
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
