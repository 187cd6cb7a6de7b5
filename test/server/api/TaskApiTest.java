package server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static server.api.ApiServer.HELLO;
import static server.api.ApiServer.error;
import static server.api.ApiServer.json;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import server.access.Asker;
import server.access.NamedTokens;
import server.access.RequestLimits;
import server.access.Scope;
import server.access.TestTokens;
import server.access.Tokens;
import server.http.Wire.Reply;
import server.http.Wire;
import server.order.Fit;
import server.order.Offer;
import server.order.ahead.Explanation;
import server.order.ahead.Explanation.Reason;
import server.order.ahead.Explanation.Load;
import server.order.ahead.Explanation.Waiting;
import server.order.ahead.Forecast;
import server.order.ahead.Forecast.Before;
import server.order.ahead.Forecast.Why;
import server.order.ahead.Span;
import server.queue.Run;
import server.settings.Settings;
import shared.json.Json;

final class TaskApiTest {

    private ApiServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ApiServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    // ---- submit

    @Test
    void submit_wrongText_saysWhereAsData() {
        Json.Obj error = json(server.post("/api/tasks", "{\"type\":\"chat\",\n\"priority\":[]}"));
        assertEquals("priority", error.text("path"));
        assertEquals(2, error.integer("line", 0));
        assertEquals(12, error.integer("column", 0));
        assertTrue(error.text("reason").endsWith("not an array"), error.text("reason"));
        assertEquals(error.text("reason") + " (line 2, column 12, at priority)", error.text("error"));
        Json.Obj whole = json(server.post("/api/tasks", "{}"));
        assertEquals("[error]", whole.members().keySet().toString());
    }

    @Test
    void submit_task_answersItWithItsId() {
        HttpResponse<String> response = server.post("/api/tasks", HELLO);
        assertEquals(201, response.statusCode());
        Json.Obj task = json(response);
        assertEquals(task.text("id"), task.text("task_id"));
        assertEquals("pending", task.text("status"));
        assertEquals("Hello", ((Json.Obj) task.get("payload")).text("prompt"));
        assertEquals("/api/tasks/" + task.text("id"), response.headers().firstValue("Location").orElseThrow());
        assertEquals("application/json", response.headers().firstValue("Content-Type").orElseThrow());
        HttpResponse<String> shown = server.get(response.headers().firstValue("Location").orElseThrow());
        assertEquals(200, shown.statusCode());
        assertEquals(task.text("id"), json(shown).text("id"));
        assertNull(json(shown).text("task_id"));
    }

    @Test
    void submit_sameKey_givesTheFirstAnswerAgain() {
        HttpResponse<String> first = server.post("/api/tasks", HELLO, "Idempotency-Key", "k1");
        server.post("/api/tasks/" + json(first).text("id") + "/cancel", null);
        HttpResponse<String> again = server.post("/api/tasks", HELLO, "Idempotency-Key", "k1");
        assertEquals(201, again.statusCode());
        assertEquals(first.body(), again.body());
        assertEquals("true", again.headers().firstValue("Idempotent-Replayed").orElseThrow());
        HttpResponse<String> other = server.post("/api/tasks", HELLO.replace("Hello", "Bye"), "Idempotency-Key", "k1");
        assertEquals(409, other.statusCode());
        HttpResponse<String> fresh = server.post("/api/tasks", HELLO, "Idempotency-Key", "k2");
        assertFalse(json(fresh).text("id").equals(json(first).text("id")));
    }

    @Test
    void submit_keysOfEachName_areItsOwn(@TempDir Path folder) throws IOException {
        NamedTokens tokens = TestTokens.in(folder);
        String ci = tokens.add(new Asker("ci", Scope.ADMIN, Asker.NO_LIMIT, Asker.NO_LIMIT), 0);
        try (ApiServer guarded = new ApiServer(Settings.DEFAULT.with(Tokens.TOKEN, "own"), tokens)) {
            Set<String> made = new HashSet<>();
            for (int round = 0; round < 2; round++) {
                for (String[] each : new String[][] {{ci, "abc"}, {"own", "abc"}, {"own", "ci abc"}}) {
                    made.add(json(guarded.post("/api/tasks", HELLO, "Idempotency-Key", each[1], "Authorization",
                            "Bearer " + each[0])).text("id"));
                }
            }
            assertEquals(3, made.size(), made.toString());
        }
    }

    @Test
    void submit_badKey_is400() throws IOException {
        assertEquals(400, server.post("/api/tasks", HELLO, "Idempotency-Key", "x".repeat(256)).statusCode());
        assertEquals(201, server.post("/api/tasks", HELLO, "Idempotency-Key", "x".repeat(255)).statusCode());
        try (Wire wire = server.wire()) {
            wire.send("POST", "/api/tasks", "Idempotency-Key: a\u0001b", "Content-Type: application/json",
                    "Content-Length: " + HELLO.length());
            wire.raw(HELLO);
            assertEquals(400, wire.reply(true).status());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{\"type\":\"sing\",\"model\":\"m\"}|chat, generate or embed", "[]|object",
            "{\"type\":\"chat\",\"model\":\"m\"}|messages", "{\"type\":\"chat\",\"modle\":\"m\"}|did you mean model",
            "{\"type\":\"generate\",\"model\":\"\",\"prompt\":\"x\"}|model",
            "{\"type\":\"generate\",\"prompt\":\"x\",\"priority\":1e99}|priority", "{|line 1", "nonsense|line 1",
            "{\"type\":\"generate\",\"prompt\":\"x\"} {}|end of the text"})
    void submit_mistake_is400ThatNamesIt(String body, String message) {
        HttpResponse<String> response = server.post("/api/tasks", body);
        assertEquals(400, response.statusCode());
        assertTrue(error(response).contains(message), response.body());
        assertEquals("0", server.get("/api/tasks").headers().firstValue("X-Total-Count").orElseThrow());
    }

    @Test
    void submit_cutAtEveryByte_is400() {
        for (int end = 1; end < HELLO.length(); end++) {
            HttpResponse<String> response = server.post("/api/tasks", HELLO.substring(0, end));
            assertEquals(400, response.statusCode(), HELLO.substring(0, end));
            assertTrue(error(response).contains("line 1"), response.body());
        }
    }

    @Test
    void submit_atTheLimitAndBeyond() throws IOException {
        String head = "{\"type\":\"generate\",\"prompt\":\"";
        try (ApiServer small = new ApiServer(ApiServer.limits(50_000, 100_000, 10))) {
            String largest = head + "x".repeat(50_000 - head.length() - 2) + "\"}";
            HttpResponse<String> response = small.post("/api/tasks", largest);
            assertEquals(201, response.statusCode());
            HttpResponse<String> shown = small.get("/api/tasks/" + json(response).text("id"));
            assertEquals(50_000 - head.length() - 2,
                    ((Json.Obj) json(shown).get("payload")).text("prompt").length());
            try (Wire wire = small.wire()) {
                assertEquals(413, wire.post("/api/tasks", largest + " ").status());
            }
        }
    }

    @Test
    void submit_17Megabytes_is413() throws IOException {
        try (Wire wire = server.wire()) {
            Reply reply = wire.post("/api/tasks", "application/json", new byte[17_000_000]);
            assertEquals(413, reply.status());
            assertTrue(reply.body().contains("16777216"), reply.body());
        }
        assertEquals("0", server.get("/api/tasks").headers().firstValue("X-Total-Count").orElseThrow());
    }

    // ---- one task

    @ParameterizedTest
    @ValueSource(strings = {"/api/tasks/task_000000000000", "/api/tasks/nothing", "/api/tasks/%2e%2e",
            "/api/tasks/task_000000000000/events", "/api/tasks/%F0%9F%98%80"})
    void show_unknown_is404(String path) {
        HttpResponse<String> response = server.get(path);
        assertEquals(404, response.statusCode());
        assertFalse(error(response).isEmpty());
    }

    @Test
    void show_prefix_isEnoughWhileUnique() {
        String id = server.submit(HELLO);
        assertEquals(id, json(server.get("/api/tasks/" + id.substring(0, 12))).text("id"));
        assertEquals(id, json(server.get("/api/tasks/" + id.substring(5, 12))).text("id"));
        for (int i = 0; i < 40; i++) {
            server.submit(HELLO);
        }
        HttpResponse<String> ambiguous = server.get("/api/tasks/task_");
        assertTrue(ambiguous.statusCode() == 409 || ambiguous.statusCode() == 404, ambiguous.body());
        String first = id.substring(5, 6);
        for (int i = 0; i < 100; i++) {
            String other = server.submit(HELLO);
            if (other.substring(5, 6).equals(first)) {
                HttpResponse<String> both = server.get("/api/tasks/" + first);
                assertEquals(409, both.statusCode());
                assertTrue(error(both).contains(id) || error(both).contains(other), both.body());
                return;
            }
        }
        throw new AssertionError("no two ids begin alike");
    }

    @Test
    void show_waitingPendingTask_saysWhy() {
        String id = server.submit(HELLO);
        server.waiting = "no host is \"reachable\"";
        Json.Obj task = json(server.get("/api/tasks/" + id));
        assertEquals("no host is \"reachable\"", task.text("waiting"));
        assertEquals(id, task.text("id"));
        server.start();
        assertNull(json(server.get("/api/tasks/" + id)).text("waiting"));
    }

    @Test
    void explain_saysAllThatIsKnown() {
        String id = server.submit(HELLO);
        server.explanation = new Explanation(new Waiting(Reason.TURN, "the task before it"), new Forecast(2,
                new Span(1_500, 2_040), "it is first", new Offer(Fit.LOADS, "gpu", "local"),
                List.of(new Before("task_1", Why.LOADED))), 60_000, null, null);
        Json.Obj why = json(server.get("/api/tasks/" + id + "/explain"));
        assertEquals("{\"id\":\"" + id + "\",\"status\":\"pending\",\"position\":2,\"starts_in\":{\"low\":1.5,"
                + "\"high\":2},\"waits_for\":{\"kind\":\"turn\",\"text\":\"the task before it\"},"
                + "\"rule\":\"it is first\",\"host\":\"gpu\",\"host_rule\":\"local\",\"loads\":true,\"passed\":null,"
                + "\"before\":[{\"id\":\"task_1\",\"why\":\"loaded\",\"text\":\"its model is loaded\"}],"
                + "\"longest_wait\":60,\"load\":null,\"attempts\":[]}", why.text());
        Json.Obj task = json(server.get("/api/tasks/" + id));
        assertEquals("2", task.get("position").text());
        assertEquals("{\"low\":1.5,\"high\":2}", task.get("starts_in").text());
        assertNull(task.text("waiting"));
        server.start();
        server.explanation = new Explanation(null, null, -1, null, new Load(12_000, 41_000));
        assertEquals("{\"seconds\":12,\"usually\":41}",
                json(server.get("/api/tasks/" + id + "/explain")).get("load").text());
        assertTrue(json(server.get("/api/tasks/" + id)).members().containsKey("done_in"));
        assertEquals(404, server.get("/api/tasks/task_zzzz/explain").statusCode());
    }

    @Test
    void show_tellsWhatAttemptsHadSaidThatDidNotComplete() {
        String id = server.submit(HELLO);
        Run first = server.start();
        server.answer(first).text("Once upon");
        server.putBack(first, "the connection broke");
        Run second = server.start();
        server.answer(second).thinking("hm");
        server.putBack(second, "again");
        Run third = server.start();
        server.answer(third).text("\uD83D\uDE00".repeat(3_000));
        server.fail(third, "in the end");
        assertEquals("[{\"attempt\":1,\"text\":\"Once upon\"},{\"attempt\":3,\"text\":\""
                + "\uD83D\uDE00".repeat(2_048) + "\"}]", json(server.get("/api/tasks/" + id)).get("unfinished").text());
        String other = server.submit(HELLO);
        Run whole = server.start();
        server.answer(whole).text("Hi");
        server.complete(whole, "{\"response\":\"Hi\",\"done\":true}");
        assertFalse(json(server.get("/api/tasks/" + other)).members().containsKey("unfinished"));
    }

    @Test
    void show_wait_answersWhenTheTaskHasEnded() throws Exception {
        String id = server.submit(HELLO);
        Run run = server.start();
        CompletableFuture<HttpResponse<String>> waiting = server.client().sendAsync(
                server.request("GET", "/api/tasks/" + id + "?wait=20s", null), BodyHandlers.ofString());
        // the wait has no sign of having begun; whether the task ends before or after it, the answer is the same
        assertEquals("running", json(server.get("/api/tasks/" + id + "?wait=0")).text("status"));
        server.complete(run, "{\"response\":\"Hi\",\"done\":true}");
        Json.Obj task = json(waiting.get());
        assertEquals("completed", task.text("status"));
        assertEquals("Hi", ((Json.Obj) task.get("result")).text("response"));
        assertEquals("box", task.text("executed_on"));
        assertEquals(1, ((Json.Arr) task.get("attempts")).values().size());
    }

    @Test
    void show_waitRunsOut_answersTheTaskAsItIs() {
        String id = server.submit(HELLO);
        assertEquals("pending", json(server.get("/api/tasks/" + id + "?wait=50ms")).text("status"));
    }

    /// Any number of connections leaves one request that may wait.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 6})
    void show_withWait_ofFewConnections(int connections) throws IOException {
        try (ApiServer few = new ApiServer(Settings.DEFAULT.with(RequestLimits.CONNECTIONS, connections))) {
            String id = few.submit(ApiServer.HELLO);
            assertEquals("pending", json(few.get("/api/tasks/" + id + "?wait=1ms")).text("status"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"?wait=soon", "?wait=-1s", "?wait=11m", "?wait=1s&wait=2s", "?full=true", "?wiat=1s"})
    void show_badQuery_is400(String query) {
        String id = server.submit(HELLO);
        assertEquals(400, server.get("/api/tasks/" + id + query).statusCode());
    }

    @Test
    void cancel_inEveryState() {
        String pending = server.submit(HELLO);
        HttpResponse<String> cancelled = server.post("/api/tasks/" + pending + "/cancel", null);
        assertEquals(200, cancelled.statusCode());
        assertEquals("cancelled", json(cancelled).text("status"));
        String running = server.submit(HELLO);
        Run run = server.start();
        assertEquals("cancelled", json(server.post("/api/tasks/" + running + "/cancel", "{}")).text("status"));
        server.complete(run, "{\"response\":\"late\"}");
        assertEquals("cancelled", json(server.get("/api/tasks/" + running)).text("status"));
        String completed = server.submit(HELLO);
        server.complete(server.start(), "{\"response\":\"Hi\"}");
        assertEquals(409, server.post("/api/tasks/" + completed + "/cancel", null).statusCode());
        assertEquals("completed", json(server.get("/api/tasks/" + completed)).text("status"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{\"priority\":10}|200|10", "{\"priority\":\"critical\"}|200|15",
            "{\"priority\":\"HIGH\"}|200|10", "{\"priority\":-3}|200|-3", "{\"priority\":1.5}|400|",
            "{\"priority\":99999999999}|400|", "{\"priority\":null}|400|", "{}|400|", "{\"prio\":1}|400|", "7|400|",
            "{\"priority\":1,\"priority\":2}|400|"})
    void changePriority_numberOrName(String body, int status, Long priority) {
        String id = server.submit(HELLO);
        HttpResponse<String> response = server.post("/api/tasks/" + id + "/priority", body);
        assertEquals(status, response.statusCode(), response.body());
        assertEquals(priority == null ? 5 : priority, json(server.get("/api/tasks/" + id)).integer("priority", 0));
    }

    @Test
    void changePriority_withoutType_is415_ended_is409() {
        String id = server.submit(HELLO);
        assertEquals(415, server.post("/api/tasks/" + id + "/priority", "{\"priority\":1}",
                "Content-Type", "text/plain").statusCode());
        server.complete(server.start(), "{}");
        assertEquals(409, server.post("/api/tasks/" + id + "/priority", "{\"priority\":1}").statusCode());
    }

    @Test
    void retry_failedTask_isPendingWithItsAttempts() {
        String id = server.submit(HELLO);
        server.fail(server.start(), "model 'm' not found");
        Json.Obj failed = json(server.get("/api/tasks/" + id));
        assertEquals("model 'm' not found", failed.text("error"));
        Json.Obj retried = json(server.post("/api/tasks/" + id + "/retry", null));
        assertEquals("pending", retried.text("status"));
        assertEquals(1, ((Json.Arr) retried.get("attempts")).values().size());
        assertEquals(409, server.post("/api/tasks/" + id + "/retry", null).statusCode());
    }

    @Test
    void delete_endedOnly() {
        String id = server.submit(HELLO);
        assertEquals(409, server.ask("DELETE", "/api/tasks/" + id, null).statusCode());
        server.post("/api/tasks/" + id + "/cancel", null);
        HttpResponse<String> deleted = server.ask("DELETE", "/api/tasks/" + id, null);
        assertEquals(204, deleted.statusCode());
        assertEquals("", deleted.body());
        assertEquals(404, server.get("/api/tasks/" + id).statusCode());
        assertEquals(404, server.ask("DELETE", "/api/tasks/" + id, null).statusCode());
    }

    @Test
    void methods_ofATask() throws IOException {
        String id = server.submit(HELLO);
        try (Wire wire = server.wire()) {
            assertEquals("GET, DELETE, HEAD, OPTIONS",
                    wire.ask("PUT", "/api/tasks/" + id).headers().get("allow"));
            Reply head = wire.ask("HEAD", "/api/tasks/" + id);
            assertEquals(200, head.status());
            Reply get = wire.ask("GET", "/api/tasks/" + id);
            assertEquals(head.headers().get("content-length"), get.headers().get("content-length"));
            for (String path : List.of("/cancel", "/priority", "/retry")) {
                assertEquals(405, wire.ask("GET", "/api/tasks/" + id + path).status());
            }
        }
    }

    // ---- durability

    @Test
    void submit_syncHeldBack_isNeitherAnsweredNorShown() throws Exception {
        server.storage.holdSync();
        CompletableFuture<HttpResponse<String>> submit = server.client().sendAsync(
                server.request("POST", "/api/tasks", HELLO), BodyHandlers.ofString());
        server.storage.awaitHeldSync();
        CompletableFuture<HttpResponse<String>> list = server.client().sendAsync(
                server.request("GET", "/api/tasks", null), BodyHandlers.ofString());
        CompletableFuture<HttpResponse<String>> status = server.client().sendAsync(
                server.request("GET", "/api/status", null), BodyHandlers.ofString());
        // something that does not depend on the disk is answered, so these had their time
        assertEquals(200, server.get("/healthz").statusCode());
        assertFalse(submit.isDone() || list.isDone() || status.isDone());
        server.storage.releaseSync();
        assertEquals(201, submit.get().statusCode());
        assertEquals(1, ApiServer.array(list.get()).values().size());
        assertEquals(1, json(status.get()).integer("pending_tasks", -1));
    }

    @Test
    void wait_syncOfTheEndHeldBack_isNotAnswered() throws Exception {
        String id = server.submit(HELLO);
        Run run = server.start();
        CompletableFuture<HttpResponse<String>> wait = server.client().sendAsync(
                server.request("GET", "/api/tasks/" + id + "?wait=20s", null), BodyHandlers.ofString());
        server.storage.holdSync();
        server.complete(run, "{\"response\":\"Hi\"}");
        server.storage.awaitHeldSync();
        assertEquals(200, server.get("/healthz").statusCode());
        assertFalse(wait.isDone());
        server.storage.releaseSync();
        assertEquals("completed", json(wait.get()).text("status"));
    }

    @Test
    void submit_diskFails_is503AndReadyzSaysWhy() {
        server.submit(HELLO);
        server.storage.failSync(1);
        HttpResponse<String> response = server.post("/api/tasks", HELLO);
        assertEquals(503, response.statusCode());
        assertTrue(response.headers().firstValue("Retry-After").isPresent());
        HttpResponse<String> ready = server.get("/readyz");
        assertEquals(503, ready.statusCode());
        assertTrue(error(ready).contains("journal"), ready.body());
        assertEquals(200, server.get("/healthz").statusCode());
    }
}
