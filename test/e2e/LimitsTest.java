package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Await;
import support.ServerProcess;

/// Limits of clients and models, and windows, in the real server, from its file and after a reload.
class LimitsTest {

    private static final String GENERATE = "{\"type\":\"generate\",\"prompt\":\"x\"";

    @TempDir
    Path directory;

    private Path file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("config.yaml"), yaml);
    }

    private ServerProcess start(String yaml) throws IOException {
        return ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:", "--config",
                file(yaml).toString());
    }

    /// Returns a window that is closed now, and for hours.
    private static String shut() {
        LocalTime now = LocalTime.now(ZoneOffset.UTC).withSecond(0).withNano(0);
        return "windows: {night: '" + now.plusHours(6) + "-" + now.plusHours(7) + " UTC'}\n";
    }

    private static String task(String more) {
        return GENERATE + more + "}";
    }

    private static Json.Obj shown(ServerProcess server, String id) {
        return ServerProcess.object(server.get("/api/tasks/" + id).body());
    }

    private static HttpResponse<String> relayed(ServerProcess server, String client) {
        return server.send(HttpRequest.newBuilder(URI.create(server.url() + "/v1/chat/completions"))
                .header("X-Queue-Client", client).POST(HttpRequest.BodyPublishers.ofString(
                        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}")));
    }

    @Test
    void maxPending_isA429_inEveryFormOfASubmit() throws Exception {
        try (ServerProcess server = start("clients: {me: {max_pending: 2, max_running: 0}}\n")) {
            server.submit(task(",\"client\":\"me\""));
            HttpResponse<String> batch = server.post("/api/tasks/batch", "[" + task(",\"client\":\"me\"") + ","
                    + task(",\"client\":\"me\"") + "," + task("") + "]");
            assertEquals(429, batch.statusCode());
            assertTrue(batch.body().contains("client me: 1 are pending, and at most 2 may be, so there is no room for "
                    + "2 more"), batch.body());
            assertEquals("1", server.get("/api/tasks").headers().firstValue("X-Total-Count").orElseThrow());
            String second = server.submit(task(",\"client\":\"me\""));
            HttpResponse<String> third = server.post("/api/tasks", task(",\"client\":\"me\""));
            assertEquals(429, third.statusCode());
            assertTrue(third.headers().firstValue("Retry-After").isPresent());
            HttpResponse<String> call = relayed(server, "me");
            assertEquals(429, call.statusCode());
            assertTrue(ServerProcess.object(call.body()).get("error") instanceof Json.Obj, call.body());
            assertEquals(200, relayed(server, "you").statusCode());
            assertEquals("client me may have 0 running", shown(server, second).text("waiting"));

            file("clients: {me: {max_pending: 3}}\n");
            server.hangUp("changed=[clients]");
            server.awaitEnd(second);
        }
    }

    @Test
    void requestsPerMinute_isA429_thatTellsWhenToComeAgain_inEveryForm() throws Exception {
        try (ServerProcess server = start("clients: {me: {requests_per_minute: 3}}\n")) {
            server.submit(task(",\"client\":\"me\""));
            assertEquals(201, server.post("/api/tasks/batch", "[" + task(",\"client\":\"me\"") + ","
                    + task(",\"client\":\"me\"") + "]").statusCode());
            assertEquals(200, relayed(server, "me").statusCode());
            HttpResponse<String> call = relayed(server, "me");
            assertTrue(ServerProcess.object(call.body()).get("error") instanceof Json.Obj, call.body());
            HttpResponse<String> submit = server.post("/api/tasks", task(",\"client\":\"me\""));
            assertTrue(submit.body().startsWith("{\"error\":\"client me: the limit of 3 a minute is reached; try again "
                    + "in "), submit.body());
            for (HttpResponse<String> refused : List.of(call, submit, server.post("/api/tasks/batch",
                    "[" + task("") + "," + task(",\"client\":\"me\"") + "]"))) {
                assertEquals(429, refused.statusCode());
                int seconds = Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow());
                assertTrue(seconds > 30 && seconds <= 60, () -> "" + seconds);
            }
            assertEquals(200, relayed(server, "you").statusCode());
            assertEquals(429, server.post("/api/tasks?dry_run=true", task(",\"client\":\"me\"")).statusCode());
            file("clients: {me: {requests_per_minute: 4}}\n");
            server.hangUp("changed=[clients]");
            HttpRequest.Builder keyed = HttpRequest.newBuilder(URI.create(server.url() + "/api/tasks"))
                    .header("Content-Type", "application/json").header("Idempotency-Key", "k")
                    .POST(HttpRequest.BodyPublishers.ofString(task(",\"client\":\"me\"")));
            assertEquals(201, server.send(keyed).statusCode());
            assertEquals(429, server.post("/api/tasks", task(",\"client\":\"me\"")).statusCode());
            assertEquals(201, server.send(keyed).statusCode(), "to repeat it costs nothing");
            // nothing that was refused exists: two submits, two tasks of the batch, two calls
            assertEquals("6", server.get("/api/tasks").headers().firstValue("X-Total-Count").orElseThrow());
        }
    }

    @Test
    void priorityMax_lowersIt_andTellsSo() throws Exception {
        try (ServerProcess server = start("clients: {default: {priority_max: 7}}\nqueue: {workers: 1}\n")) {
            Json.Obj answer = ServerProcess.object(server.post("/api/tasks", task(",\"priority\":\"high\"")).body());
            assertEquals("7", answer.get("priority").text());
            assertEquals("10", answer.get("priority_asked").text());
            assertTrue(answer.get("warnings").text().contains("priority 10 is lowered to 7"),
                    () -> answer.get("warnings").text());
            Json.Obj usual = ServerProcess.object(server.post("/api/tasks", task("")).body());
            assertEquals("5", usual.get("priority").text());
            assertNull(usual.get("warnings"));
            String batch = server.post("/api/tasks/batch", "[" + task(",\"priority\":9") + "]").body();
            assertTrue(batch.contains("\"warnings\":[\"tasks whose priority was lowered to"), batch);
        }
    }

    @Test
    void window_keepsATaskWaiting_alsoOverARestart_untilAReloadOpensIt() throws Exception {
        String id;
        String ofClient;
        try (ServerProcess server = start(shut() + "clients: {nightly: {window: night}}\n")) {
            HttpResponse<String> unknown = server.post("/api/tasks", task(",\"window\":\"nigth\""));
            assertEquals(400, unknown.statusCode());
            assertTrue(unknown.body().contains("no window is named \\\"nigth\\\"; did you mean night?"),
                    unknown.body());
            id = server.submit(task(",\"window\":\"night\""));
            ofClient = server.submit(task(",\"client\":\"nightly\""));
            server.awaitEnd(server.submit(task("")));
            assertTrue(shown(server, id).text("waiting").startsWith("its window night ("), shown(server, id).text());
            assertEquals("night", shown(server, ofClient).text("window"));
            // a call waits for its client's window, too
            CompletableFuture<HttpResponse<String>> call = CompletableFuture.supplyAsync(
                    () -> relayed(server, "nightly"));
            Supplier<Json.Arr> calls = () -> (Json.Arr) Json.parse(
                    server.get("/api/tasks?client=nightly&relayed=true").body());
            Await.until("the call is there", () -> !calls.get().values().isEmpty());
            Json.Obj waits = shown(server, ((Json.Obj) calls.get().values().getFirst()).text("id"));
            assertEquals("night", waits.text("window"));
            assertTrue(waits.text("waiting").startsWith("its window night ("), waits.text());
            server.kill();
            assertThrows(CompletionException.class, call::join);
        }
        try (ServerProcess server = start("default_model: other\n")) {
            server.awaitLogged("event=window_missing window=night tasks=2");
            assertEquals("its window night, which is not in the settings", shown(server, id).text("waiting"));
            server.awaitEnd(server.submit(task("")));
            assertEquals("pending", shown(server, ofClient).text("status"));
            file("windows: {night: '00:00-24:00'}\n");
            server.hangUp("changed=\"[default_model, windows]\"");
            server.awaitEnd(id);
            server.awaitEnd(ofClient);
        }
    }

    @Test
    void finishBy_thatCannotBeMet_warnsAndIsAnEvent_andStopsNothing() throws Exception {
        try (ServerProcess server = start("models: {big: {max_running: 0}}\n")) {
            HttpResponse<String> wrong = server.post("/api/tasks", task(",\"finish_by\":\"soon\""));
            assertEquals(400, wrong.statusCode());
            assertTrue(wrong.body().contains("finish_by must be a time such as 2026-01-02T03:04:05Z or a duration"),
                    wrong.body());
            Json.Obj past = ServerProcess.object(server.post("/api/tasks",
                    task(",\"finish_by\":\"2026-01-02T03:04:05Z\"")).body());
            assertTrue(past.get("warnings").text().contains("finish_by 2026-01-02T03:04:05.000Z cannot be met"),
                    past::text);
            assertEquals("true", server.awaitEnd(past.text("id")).get("late").text());
            String id = server.submit(task(",\"model\":\"big\",\"finish_by\":\"100ms\""));
            Await.until(() -> shown(server, id).text(), () -> shown(server, id).get("late") != null);
            file("");
            server.hangUp("changed=[models]");
            assertEquals("completed", server.awaitEnd(id).text("status"));
            assertTrue(server.get("/api/tasks/" + id).body().contains("\"late\":true"));
        }
    }

    @Test
    void modelsMaxRunning_letsOthersPass() throws Exception {
        try (ServerProcess server = start("models: {big: {max_running: 0}}\n")) {
            String big = server.submit(task(",\"model\":\"big:latest\""));
            server.awaitEnd(server.submit(task(",\"model\":\"small\"")));
            assertEquals("model big:latest may have 0 running", shown(server, big).text("waiting"));
            file("");
            server.hangUp("changed=[models]");
            Await.until(() -> shown(server, big).text(), () -> shown(server, big).text("status").equals("completed"));
        }
    }
}
