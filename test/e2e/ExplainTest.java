package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Await;
import support.FakeOllama;
import support.LoadingOllama;
import support.ServerProcess;

/// The real server explains why tasks have not started, with an Ollama that has room for one model.
@Tag("process")
class ExplainTest {

    private final Semaphore gate = new Semaphore(0);

    private static String task(String model) {
        return "{\"type\":\"generate\",\"model\":\"" + model + "\",\"prompt\":\"x\"}";
    }

    private static Json.Obj shown(ServerProcess server, String id) {
        return (Json.Obj) Json.parse(server.get("/api/tasks/" + id).body());
    }

    private static Json.Obj explain(ServerProcess server, String id) {
        return (Json.Obj) Json.parse(server.get("/api/tasks/" + id + "/explain").body());
    }

    private static List<String> before(Json.Obj why) {
        return ((Json.Arr) why.get("before")).values().stream().map(each -> ((Json.Obj) each).text("id") + " "
                + ((Json.Obj) each).text("why")).toList();
    }

    @Test
    void waitingTasks_tellWhatThenHappens_andEndedOnesWhatDid(@TempDir Path directory) throws Exception {
        try (FakeOllama fake = FakeOllama.start().models("a", "b")) {
            LoadingOllama.of(fake, 1, 1, Duration.ofMillis(20), (request, reply) -> {
                for (int i = 0; i < 12; i++) {
                    reply.token("x");
                }
                gate.acquire();
                reply.token("x");
            });
            try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--ollama-host", fake.url())) {
                // nothing has been measured yet: its limit and its pace so far suffice for a forecast
                String limited = server.submit(task("a").replace("\"prompt\"", "\"options\":{\"num_predict\":50},"
                        + "\"prompt\""));
                Await.until("it tells when it is done",
                        () -> explain(server, limited).get("done_in") instanceof Json.Obj);
                gate.release(3);
                server.awaitEnd(limited);
                assertTrue(Files.readString(directory.resolve("data/0000000001.journal")).contains(",\"tokens\":1}"));
                for (int i = 0; i < 2; i++) {
                    server.awaitEnd(server.submit(task("a")));
                }
                String runs = server.submit(task("a"));
                Await.until("it runs", () -> shown(server, runs).text("status").equals("running"));
                String other = server.submit(task("b"));
                String first = server.submit(task("a"));
                String second = server.submit(task("a"));
                Json.Obj why = explain(server, other);
                assertEquals(List.of(first + " loaded", second + " loaded"), before(why), why::text);
                assertEquals("3", why.get("position").text());
                assertEquals("true", why.get("loads").text());
                assertEquals("turn", ((Json.Obj) why.get("waits_for")).text("kind"));
                assertEquals("3", shown(server, other).get("position").text());
                List<Json> next = ((Json.Arr) Json.parse(server.get("/api/tasks?sort=next&status=pending").body()))
                        .values();
                assertEquals(List.of(first + " a free place; it is next", second + " the task before it",
                        other + " the 2 tasks before it"), next.stream().map(each -> ((Json.Obj) each).text("id") + " "
                        + ((Json.Obj) ((Json.Obj) each).get("waits_for")).text("text")).toList());
                why = explain(server, second);
                assertEquals(List.of(first + " earlier"), before(why), why::text);
                assertEquals("false", why.get("loads").text());
                assertTrue(shown(server, runs).members().containsKey("done_in"));
                String nowhere = server.submit(task("c"));
                String lacks = "no host can take it now: " + shown(server, runs).text("executed_on")
                        + " does not have the model c";
                for (Json.Obj told : List.of(explain(server, nowhere), (Json.Obj) Json.parse(
                        server.post("/api/tasks?dry_run=true", task("c")).body()))) {
                    assertEquals("model " + lacks, ((Json.Obj) told.get("waits_for")).text("kind") + " "
                            + ((Json.Obj) told.get("waits_for")).text("text"));
                    assertFalse(told.get("starts_in") instanceof Json.Obj, told::text);
                }
                assertTrue(server.get("/api/tasks?state=blocked").body().contains(nowhere));
                gate.release(4);
                List.of(first, second, other).forEach(server::awaitEnd);
                assertTrue(started(server, first).compareTo(started(server, second)) < 0);
                assertTrue(started(server, second).compareTo(started(server, other)) < 0);
                Json.Obj ended = explain(server, other);
                assertEquals("completed", ended.text("status"));
                assertEquals(shown(server, other).text("executed_on"), ended.text("host"));
                assertEquals("local", ended.text("host_rule"));
                assertEquals("it is first by priority, client and time", ended.text("rule"));
                assertEquals("true", ended.get("loads").text());
                assertEquals(null, ended.text("passed"));
                ended = explain(server, first);
                assertEquals("its model is loaded on a host with a free place", ended.text("rule"));
                assertEquals("false", ended.get("loads").text());
                assertEquals(other, ended.text("passed"));
                assertEquals(1, ((Json.Arr) ended.get("attempts")).values().size());
            }
        }
    }

    @Test
    void placeThatStaysFree_isToldWhatHasToAnswerFirst(@TempDir Path directory) throws Exception {
        try (FakeOllama fake = FakeOllama.start().models("a", "b")) {
            LoadingOllama.of(fake, 1, 2, Duration.ofMillis(1), (request, reply) -> {
                gate.acquire();
                reply.token("x");
            });
            try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--ollama-host", fake.url(),
                    "--parallel", "2")) {
                String runs = server.submit(task("a"));
                Await.until("it runs", () -> shown(server, runs).text("status").equals("running"));
                String other = server.submit(task("b"));
                String host = shown(server, runs).text("executed_on");
                String room = "room a to have answered on " + host + ", which has no room for b beside it";
                assertEquals(room, waitsFor(explain(server, other)));
                assertEquals(room, waitsFor((Json.Obj) ((Json.Arr) Json.parse(server.get(
                        "/api/tasks?sort=next&status=pending").body())).values().getFirst()));
                Json.Obj now = (Json.Obj) Json.parse(server.get("/api/now").body());
                assertEquals(room, waitsFor((Json.Obj) ((Json.Arr) now.get("next")).values().getFirst()));
                assertTrue(now.get("waiting").text().contains("\"state\":\"ready\",\"kind\":\"room\""), now::text);
                String longer = server.submit(task("a").replace("\"prompt\"", "\"options\":{\"num_ctx\":8192},"
                        + "\"prompt\""));
                assertEquals("room a to have answered on " + host + ", which then loads it with other options",
                        waitsFor(explain(server, longer)));
                gate.release(3);
                List.of(runs, other, longer).forEach(server::awaitEnd);
            }
        }
    }

    private static String waitsFor(Json.Obj task) {
        Json.Obj waits = (Json.Obj) task.get("waits_for");
        return waits.text("kind") + " " + waits.text("text");
    }

    private static String started(ServerProcess server, String id) {
        return shown(server, id).text("started_at");
    }
}
