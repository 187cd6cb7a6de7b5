package server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static server.api.ApiServer.HELLO;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import server.access.TestTokens;
import server.http.Wire;
import server.live.AnswerBuffer;
import server.queue.Run;
import shared.json.Json;
import support.Await;
import support.EventReader;
import support.EventReader.Told;

final class EventsApiTest {

    private static final String CRON = "{\"name\":\"c\",\"cron_expr\":\"0 0 1 1 *\",\"task_template\":" + HELLO + "}";

    private ApiServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ApiServer(ApiServer.streams(100));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void events_everyChange_comesWithItsIdAndKind() throws Exception {
        try (EventReader reader = reader("")) {
            assertEquals("text/event-stream", reader.header("Content-Type"));
            assertEquals("no-cache", reader.header("Cache-Control"));
            assertEquals("no", reader.header("X-Accel-Buffering"));
            String id = server.submit(HELLO);
            Told submitted = reader.next();
            assertEquals("task", submitted.event());
            assertEquals("1", submitted.id());
            assertEquals(1, submitted.seq());
            assertEquals("submitted", submitted.what());
            Json.Obj task = (Json.Obj) submitted.data().get("task");
            assertEquals(id, task.text("id"));
            assertEquals("Hello", task.text("preview"));
            assertNull(task.get("payload"));
            server.complete(server.start(), "{\"response\":\"x\"}");
            assertEquals(List.of("started", "completed"), List.of(reader.next().what(), reader.next().what()));
            server.post("/api/cron", CRON);
            Told cron = reader.next();
            assertEquals("cron created c", cron.event() + " " + cron.what() + " "
                    + ((Json.Obj) cron.data().get("cron")).text("name"));
            server.post("/api/queue/pause", "");
            Told paused = reader.next();
            assertEquals("queue paused 5", paused.event() + " " + paused.what() + " " + paused.id());
        }
    }

    @Test
    void sinceAndLastEventId_giveWhatFollows() throws Exception {
        for (int i = 0; i < 4; i++) {
            server.submit(HELLO);
        }
        assertEquals(List.of(1L, 2L, 3L, 4L), first(4, "?since=0"));
        assertEquals(List.of(3L, 4L), first(2, "?since=2"));
        assertEquals(List.of(4L), first(1, "", "Last-Event-ID", "3"));
        // what a browser that comes back sends
        assertEquals(List.of(4L), first(1, "?since=1", "Last-Event-ID", "3"));
        assertEquals(List.of(3L, 4L), first(2, "?since=2", "Last-Event-ID", ""));
    }

    @Test
    void beginning_tellsThePlace_soThatNothingIsMissedBeforeTheFirstEvent() throws Exception {
        server.submit(HELLO);
        String place;
        try (EventReader reader = reader("")) {
            assertEquals(": ping", reader.line());
            place = reader.line();
            assertEquals("id: 1", place);
        }
        server.submit(HELLO);
        assertEquals(List.of(2L), first(1, "", "Last-Event-ID", place.substring(4)));
    }

    @Test
    void filters_passWhatTheyName() throws Exception {
        String hello = server.submit(HELLO);
        String chat = server.submit("{\"type\":\"chat\",\"model\":\"other\",\"prompt\":\"Hi\"}");
        server.post("/api/tasks/" + hello + "/cancel", "");
        String cron = ApiServer.json(server.post("/api/cron", CRON)).text("id");
        server.post("/api/cron/c/run", "");
        server.post("/api/queue/pause", "");
        assertEquals(List.of(1L, 3L), first(2, "?since=0&task=" + hello));
        assertEquals(List.of(1L, 2L, 3L), first(3, "?since=0&task=" + hello.substring(0, 12) + "," + chat));
        assertEquals(List.of(3L), first(1, "?since=0&status=cancelled,failed"));
        assertEquals(List.of(2L), first(1, "?since=0&type=chat"));
        assertEquals(List.of(2L), first(1, "?since=0&model=other"));
        // created, fired, and the task's submit
        assertEquals(List.of(4L, 5L, 6L), first(3, "?since=0&cron=c"));
        assertEquals(List.of(4L, 5L, 6L), first(3, "?since=0&cron=" + cron));
        assertEquals(List.of(6L), first(1, "?since=0&cron=c&status=pending"));
        assertEquals(List.of(1L, 2L, 3L, 6L), first(4, "?since=0&status=pending&status=cancelled&type=generate,chat"));
    }

    @Test
    void ping_ofAFilteredStream_movesThePlaceOn() throws Exception {
        try (EventReader reader = reader("?model=other")) {
            server.submit(HELLO);
            server.submit(HELLO);
            for (String line = reader.line(); !line.equals("id: 2"); line = reader.line()) {
                assertTrue(line.isEmpty() || line.equals(": ping") || line.equals("id: 1") || line.equals("id: 0"),
                        line);
            }
        }
    }

    @Test
    void ndjson_isALineForEachEvent_andAnEmptyOneForAPing() throws Exception {
        try (EventReader reader = reader("?since=0", "Accept", "application/x-ndjson")) {
            assertEquals("application/x-ndjson", reader.header("Content-Type"));
            assertEquals("", reader.line());
            server.submit(HELLO);
            String line = reader.line();
            while (line.isEmpty()) {
                line = reader.line();
            }
            Json.Obj event = (Json.Obj) Json.parse(line);
            assertEquals("task submitted 1", event.text("event") + " " + event.text("what") + " "
                    + event.integer("seq", 0));
            assertEquals("", reader.line());
            assertEquals("", reader.line());
        }
    }

    @Test
    void placeThatIsNotKept_isReset() throws Exception {
        server.submit(HELLO);
        try (EventReader reader = reader("?since=77")) {
            Told reset = reader.next();
            assertEquals("reset", reset.event());
            assertEquals("1", reset.id());
            assertEquals("{\"seq\":1,\"event\":\"reset\",\"oldest\":1}", reset.json());
            server.submit(HELLO);
            assertEquals(2, reader.next().seq());
        }
    }

    @Test
    void chunks_ofTheTasksThatAreNamed_comeWithTheEvents() throws Exception {
        String id = server.submit(HELLO);
        Run run = server.start();
        AnswerBuffer answer = server.answer(run);
        answer.text("Hello");
        try (EventReader reader = reader("?since=2&chunks=task_zzzzzzzzzzzz," + id + "@1.3")) {
            assertEquals("{\"event\":\"error\",\"task\":\"task_zzzzzzzzzzzz\",\"error\":\""
                    + "no task task_zzzzzzzzzzzz\"}", reader.next().json());
            Told piece = reader.next();
            assertEquals("chunk", piece.event());
            assertEquals("{\"event\":\"chunk\",\"task\":\"" + id + "\",\"attempt\":1,\"offset\":3,\"end\":5,"
                    + "\"text\":\"lo\"}", piece.json());
            // a piece is no place among the events
            assertEquals("", piece.id());
            server.complete(run, "{\"response\":\"Hello\"}");
            assertEquals("completed", reader.next().what());
            assertEquals("unsubscribed", reader.next().event());
            server.submit(HELLO);
            assertEquals("submitted", reader.next().what());
        }
        assertEquals("chunks must be the id of a chunk, as in 1.42, not \"x\"", refused(400, "?chunks=" + id + "@x"));
    }

    @Test
    void mistakes_areAnswered() {
        assertEquals("since must be a whole number from 0 to 9223372036854775807, not \"x\"", refused(400, "?since=x"));
        refused(400, "?since=-1");
        assertEquals("unknown query parameter \"tasks\"; did you mean task?", refused(400, "?tasks=x"));
        refused(400, "?status=done");
        refused(400, "?type=talk");
        refused(404, "?task=task_zzzz");
        refused(404, "?cron=none");
        assertEquals("Last-Event-ID must be the id of an event, as in 42, not \"1.5\"",
                refused(400, "", "Last-Event-ID", "1.5"));
        HttpResponse<String> post = server.post("/api/events", "{}");
        assertEquals(405, post.statusCode());
        assertEquals("GET, HEAD, OPTIONS", post.headers().firstValue("Allow").orElseThrow());
    }

    @Test
    void head_answersWithoutAStream() throws Exception {
        try (Wire wire = server.wire()) {
            Wire.Reply reply = wire.ask("HEAD", "/api/events");
            assertEquals(200, reply.status());
            assertEquals("text/event-stream", reply.headers().get("content-type"));
            assertEquals(200, wire.ask("GET", "/api/status").status());
        }
    }

    @Test
    void limit_holdsForStreamsOfAllKinds_andMakesRoomWhereNobodyReads() throws Exception {
        server.close();
        server = new ApiServer(ApiServer.streams(3));
        String id = server.submit("{\"type\":\"generate\",\"model\":\"m\",\"prompt\":\"x\",\"metadata\":{\"x\":\""
                + "x".repeat(50_000) + "\"}}");
        List<Wire> deaf = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Wire wire = server.wire();
            deaf.add(wire);
            // one event fills what the kernel takes for a reader
            wire.send("GET", i == 2 ? "/api/tasks/" + id + "/events" : "/api/events");
            assertEquals("HTTP/1.1 200 OK", wire.line());
        }
        HttpResponse<String> refused = server.get("/api/events");
        assertEquals(503, refused.statusCode());
        assertEquals("already 3 event streams are open, which is the limit", ApiServer.error(refused));
        for (int i = 0; i < 200; i++) {
            server.post("/api/tasks/" + id + "/priority", "{\"priority\":" + i + "}");
        }
        Await.until("a reader that takes nothing for four pings makes room",
                () -> server.ask("HEAD", "/api/events", null).statusCode() != 503);
        for (Wire wire : deaf) {
            wire.close();
        }
    }

    @Test
    void limit_holdsForReadersThatComeAllAtOnce() throws Exception {
        server.close();
        // none of them misses its pings, however long the machine takes
        server = new ApiServer(ApiServer.streams(3), TestTokens.none(), Duration.ofHours(1));
        List<Wire> readers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            readers.add(server.wire().raw("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r"));
        }
        for (Wire reader : readers) {
            reader.raw("\n");
        }
        int admitted = 0;
        for (Wire reader : readers) {
            admitted += reader.line().equals("HTTP/1.1 200 OK") ? 1 : 0;
        }
        assertEquals(3, admitted);
        for (Wire reader : readers) {
            reader.close();
        }
    }

    @Test
    void stop_tellsReadersAndEndsTheirStreamsWell() throws Exception {
        try (EventReader reader = reader("?since=0")) {
            server.submit(HELLO);
            assertEquals("submitted", reader.next().what());
            server.close();
            Told last = reader.next();
            assertEquals("dropped", last.event());
            assertEquals("{\"seq\":1,\"event\":\"dropped\",\"reason\":\"the server is stopping\"}",
                    last.json());
            assertNull(reader.next());
        }
    }

    private EventReader reader(String query, String... headers) throws IOException {
        return new EventReader("http://127.0.0.1:" + server.port() + "/api/events" + query, headers);
    }

    /// The numbers of the first events of a stream.
    private List<Long> first(int count, String query, String... headers) throws IOException {
        List<Long> seqs = new ArrayList<>();
        try (EventReader reader = reader(query, headers)) {
            for (int i = 0; i < count; i++) {
                Told told = reader.next();
                assertEquals(Long.toString(told.seq()), told.id());
                seqs.add(told.seq());
            }
        }
        return seqs;
    }

    private String refused(int status, String query, String... headers) {
        HttpResponse<String> answer = server.get("/api/events" + query, headers);
        assertEquals(status, answer.statusCode(), answer::body);
        return ApiServer.error(answer);
    }
}
