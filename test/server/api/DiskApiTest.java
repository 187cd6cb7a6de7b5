package server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import server.journal.JournalOptions;
import server.order.LoadedOffers;
import server.queue.Run;
import server.queue.TaskQueue;
import server.queue.state.QueueOptions;
import shared.Problem;
import shared.json.Json;
import shared.json.JsonReader;
import shared.json.Slice;

/// What users see of a disk that is full or broken.
class DiskApiTest {

    private static final int SEGMENT = 1 << 20;

    private ApiServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ApiServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String task(int length) {
        return "{\"type\":\"generate\",\"model\":\"m\",\"prompt\":\"" + "x".repeat(length) + "\"}";
    }

    /// Submits until nothing fits.
    private HttpResponse<String> fill() {
        for (int length = 64 << 10; ; length /= 4) {
            HttpResponse<String> answer = server.post("/api/tasks", task(length));
            while (answer.statusCode() == 201) {
                answer = server.post("/api/tasks", task(length));
            }
            if (length < 16) {
                return answer;
            }
        }
    }

    @Test
    void ready_whileOnlySmallTasksFit_tellsOfTheFullDisk() {
        server.storage.capacity(2 * SEGMENT);
        while (server.post("/api/tasks", task(SEGMENT / 8)).statusCode() == 201) {
            // until the next one does not fit
        }
        assertEquals(201, server.post("/api/tasks", task(1)).statusCode());
        assertTrue(server.get("/readyz").body().contains("not ready: the disk is full"));
    }

    @Test
    void submit_diskFull_is507AndAllElseGoesOn() throws Exception {
        String first = server.submit(ApiServer.HELLO);
        Run run = server.start();
        String waiting = server.submit(ApiServer.HELLO);
        server.storage.capacity(2 * SEGMENT);
        HttpResponse<String> refused = fill();
        assertEquals(507, refused.statusCode(), refused.body());
        assertTrue(ApiServer.error(refused).startsWith("the disk is full: cannot make memory/000000000"),
                refused.body());
        assertTrue(ApiServer.error(refused).endsWith("free some space there, the server then continues by itself"));
        assertEquals(507, server.post("/api/tasks/batch", "[" + ApiServer.HELLO + "," + ApiServer.HELLO + "]")
                .statusCode());
        assertEquals(503, server.get("/readyz").statusCode());
        assertTrue(server.get("/readyz").body().contains("not ready: the disk is full"));
        assertEquals(200, server.get("/healthz").statusCode());

        server.complete(run, "{\"response\":\"" + "r".repeat(10_000) + "\"}");
        assertEquals("completed", ApiServer.json(server.get("/api/tasks/" + first)).text("status"));
        assertEquals(200, server.post("/api/tasks/" + waiting + "/cancel", "").statusCode());
        assertEquals(204, server.ask("DELETE", "/api/tasks/" + waiting, null).statusCode());
        assertEquals(200, server.get("/api/tasks?full=true").statusCode());
        Run next = server.queue.runs().startNext(LoadedOffers.at("box"));
        assertNotNull(next, "what was taken runs");
        Problem tooLarge = assertThrows(Problem.class,
                () -> server.queue.runs().complete(next, Slice.of(("{\"response\":\"" + "r".repeat(SEGMENT) + "\"}")
                        .getBytes(StandardCharsets.UTF_8))));
        assertEquals(507, tooLarge.status());
        assertTrue(server.queue.runs().putBack(next, "no room for its result", 0, true));

        CountDownLatch room = new CountDownLatch(1);
        server.queue.runs().onReady(room::countDown);
        server.storage.capacity(Long.MAX_VALUE);
        assertTrue(room.await(60, TimeUnit.SECONDS));
        assertEquals(200, server.get("/readyz").statusCode());
        assertEquals(201, server.post("/api/tasks", ApiServer.HELLO).statusCode());
    }

    @Test
    void submit_syncFails_is503AndReadyzSaysSo() {
        String before = server.submit(ApiServer.HELLO);
        server.storage.failSync(1);
        assertEquals(503, server.post("/api/tasks", ApiServer.HELLO).statusCode());
        assertEquals(503, server.post("/api/tasks", ApiServer.HELLO).statusCode());
        assertTrue(server.get("/readyz").body().contains("the sync failed, as the test wants"));
        assertEquals(200, server.get("/healthz").statusCode());
        assertTrue(before.startsWith("task_"));
    }

    @Test
    void read_oneRecordUnreadable_failsOnlyThatOne() throws IOException {
        String good = server.submit(ApiServer.HELLO);
        String bad = server.submit(ApiServer.HELLO.replace("Hello", "lost"));
        byte[] bytes = server.storage.bytes("0000000001.journal");
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(bad);
        int from = at;
        while (bytes[from - 1] != '\n') {
            from--;
        }
        server.storage.failRead("0000000001.journal", at, at + 1);
        HttpResponse<String> answer = server.get("/api/tasks/" + bad);
        assertEquals(500, answer.statusCode());
        assertEquals(bad + " cannot be read: cannot read memory/0000000001.journal, offset " + from
                + ": Input/output error", ApiServer.error(answer));
        server.storage.failRead("", 0, 0);
        bytes[at] ^= 1;
        server.storage.bytes("0000000001.journal", bytes);
        assertTrue(ApiServer.error(server.get("/api/tasks/" + bad)).contains("journal damaged: memory/0000000001"));
        assertEquals(200, server.get("/api/tasks/" + good).statusCode());
        for (String query : new String[] {"", "?full=true"}) {
            Json.Arr tasks = ApiServer.array(server.get("/api/tasks" + query));
            assertEquals(2, tasks.values().size());
            assertEquals(bad, ((Json.Obj) tasks.values().get(0)).text("id"));
            assertFalse(((Json.Obj) tasks.values().get(0)).members().containsKey("preview"));
        }
        assertEquals(1, ApiServer.array(server.get("/api/tasks?q=hello")).values().size());
    }

    /// A payload in which the whole body nests so deep.
    private static String nested(int depth) {
        int inner = depth - 2;
        return "{\"type\":\"generate\",\"model\":\"m\",\"payload\":{\"prompt\":\"Hello\",\"format\":"
                + "[".repeat(inner) + "]".repeat(inner) + "}}";
    }

    @Test
    void submit_asDeepAsIsAllowed_canBeReadEverywhereAndAfterARestart() throws IOException {
        int max = JsonReader.DEPTH_MAX;
        assertEquals(400, server.post("/api/tasks", nested(max + 1)).statusCode());
        String id = server.submit(nested(max));
        assertEquals(201, server.post("/api/tasks/batch", "[" + nested(max - 1) + "]").statusCode());
        assertEquals(201, server.post("/api/tasks/batch", nested(max) + "\n").statusCode());
        Run run = server.start();
        server.complete(run, "{\"response\":\"Hi\",\"deep\":" + "[".repeat(max - 1) + "]".repeat(max - 1) + "}");
        assertEquals(200, server.get("/api/tasks/" + id).statusCode());
        HttpResponse<String> list = server.get("/api/tasks?full=true");
        assertEquals(3, ((Json.Arr) Json.parseOwn(list.body().getBytes(StandardCharsets.UTF_8))).values().size());
        assertEquals(3, ApiServer.array(server.get("/api/tasks?q=hello")).values().size());
        assertTrue(server.get("/api/tasks/" + id + "/events").body().contains("\"text\":\"Hi\""));
        server.queue.close();
        try (TaskQueue again = TaskQueue.open(server.storage, new JournalOptions(SEGMENT), QueueOptions.DEFAULT,
                InstantSource.system(), () -> 0, new Random(1))) {
            assertTrue(again.document(again.find(id).id()).result().text().contains("\"Hi\""));
        }
    }
}
