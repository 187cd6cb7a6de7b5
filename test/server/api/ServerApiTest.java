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
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import server.order.LoadedOffers;
import server.queue.Run;
import shared.Version;
import shared.json.Json;
import shared.json.Slice;

final class ServerApiTest {

    private ApiServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ApiServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void compact_answersWhatItDid() {
        server.submit(HELLO);
        Json.Obj done = json(server.ask("POST", "/api/journal/compact", ""));
        assertEquals(1, done.integer("files_before", -1));
        assertEquals(1, done.integer("files_after", -1));
        assertEquals(0, done.integer("events_dropped", -1));
        assertEquals(done.integer("bytes_before", -1), done.integer("bytes_after", -1));
    }

    @Test
    void status_countsWhatThereIs() {
        assertNull(json(server.get("/api/status")).get("oldest_pending_at"));
        server.submit(HELLO);
        server.submit(HELLO);
        server.submit(HELLO.replace("\"model\"", "\"priority\":10,\"model\""));
        server.submit(HELLO);
        server.start();
        server.complete(server.start(), "{\"response\":\"Hi\"}");
        Json.Obj status = json(server.get("/api/status"));
        assertEquals(2, status.integer("pending_tasks", -1));
        assertEquals(1, status.integer("running_tasks", -1));
        assertEquals(1, status.integer("completed_tasks", -1));
        assertEquals(0, status.integer("failed_tasks", -1));
        assertEquals(0, status.integer("cancelled_tasks", -1));
        assertEquals(4, status.integer("total_tasks", -1));
        assertEquals("{\"5\":2}", status.get("queues_by_priority").text());
        assertEquals(0, status.integer("workers_active", -1));
        assertEquals(6, status.integer("workers_idle", -1));
        assertEquals("running", status.text("mode"));
        assertTrue(status.text("oldest_pending_at").endsWith("Z"));
        assertTrue(status.integer("uptime_seconds", -1) >= 0);
        assertEquals(Version.TEXT, status.text("version"));
        assertEquals(status.get("total_tasks"), json(server.get("/api/stats")).get("total_tasks"));
    }

    @Test
    void status_callersWaiting_areThePendingCalls() {
        server.submit(HELLO);
        assertEquals(0, json(server.get("/api/status")).integer("callers_waiting", -1));
        server.call("me");
        String second = server.call("you");
        assertEquals(2, json(server.get("/api/status")).integer("callers_waiting", -1));
        server.post("/api/tasks/" + second + "/cancel", null);
        assertEquals(1, json(server.get("/api/status")).integer("callers_waiting", -1));
    }

    @Test
    void status_ofTasksForLater_tellsNoneThatWaits() {
        server.submit(HELLO.replace("\"model\"", "\"scheduled_at\":\"2999-01-01T00:00:00Z\",\"model\""));
        assertNull(json(server.get("/api/status")).get("oldest_pending_at"));
        assertEquals(1, json(server.get("/api/status")).integer("pending_tasks", -1));
        Json.Obj ready = json(server.post("/api/tasks", HELLO));
        assertEquals(ready.text("created_at"), json(server.get("/api/status")).text("oldest_pending_at"));
    }

    @Test
    void status_hasTheHostsCloud_whereOneTellsOfIt() {
        assertFalse(json(server.get("/api/status")).members().containsKey("cloud"));
        server.cloud = Slice.of("{\"disabled\": true}".getBytes(StandardCharsets.US_ASCII));
        assertTrue(server.get("/api/status").body().endsWith(",\"cloud\":{\"disabled\": true}}"));
    }

    @Test
    void mode_pauseHolds_drainRefuses_resumeEndsBoth() {
        assertEquals("paused", json(server.post("/api/queue/pause", null)).text("mode"));
        server.submit(HELLO);
        assertNull(server.queue.runs().startNext(LoadedOffers.at("box")));
        server.held = "no descriptors";
        assertEquals("not ready: no descriptors; tasks wait", error(server.get("/readyz")));
        server.held = null;
        assertEquals(200, server.get("/readyz").statusCode());
        assertEquals("draining", json(server.post("/api/queue/drain", "")).text("mode"));
        HttpResponse<String> refused = server.post("/api/tasks", HELLO);
        assertEquals(503, refused.statusCode());
        assertTrue(refused.headers().firstValue("Retry-After").isPresent());
        assertEquals(503, server.post("/api/tasks/batch", "[" + HELLO + "]").statusCode());
        HttpResponse<String> ready = server.get("/readyz");
        assertEquals(503, ready.statusCode());
        assertTrue(error(ready).contains("draining"), ready.body());
        assertEquals("running", json(server.post("/api/queue/resume", null)).text("mode"));
        assertEquals(200, server.get("/readyz").statusCode());
        server.submit(HELLO);
        assertEquals(405, server.get("/api/queue/pause").statusCode());
    }

    @Test
    void info_tellsVersionAndLimits() {
        Json.Obj info = json(server.get("/api/info"));
        assertEquals(Version.TEXT, info.text("version"));
        assertTrue(info.members().containsKey("ws_port"));
        Json.Obj limits = (Json.Obj) info.get("limits");
        assertEquals(16 << 20, limits.integer("task_bytes", 0));
        assertEquals(100_000, limits.integer("batch_tasks", 0));
        assertEquals("10m", limits.text("wait"));
    }

    @Test
    void health_isOk() {
        assertEquals("{\"status\":\"ok\"}", server.get("/healthz").body());
    }

    @Test
    void stopIntake_refusesChanges_readsAndRunningTasksGoOn() throws Exception {
        String id = server.submit(HELLO);
        Run run = server.start();
        CompletableFuture<HttpResponse<String>> waiting = server.client().sendAsync(
                server.request("GET", "/api/tasks/" + id + "?wait=20s", null), BodyHandlers.ofString());
        server.web.stopIntake();
        for (String path : new String[] {"/api/tasks", "/api/tasks/batch", "/api/queue/pause",
                "/api/tasks/" + id + "/cancel"}) {
            HttpResponse<String> refused = server.post(path, HELLO);
            assertEquals(503, refused.statusCode());
            assertTrue(error(refused).contains("stopping"), refused.body());
        }
        assertTrue(error(server.get("/readyz")).contains("stopping"));
        assertEquals(200, server.get("/healthz").statusCode());
        server.complete(run, "{\"response\":\"Hi\"}");
        assertEquals("completed", json(waiting.get()).text("status"));
    }

    @Test
    void close_endsWhatWaits_andIsIdempotent() {
        String id = server.submit(HELLO);
        CompletableFuture<HttpResponse<String>> waiting = server.client().sendAsync(
                server.request("GET", "/api/tasks/" + id + "?wait=20s", null), BodyHandlers.ofString());
        server.get("/healthz");
        server.web.close();
        server.web.close();
        Assertions.assertThrows(ExecutionException.class, () -> {
            if (waiting.get().statusCode() == 503) {
                throw new ExecutionException(null);
            }
        });
        assertFalse(waiting.isCancelled());
    }
}
