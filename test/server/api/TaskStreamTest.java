package server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static server.api.ApiServer.HELLO;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import server.http.Wire;
import server.live.AnswerBuffer;
import server.live.Answers;
import server.queue.Run;
import shared.json.Json;

final class TaskStreamTest {

    /// One event of a stream. `data` is null at the end of the stream.
    private record Told(String event, String id, Json.Obj data) {

        String what() {
            return data.text("what");
        }
    }

    /// Reads a stream event by event.
    private final class Reader implements AutoCloseable {

        private final HttpResponse<InputStream> response;
        private final BufferedReader lines;
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder thinking = new StringBuilder();
        private int pings;

        Reader(String id, String... headers) throws IOException, InterruptedException {
            response = server.client().send(server.request("GET", "/api/tasks/" + id + "/events", null, headers),
                    BodyHandlers.ofInputStream());
            lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        }

        /// The next event.
        Told next() throws IOException {
            String event = null;
            String id = null;
            Json.Obj data = null;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(":")) {
                    pings++;
                } else if (line.startsWith("event: ")) {
                    event = line.substring(7);
                } else if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    data = (Json.Obj) Json.parse(line.substring(6));
                } else if (line.isEmpty() && data != null) {
                    Told told = new Told(event, id, data);
                    text.append(told.data().text("text") == null ? "" : told.data().text("text"));
                    thinking.append(told.data().text("thinking") == null ? "" : told.data().text("thinking"));
                    return told;
                }
            }
            return new Told(null, null, null);
        }

        /// Reads until so much text has come.
        Told textUntil(String expected) throws IOException {
            Told last = null;
            while (text.length() < expected.length()) {
                last = next();
                assertEquals("chunk", last.event());
            }
            assertEquals(expected, text.toString());
            return last;
        }

        void events(String... whats) throws IOException {
            for (String what : whats) {
                Told told = next();
                assertEquals("task", told.event(), () -> told.toString());
                assertEquals(what, told.what());
                assertNull(told.id());
            }
        }

        void end() throws IOException {
            assertNull(next().event());
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }

    private ApiServer server;

    @BeforeEach
    void start() throws IOException {
        // three streams, a ping every 100 ms
        server = new ApiServer(ApiServer.limits(1_000_000, 1_000_000, 10));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void stream_wholeLife_eventsAndPiecesInOrder() throws Exception {
        String id = server.submit(HELLO);
        try (Reader reader = new Reader(id)) {
            assertEquals("text/event-stream", reader.response.headers().firstValue("Content-Type").orElseThrow());
            Told submitted = reader.next();
            assertEquals("submitted", submitted.what());
            assertEquals("Hello", ((Json.Obj) submitted.data().get("task")).text("preview"));
            Run run = server.start();
            reader.events("started");
            AnswerBuffer answer = server.answer(run);
            answer.thinking("hm");
            Told thought = reader.next();
            assertEquals("hm", thought.data().text("thinking"));
            assertEquals("1.2", thought.id());
            assertEquals(0, thought.data().integer("offset", -1));
            answer.text("Hä");
            Told piece = reader.next();
            assertEquals("chunk", piece.event());
            assertEquals("Hä", piece.data().text("text"));
            assertEquals("1.5", piece.id());
            assertEquals(2, piece.data().integer("offset", -1));
            assertEquals(1, piece.data().integer("attempt", -1));
            answer.text("llo");
            server.complete(run, "{\"message\":{\"content\":\"Hällo\",\"thinking\":\"hm\"}}");
            reader.textUntil("Hällo");
            reader.events("completed");
            reader.end();
            assertEquals("hm", reader.thinking.toString());
        }
    }

    @Test
    void stream_lateReaders_getAllSoFar() throws Exception {
        String id = server.submit(HELLO);
        Run run = server.start();
        AnswerBuffer answer = server.answer(run);
        answer.text("one ");
        try (Reader first = new Reader(id)) {
            first.events("submitted", "started");
            first.textUntil("one ");
            answer.text("two ");
            first.textUntil("one two ");
            try (Reader second = new Reader(id)) {
                second.events("submitted", "started");
                second.textUntil("one two ");
                answer.text("three");
                server.complete(run, "{\"response\":\"one two three\"}");
                for (Reader reader : List.of(first, second)) {
                    reader.textUntil("one two three");
                    reader.events("completed");
                    reader.end();
                }
            }
        }
    }

    @Test
    void stream_endedTask_isMadeFromItsResult() throws Exception {
        String id = server.submit(HELLO);
        String text = "ä".repeat(100_000);
        server.complete(server.start(), "{\"thinking\":\"so\",\"response\":\"" + text + "\"}");
        try (Reader reader = new Reader(id)) {
            reader.events("submitted", "started");
            assertEquals("so", reader.next().data().text("thinking"));
            Told last = reader.textUntil(text);
            assertEquals("1.200002", last.id());
            reader.events("completed");
            reader.end();
        }
        try (Reader resumed = new Reader(id, "Last-Event-ID", "1.100003")) {
            resumed.events("submitted", "started");
            // 100003 is inside a character: from its beginning
            resumed.textUntil("ä".repeat(50_000));
            resumed.events("completed");
            resumed.end();
        }
        try (Reader resumed = new Reader(id, "Last-Event-ID", "1.200002")) {
            resumed.events("submitted", "started", "completed");
            resumed.end();
        }
    }

    @Test
    void stream_resumedWhileRunning_getsOnlyWhatFollows() throws Exception {
        String id = server.submit(HELLO);
        Run run = server.start();
        AnswerBuffer answer = server.answer(run);
        answer.text("0123456789");
        try (Reader resumed = new Reader(id, "Last-Event-ID", "1.7")) {
            resumed.events("submitted", "started");
            Told piece = resumed.next();
            assertEquals("789", piece.data().text("text"));
            assertEquals(7, piece.data().integer("offset", -1));
        }
        for (String lost : List.of("1.99", "7.1")) {
            try (Reader other = new Reader(id, "Last-Event-ID", lost)) {
                other.events("submitted", "started");
                other.textUntil("0123456789");
            }
        }
    }

    @Test
    void stream_secondAttempt_beginsAnewAfterItsEvents() throws Exception {
        String id = server.submit(HELLO);
        Run first = server.start();
        AnswerBuffer answer = server.answer(first);
        answer.text("begun");
        try (Reader reader = new Reader(id)) {
            reader.events("submitted", "started");
            reader.textUntil("begun");
            answer.text(" and");
            server.putBack(first, "connection lost");
            assertEquals(" and", reader.next().data().text("text"));
            reader.events("retrying");
            Run second = server.start();
            reader.events("started");
            server.answer(second).text("anew");
            Told piece = reader.next();
            assertEquals(2, piece.data().integer("attempt", -1));
            assertEquals(0, piece.data().integer("offset", -1));
            assertEquals("2.4", piece.id());
            server.fail(second, "no");
            reader.events("failed");
            reader.end();
        }
    }

    @Test
    void stream_cancelledWhileRunning_ends() throws Exception {
        String id = server.submit(HELLO);
        Run run = server.start();
        server.answer(run).text("half");
        try (Reader reader = new Reader(id)) {
            reader.events("submitted", "started");
            reader.textUntil("half");
            server.post("/api/tasks/" + id + "/priority", "{\"priority\":9}");
            reader.events("priority");
            server.post("/api/tasks/" + id + "/cancel", null);
            reader.events("cancelled");
            reader.end();
        }
    }

    @Test
    void stream_answerBeyondTheBuffer_endsWithTheResult() throws Exception {
        String id = server.submit(HELLO);
        Run run = server.start();
        AnswerBuffer answer = server.answer(run);
        String all = "0123456789abcdef".repeat(Answers.TASK_MAX / 16) + "and more";
        try (Reader reader = new Reader(id)) {
            reader.events("submitted", "started");
            for (int i = 0; i < all.length(); i += 100_000) {
                answer.text(all.substring(i, Math.min(all.length(), i + 100_000)));
            }
            server.complete(run, "{\"response\":\"" + all + "\"}");
            reader.textUntil(all);
            reader.events("completed");
            reader.end();
        }
    }

    @Test
    void stream_readerThatNeverReads_holdsUpNobody() throws Exception {
        String id = server.submit(HELLO);
        Run run = server.start();
        AnswerBuffer answer = server.answer(run);
        try (Wire idle = server.wire(); Reader reader = new Reader(id)) {
            idle.send("GET", "/api/tasks/" + id + "/events");
            reader.events("submitted", "started");
            String piece = "x".repeat(10_000);
            for (int i = 0; i < 410; i++) {
                answer.text(piece);
            }
            server.complete(run, "{\"response\":\"" + piece.repeat(410) + "\"}");
            reader.textUntil(piece.repeat(410));
            reader.events("completed");
            reader.end();
            assertEquals(200, server.get("/api/tasks/" + id).statusCode());
        }
    }

    @Test
    void stream_idle_getsPings_andAVanishedClientIsNoticed() throws Exception {
        String id = server.submit(HELLO);
        for (int i = 0; i < 5; i++) {
            // only three streams may be open at a time: each must be noticed to be gone
            try (Reader reader = open(id)) {
                reader.events("submitted");
                assertTrue(reader.lines.readLine().startsWith(": ping"));
            }
        }
    }

    @Test
    void stream_readersThatNeverRead_giveWayWhereRoomIsNeeded() throws Exception {
        String id = server.submit(HELLO);
        AnswerBuffer answer = server.answer(server.start());
        for (int i = 0; i < 420; i++) {
            answer.text("x".repeat(10_000));
        }
        try (Wire one = server.wire(); Wire two = server.wire(); Wire three = server.wire()) {
            for (Wire wire : List.of(one, two, three)) {
                wire.send("GET", "/api/tasks/" + id + "/events");
                assertEquals("HTTP/1.1 200 OK", wire.line());
            }
            try (Reader reader = open(id)) {
                reader.events("submitted", "started");
            }
        }
    }

    /// Opens a stream as soon as there is room for one.
    private Reader open(String id) throws Exception {
        for (int i = 0; i < 100_000; i++) {
            Reader reader = new Reader(id);
            if (reader.response.statusCode() == 200) {
                return reader;
            }
            assertEquals(503, reader.response.statusCode());
            reader.close();
        }
        throw new AssertionError("a client that vanished was not noticed");
    }

    @Test
    void stream_moreThanTheLimit_is503() throws Exception {
        String id = server.submit(HELLO);
        try (Reader one = new Reader(id); Reader two = new Reader(id); Reader three = new Reader(id)) {
            for (Reader reader : List.of(one, two, three)) {
                reader.events("submitted");
            }
            HttpResponse<String> fourth = server.get("/api/tasks/" + id + "/events");
            assertEquals(503, fourth.statusCode());
            assertTrue(fourth.headers().firstValue("Retry-After").isPresent());
        }
    }

    @Test
    void stream_syncHeldBack_tellsNothingOfTheEnd() throws Exception {
        String id = server.submit(HELLO);
        Run run = server.start();
        try (Reader reader = new Reader(id); ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
            reader.events("submitted", "started");
            server.answer(run).text("Hi");
            reader.textUntil("Hi");
            server.storage.holdSync();
            server.complete(run, "{\"response\":\"Hi\"}");
            server.storage.awaitHeldSync();
            Future<Told> next = other.submit(reader::next);
            int before = reader.pings;
            while (reader.pings < before + 2) {
                assertFalse(next.isDone());
                Thread.onSpinWait();
            }
            server.storage.releaseSync();
            assertEquals("completed", next.get().what());
        }
    }

    @Test
    void stream_badLastEventId_is400() {
        String id = server.submit(HELLO);
        for (String bad : List.of("x", "1", "1.", ".1", "1.x", "-1.2", "1.-2", "1.99999999999")) {
            assertEquals(400, server.get("/api/tasks/" + id + "/events", "Last-Event-ID", bad).statusCode(), bad);
        }
    }

    @Test
    void stream_retriedTask_hasItsWholeStory() throws Exception {
        String id = server.submit(HELLO);
        server.fail(server.start(), "no");
        server.post("/api/tasks/" + id + "/retry", null);
        Run run = server.start();
        try (Reader reader = new Reader(id)) {
            reader.events("submitted", "started", "failed", "retried", "started");
            server.answer(run).text("ok");
            reader.textUntil("ok");
            server.complete(run, "{\"response\":\"ok\"}");
            reader.events("completed");
            reader.end();
        }
        List<String> whats = new ArrayList<>();
        try (Reader reader = new Reader(id)) {
            for (Told told = reader.next(); told.event() != null; told = reader.next()) {
                whats.add(told.event().equals("chunk") ? told.data().text("text") : told.what());
            }
        }
        assertEquals(List.of("submitted", "started", "failed", "retried", "started", "ok", "completed"), whats);
    }
}
