package server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import server.dispatch.DispatchOptions;
import server.http.Bodies;
import server.http.IdempotencyKey;
import server.http.Wire;
import server.queue.state.QueueMode;
import server.settings.Settings;
import server.task.Task;
import shared.TaskStatus;
import shared.json.Json;
import shared.json.JsonWriter;
import support.Await;
import support.FakeOllama;
import support.FakeOllamaAnswer;
import support.FakeOpenAi;
import support.FakeOpenAiAnswer;

/// What callers rarely do or meet, but still rely on.
final class RelayEdgesTest {

    private static final String CHAT = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    private static final String STREAM = CHAT.replace("{\"model", "{\"stream\":true,\"model");

    // ---- headers

    /// As Anthropic's SDK for Go sends what it wants to try.
    @Test
    void headerOnSeveralLines_reachesTheHostWithAllOfThem() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            for (String path : List.of("/v1/messages", "/v1/messages/count_tokens")) {
                ollama.next((request, reply) -> reply.whole(200, "{}"));
                assertEquals(200, call(rig, path, "anthropic-beta: one", "Anthropic-Beta: two,three").status());
                assertEquals("one, two,three", ollama.takeRequest().header("anthropic-beta"), path);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai-beta: a\u0002b", "anthropic-beta: a\u0001b", "Accept: \u007f"})
    void headerWithAControlCharacter_isA400_andNoFaultOfOurs(String header) throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            for (String path : List.of("/v1/messages", "/v1/messages/count_tokens", "/api/chat", "/api/show")) {
                Wire.Reply reply = call(rig, path, header);
                assertEquals(400, reply.status(), path + reply.body());
                assertTrue(reply.body().contains("holds a control character"), reply.body());
            }
            assertEquals(List.of(), rig.tasks());
            assertEquals(List.of(), ollama.requests());
        }
    }

    /// The JDK's server writes the lower half of each character.
    @Test
    void nameOfAHost_inAnyScript_isToldAndTakenAsUtf8() throws Exception {
        String name = "b\u00fcro \u4e3b\u4e00";
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(name + "=" + ollama.url())) {
            for (int i = 0; i < 2; i++) {
                Wire.Reply reply = call(rig, "/api/chat", "X-Queue-On: " + name, "Idempotency-Key: k");
                assertEquals(200, reply.status(), reply.body());
                assertEquals(name, reply.headers().get("x-queue-host"));
            }
            assertEquals(1, ollama.requests().size());
        }
    }

    @Test
    void headersOfPrograms_givenTwice_areNoMistakeOfTheCall() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url());
                Wire wire = rig.wire()) {
            assertEquals(200, call(rig, "/api/chat", "X-User-ID: a", "X-User-ID: b", "X-Client-ID: c").status());
            assertEquals("c", rig.task().task().terms().caller().client());
            assertEquals("the page", wire.ask("GET", "/", "Accept: text/html", "Accept: */*").body());
            assertEquals(400, call(rig, "/api/chat", "X-Queue-Client: a", "X-Queue-Client: b").status());
        }
    }

    /// As curl sends typed characters.
    @Test
    void query_withBytesBeyondAscii_reachesTheHostAsItIs() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> reply.whole(200, "{}"));
            for (String path : List.of("/v1/messages", "/api/show")) {
                call(rig, path + "?a=\u00e9&b=%c3%A9");
                assertEquals(path + "?a=%C3%A9&b=%c3%A9", ollama.takeRequest().path());
            }
        }
    }

    private static Wire.Reply call(RelayRig rig, String path, String... headers) throws IOException {
        try (Wire wire = rig.wire()) {
            List<String> all = new ArrayList<>(Arrays.asList(headers));
            all.add("Content-Length: " + CHAT.length());
            wire.send("POST", path, all.toArray(String[]::new));
            return wire.raw(CHAT).reply(true);
        }
    }

    // ---- depth

    /// Ollama itself takes 9,000 levels.
    private static final String DEEP = "[".repeat(9_000) + "]".repeat(9_000);

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "/api/chat|application/json|{\"message\":{\"content\":\"Hi\"},\"done\":true,\"x\":DEEP}",
        "/api/embed|application/json|{\"embeddings\":[[1]],\"x\":DEEP}",
        "/v1/responses|application/json|{\"output\":[],\"x\":DEEP}",
        "/api/generate|application/x-ndjson|{\"x\":DEEP}\\n{\"response\":\"Hi\",\"x\":DEEP,\"done\":true}\\n",
        "/v1/chat/completions|text/event-stream|data: {\"choices\":[{\"delta\":{\"content\":\"Hi\",\"x\":DEEP}}]}"
                + "\\n\\ndata: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"name\":\"f\","
                + "\"arguments\":{\"x\":DEEP}}}]},\"finish_reason\":\"stop\"}],\"x\":DEEP}\\n\\ndata: [DONE]"
                + "\\n\\n",
        "/v1/messages|text/event-stream|data: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"Hi\",\"x\":"
                + "DEEP}}\\n\\ndata: {\"type\":\"message_stop\",\"x\":DEEP}\\n\\n"})
    void bodyAndAnswerOfAnyDepth_arePassedOnByteForByte(String path, String type, String form) throws Exception {
        String answer = form.replace("\\n", "\n").replace("DEEP", DEEP);
        String body = CHAT.replace("{\"model", "{\"stream\":" + !type.endsWith("/json") + ",\"prompt\":\"p\",\"input\":"
                + "\"i\",\"x\":" + DEEP + ",\"model");
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> {
                reply.begin(type);
                reply.part(answer);
            });
            for (int i = 0; i < 2; i++) {
                HttpResponse<byte[]> reply = rig.call(path, body, "Idempotency-Key", "k");
                assertEquals(200, reply.statusCode(), text(reply));
                assertEquals(i == 0 || !type.endsWith("ndjson") && !path.endsWith("completions") ? answer
                        : text(reply), text(reply));
            }
            assertEquals(body, ollama.takeRequest().body());
            assertEquals(1, ollama.requests().size());
            assertEquals(TaskStatus.COMPLETED, rig.task().task().status(), rig.task().error());
            assertEquals(body, rig.task().payload().text());
            assertTrue(rig.task().result().text().contains(DEEP), rig.task().result().text());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/messages/count_tokens", "/api/show", "/api/chat"})
    void callOfAnyDepthThatIsNoTask_isPassedOnToo(String path) throws Exception {
        String body = "{\"x\":" + DEEP + ",\"model\":\"fake\"}";
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> reply.whole(200, body));
            assertEquals(body, text(rig.call(path, body)));
            assertEquals(body, ollama.takeRequest().body());
            assertEquals(List.of(), rig.tasks());
        }
    }

    /// The embedded model reads all of a body.
    @Test
    void bodyOfAnyDepth_isAnsweredByEcho() throws Exception {
        try (RelayRig rig = new RelayRig("echo:")) {
            for (String at : List.of("\"x\":" + DEEP, "\"tools\":" + DEEP, "\"options\":{\"x\":" + DEEP + "}")) {
                HttpResponse<byte[]> reply = rig.call("/api/chat", CHAT.replace("{\"model", "{" + at + ",\"model"));
                assertEquals(200, reply.statusCode(), text(reply));
                assertTrue(text(reply).contains("Hi"), text(reply));
            }
        }
    }

    // ---- refusals

    /// OpenAI's and Anthropic's SDKs send again after a 409, unless they are told not to.
    @Test
    void refusalThatWillNotGetBetter_saysSo() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            assertEquals(200, rig.call("/v1/chat/completions", CHAT, "Idempotency-Key", "k").statusCode());
            for (HttpResponse<byte[]> refused : List.of(
                    rig.call("/v1/chat/completions", CHAT + " ", "Idempotency-Key", "k"),
                    rig.call("/v1/messages", "{}"), rig.call("/v1/messages/count_tokens", "["),
                    rig.call("/v1/embeddings", CHAT, "X-Queue-On", "nix"), rig.call("/v1/nothing", CHAT))) {
                assertTrue(refused.statusCode() / 100 == 4, text(refused));
                assertEquals("false", refused.headers().firstValue("x-should-retry").orElse(null), text(refused));
            }
            rig.web.stopIntake();
            HttpResponse<byte[]> stopping = rig.call("/v1/chat/completions", CHAT);
            assertEquals(503, stopping.statusCode());
            assertTrue(stopping.headers().firstValue("x-should-retry").isEmpty());
        }
    }

    @Test
    void quotaInOurWords_isToldWithNoLongerTimeThanClientsBear() throws Exception {
        try (FakeOpenAi far = FakeOpenAi.start(); RelayRig rig = new RelayRig(far.url())) {
            far.otherwise(FakeOpenAiAnswer.status(429, "used up", "Retry-After: 3600"));
            // what the endpoint said is in the form of another API
            HttpResponse<byte[]> answer = rig.call("/api/chat", CHAT);
            assertEquals(429, answer.statusCode());
            assertTrue(text(answer).startsWith("{\"error\":\"far "), text(answer));
            assertEquals(List.of("120"), answer.headers().allValues("Retry-After"));
        }
    }

    // ---- answers that break off

    /// Whatever the host had sent by then, the error is an event of its own.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"/v1/chat/completions|data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}~",
            "/v1/chat/completions|data: {\"choices\":[]}^~", "/v1/chat/completions|data: {\"cho",
            "/v1/chat/completions|: note~", "/v1/messages|event: ping~data: {\"type\":\"ping\"}~",
            "/v1/responses|event: x~data: {}~~"})
    void streamThatBreaksOffWithinAnEvent_endsWithOneOfItsOwn(String path, String said) throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> {
                reply.begin("text/event-stream");
                reply.part(said.replace('~', '\n').replace('^', '\r'));
                reply.breakOff();
            });
            String all = text(rig.call(path, STREAM));
            List<String> events = List.of(all.split("\r?\n\r?\n"));
            String last = events.getLast();
            assertEquals(1, last.lines().filter(line -> line.startsWith("data:")).count(), all);
            Json.Obj data = (Json.Obj) Json.parse(last.substring(last.indexOf("data:") + 5).strip());
            assertTrue(data.get("error") != null || data.get("response") != null, all);
            assertFalse(all.contains("[DONE]"), all);
        }
    }

    /// A host that dies behind a proxy, or while it closes its answer, may end it in order.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/v1/chat/completions|data: {'choices':[{'delta':{'content':'Hi'}}]}~~|data: {'error':{'message':'",
        "/v1/chat/completions|data: {'choices':[{'delta':{'content':'Hi'}}]}~~data: {'cho|data: {'error':{'message':'",
        "/v1/completions|data: {'choices':[{'text':'Hi'}]}~~|data: {'error':{'message':'",
        "/v1/responses|event: response.created~data: {'type':'response.created'}~~|event: response.failed~data: {",
        "/v1/messages|event: ping~data: {'type':'ping'}~~|event: error~data: {'type':'error'"})
    void streamThatEndsInOrderWithoutItsLastEvent_endsWithAnError(String path, String host, String begin)
            throws Exception {
        String said = text(host);
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> {
                reply.begin("text/event-stream");
                reply.part(said);
            });
            String all = text(rig.call(path, STREAM));
            assertTrue(all.startsWith(said), all);
            String added = all.substring(said.length()).strip();
            assertTrue(added.startsWith(text(begin)), all);
            assertTrue(added.contains(new JsonWriter().string(rig.task().error()).toString()), all);
            assertFalse(added.contains("\n\n"), all);
            assertEquals(TaskStatus.FAILED, rig.task().task().status());
            assertEquals(1, ollama.requests().size());
        }
    }

    /// @param length whether the host, or its proxy, tells the length of what it has
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"/api/chat|{'message':{'content':'Hi'},'done':false}~|false",
            "/api/chat|{'message':{'content':'Hi'},'done':false}~|true", "/api/chat|{'message':{'con|false",
            "/api/generate|{'response':'Hi','done':false}~|false"})
    void linesThatEndInOrderWithoutTheLast_endWithAnError_andAreBrokenOff(String path, String host, boolean length)
            throws Exception {
        String said = text(host);
        String body = path.equals("/api/chat") ? CHAT : "{\"model\":\"m\",\"prompt\":\"Hi\"}";
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> {
                if (length) {
                    reply.whole(200, said);
                } else {
                    reply.part(said);
                }
            });
            List<String> lines = new ArrayList<>();
            try (Wire caller = rig.wire().lines("POST " + path + " HTTP/1.1", "Host: localhost", "Content-Length: "
                    + body.length(), "").raw(body)) {
                while (lines.isEmpty() || !lines.getLast().contains("\"error\"")) {
                    lines.add(caller.line());
                }
                assertEquals("", caller.line());
                // no chunk of length 0: the answer is not whole
                assertTrue(caller.closed());
            }
            assertTrue(lines.contains(said.strip()), lines.toString());
            assertTrue(lines.getLast().contains("\"error\":" + new JsonWriter().string(rig.task().error()) + ","),
                    lines.toString());
            assertTrue(lines.getLast().endsWith("\"done\":true,\"done_reason\":\"error\"}"), lines.toString());
            assertEquals(TaskStatus.FAILED, rig.task().task().status());
            assertEquals(1, ollama.requests().size());
        }
    }

    /// @param host what the host says; nothing is added
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/v1/chat/completions|data: {'choices':[{'delta':{'content':'Hi'}}]}~~data: {'error':{'message':'w'}}~~|FAILED",
        "/v1/chat/completions|data: {'choices':[{'delta':{},'finish_reason':'stop'}]}~~|COMPLETED",
        "/v1/responses|event: error~data: {'type':'error','message':'w'}~~|FAILED",
        "/v1/messages|event: error~data: {'type':'error','error':{'type':'api_error','message':'w'}}~~|FAILED",
        "/v1/chat/completions|{'cho|FAILED"})
    void streamWhoseHostSaysItsEnd_isLeftAsItIs(String path, String host, TaskStatus status) throws Exception {
        String said = text(host);
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.otherwise((request, reply) -> {
                reply.begin(said.startsWith("{") ? "application/json" : "text/event-stream");
                reply.part(said);
            });
            assertEquals(said, text(rig.call(path, STREAM)));
            assertEquals(status, rig.task().task().status());
        }
    }

    // ---- what is sent again

    /// @param keeps whether the call goes on without its caller
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sdkThatLeavesBetweenTwoAttempts_takesOverItsPlace(boolean keeps) throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            ollama.next(FakeOllamaAnswer.status(503, "busy", "Retry-After: 60"));
            try (Wire first = sdk(rig, keeps, 0)) {
                ollama.takeRequest();
                Await.until(() -> "not back: " + rig.tasks(), () -> rig.task().task().retryAt() > 0);
                first.leave();
                awaitTakenOver(rig, keeps);
            }
            assertEquals(TaskStatus.PENDING, rig.task().task().status());
        }
    }

    /// OpenAI's SDKs send again after 0.4 to 0.5 s, which is less than the time between two looks.
    @Test
    void sdkThatComesBackBeforeItWasMissed_takesOverItsPlace() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(Settings.DEFAULT,
                DispatchOptions.DEFAULT, Duration.ofMinutes(1), Duration.ofSeconds(3), ollama.url())) {
            rig.queue.changeMode(QueueMode.PAUSED);
            try (Wire first = sdk(rig, false, 0)) {
                Task task = rig.task().task();
                Await.until(() -> "it does not wait", () -> rig.relay.repeats().isWaiting(same()));
                first.leave();
                try (Wire again = sdk(rig, false, 1)) {
                    assertEquals(499, first.reply(true).status());
                    // one that is still there keeps its own
                    try (Wire other = sdk(rig, false, 1)) {
                        Await.until(() -> "tasks: " + rig.tasks(), () -> rig.tasks().size() == 2);
                        rig.queue.changeMode(QueueMode.RUNNING);
                        Wire.Reply answer = again.reply(true);
                        assertEquals("200 " + task.name(), answer.status() + " "
                                + answer.headers().get("x-queue-task"));
                        assertEquals(200, other.reply(true).status());
                    }
                }
            }
        }
    }

    @Test
    void sdkWhoseCallIsKept_getsTheSameTask_pendingOrRunning() throws Exception {
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            rig.queue.changeMode(QueueMode.PAUSED);
            try (Wire first = sdk(rig, true, 0)) {
                Task task = rig.task().task();
                first.leave();
                awaitTakenOver(rig, true);
                ollama.next(FakeOllamaAnswer.hang());
                rig.queue.changeMode(QueueMode.RUNNING);
                ollama.takeRequest();
                assertEquals(TaskStatus.RUNNING, rig.task().task().status());
                assertEquals(task.id(), rig.task().task().id());
            }
        }
        try (FakeOllama ollama = FakeOllama.start(); RelayRig rig = new RelayRig(ollama.url())) {
            CompletableFuture<Void> goOn = new CompletableFuture<>();
            ollama.next((request, reply) -> {
                goOn.join();
                reply.wholeText("Hello");
            });
            try (Wire first = sdk(rig, true, 0)) {
                ollama.takeRequest();
                first.leave();
                Await.until(() -> "unseen", () -> rig.relay.repeats().look(same()) != null);
                CompletableFuture<HttpResponse<byte[]>> again = rig.client().sendAsync(rig.request("/api/chat", CHAT,
                        "X-Queue-Keep", "true", "x-stainless-retry-count", "1"), BodyHandlers.ofByteArray());
                Await.until(() -> "not there", () -> rig.relay.repeats().look(same()) == null);
                goOn.complete(null);
                assertEquals(200, again.get().statusCode());
                assertTrue(text(again.get()).contains("Hello"), text(again.get()));
                assertEquals(1, rig.tasks().size());
            }
        }
    }

    private static Wire sdk(RelayRig rig, boolean keeps, int count) throws IOException {
        return rig.wire().lines("POST /api/chat HTTP/1.1", "Host: localhost", "x-stainless-retry-count: " + count,
                "X-Queue-Keep: " + keeps, "Content-Length: " + CHAT.length(), "").raw(CHAT);
    }

    private static Repeats.CallKey same() {
        return new Repeats.CallKey("/api/chat", null, IdempotencyKey.fingerprint(
                new Bodies.Body(CHAT.getBytes(StandardCharsets.UTF_8), CHAT.length(), 9)));
    }

    /// Sends the call again once the server has noticed that its caller has left.
    private static void awaitTakenOver(RelayRig rig, boolean keeps) throws IOException {
        Await.until(() -> "tasks: " + rig.tasks(), () -> rig.relay.repeats().look(same()) != null);
        try (Wire again = sdk(rig, keeps, 1)) {
            Await.until(() -> "not there", () -> rig.relay.repeats().look(same()) == null);
            assertEquals(1, rig.tasks().size());
            again.leave();
            Await.until(() -> "unseen", () -> rig.relay.repeats().look(same()) != null);
        }
    }

    private static String text(String quoted) {
        return quoted.replace('\'', '"').replace('~', '\n');
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
