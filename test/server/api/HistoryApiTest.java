package server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static server.api.ApiServer.HELLO;
import static server.api.ApiServer.error;
import static server.api.ApiServer.json;

import java.io.IOException;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import server.queue.Run;
import shared.json.Json;
import support.Await;

final class HistoryApiTest {

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
    void history_tellsOfTheMinute() {
        server.submit(HELLO);
        Run run = server.start();
        server.complete(run, "{\"response\":\"x\",\"eval_count\":3}");
        server.submit(HELLO);
        server.submit(HELLO);
        server.start();
        awaitRunning(1);
        Json.Obj history = json(server.get("/api/stats/history?window=24h"));
        assertEquals("24h", history.text("window"));
        assertEquals(60, history.integer("bucket_seconds", 0));
        assertTrue(history.text("since").compareTo(history.text("now")) <= 0);
        // a minute may have ended meanwhile
        assertEquals(3, sum(history, "submitted"));
        assertEquals(1, sum(history, "completed"));
        Json.Obj last = (Json.Obj) buckets(history).getLast();
        assertEquals(1, last.integer("pending", -1));
        assertEquals(1, last.integer("running", -1));
        assertTrue(buckets(history).stream().anyMatch(bucket -> ((Json.Obj) bucket).get("wait_ms_p95") != null
                && ((Json.Obj) bucket).get("run_ms_p50") != null), history.text());
    }

    @Test
    void window_isAnHourUnlessGiven_andAnotherIsRefused() {
        assertEquals("1h", json(server.get("/api/stats/history")).text("window"));
        assertEquals(400, server.get("/api/stats/history?window=2h").statusCode());
        assertEquals("window must be one of 1h, 24h, not \"2h\"; did you mean 1h?",
                error(server.get("/api/stats/history?window=2h")));
        assertEquals(400, server.get("/api/stats/history?windows=1h").statusCode());
    }

    @Test
    void status_tellsTheRates() {
        server.submit(HELLO);
        server.submit(HELLO);
        server.start();
        awaitRunning(1);
        Json.Obj status = json(server.get("/api/status"));
        assertEquals("2", status.get("submitted_per_minute").text());
        assertEquals("0", status.get("completed_per_minute").text());
        assertEquals("0", status.get("failed_per_minute").text());
        assertEquals("0", status.get("tokens_per_second").text());
    }

    /// The report follows a moment after the answered change.
    private void awaitRunning(int running) {
        Await.until(running + " run", () -> ((Json.Obj) buckets(json(server.get("/api/stats/history"))).getLast())
                .integer("running", -1) == running);
    }

    private static long sum(Json.Obj history, String name) {
        return buckets(history).stream().mapToLong(bucket -> ((Json.Obj) bucket).integer(name, 0)).sum();
    }

    private static List<Json> buckets(Json.Obj history) {
        return ((Json.Arr) history.get("buckets")).values();
    }
}
