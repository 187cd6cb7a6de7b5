package server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import server.live.AnswerBuffer;
import server.live.Subscription;
import server.queue.Run;
import server.websocket.Frames;
import server.websocket.RawClient;
import server.websocket.WebSocketOptions;
import server.websocket.WebSocketServer;
import shared.json.Json;
import support.Await;

/// The live messages, over a socket, of a real queue; the test plays the dispatcher.
final class LiveDialogueTest {

    private ApiServer http;
    private WebSocketServer sockets;

    @BeforeEach
    void start() throws IOException {
        http = new ApiServer();
        sockets = WebSocketServer.start(new WebSocketOptions(WebSocketOptions.FREE, 8 << 10, Duration.ofMinutes(1), 100,
                50, 16 << 10, Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(2),
                Duration.ofSeconds(3)), null, http.web.guard(), http.web.address(), http.api::dialogue, status -> { });
    }

    @AfterEach
    void stop() {
        sockets.close();
        http.close();
    }

    private LiveClient open(String query) throws IOException {
        return new LiveClient(sockets.port(), query);
    }

    /// Connected, with the snapshot behind it.
    private LiveClient open() throws IOException {
        LiveClient client = open("");
        client.next("snapshot");
        return client;
    }

    private String submit() {
        return http.submit(ApiServer.HELLO);
    }

    // ---- events

    @Test
    void snapshot_comesFirstAndThenEveryEventAfterIt() throws IOException {
        String id = submit();
        try (LiveClient client = open("")) {
            Json.Obj snapshot = client.next();
            assertEquals("snapshot", snapshot.text("event"));
            assertEquals(1, snapshot.integer("seq", -1));
            Json.Obj stats = (Json.Obj) snapshot.get("stats");
            assertEquals(1, stats.integer("pending_tasks", -1));
            assertEquals(1, stats.integer("last_seq", -1));
            Json.Obj task = (Json.Obj) ((Json.Arr) snapshot.get("tasks")).values().getFirst();
            assertEquals(id, task.text("id"));
            assertEquals("Hello", task.text("preview"));
            submit();
            http.start();
            assertEquals("submitted 2", client.shown());
            Json.Obj started = client.next();
            assertEquals("started 3", LiveClient.shown(started));
            assertEquals("running", ((Json.Obj) started.get("task")).text("status"));
        }
    }

    @Test
    void snapshot_hasTheNewestHundred() throws IOException {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 103; i++) {
            ids.addFirst(submit());
        }
        try (LiveClient client = open("")) {
            List<String> shown = ((Json.Arr) client.next().get("tasks")).values().stream()
                    .map(task -> ((Json.Obj) task).text("id")).toList();
            assertEquals(ids.subList(0, 100), shown);
        }
    }

    /// Whatever happens while clients connect: snapshot and events together have each change once.
    @Test
    void snapshot_takenWhileMuchHappens_missesNothingAndRepeatsNothing() throws Exception {
        Thread busy = Thread.ofVirtual().start(() -> {
            for (int i = 0; i < 300; i++) {
                submit();
            }
        });
        for (int i = 0; i < 15; i++) {
            try (LiveClient client = open("")) {
                long seq = client.next().integer("seq", -1);
                for (int more = 0; more < 10 && seq < 300; more++) {
                    assertEquals(++seq, client.next().integer("seq", -1));
                }
            }
        }
        assertTrue(busy.join(Duration.ofSeconds(20)));
    }

    @Test
    void since_inTheQueryOrAMessage_sendsWhatFollowsAndNoSnapshot() throws IOException {
        for (int i = 0; i < 5; i++) {
            submit();
        }
        try (LiveClient client = open("?since=3")) {
            assertEquals("submitted 4", client.shown());
            assertEquals("submitted 5", client.shown());
            client.say("{\"since\":4}");
            assertEquals("submitted 5", client.shown());
            submit();
            assertEquals("submitted 6", client.shown());
        }
        try (LiveClient client = open()) {
            client.say("{\"since\":0}");
            for (int i = 1; i <= 6; i++) {
                assertEquals("submitted " + i, client.shown());
            }
        }
    }

    @Test
    void since_anEventThatIsNotThereYet_isReset() throws IOException {
        submit();
        try (LiveClient client = open("?since=99")) {
            Json.Obj reset = client.next();
            assertEquals("reset 1", LiveClient.shown(reset));
            assertEquals(1, reset.integer("oldest", -1));
            submit();
            assertEquals("submitted 2", client.shown());
        }
    }

    @Test
    void since_ofAnEmptyJournal_isReset() throws IOException {
        try (LiveClient client = open("?since=99")) {
            assertEquals("reset 0", LiveClient.shown(client.next()));
        }
        try (LiveClient client = open()) {
            client.say("{\"since\":99}");
            assertEquals("reset 0", LiveClient.shown(client.next()));
        }
    }

    @Test
    void filter_inTheQuery_leavesOutOtherEvents() throws IOException {
        try (LiveClient client = open("?status=completed&type=generate")) {
            client.next("snapshot");
            submit();
            http.complete(http.start(), "{\"response\":\"x\"}");
            assertEquals("completed 3", client.shown());
        }
    }

    @ParameterizedTest
    @CsvSource({"?sinse=3,400", "?since=-1,400", "?since=x,400", "?status=done,400", "?task=zzzzzz,404"})
    void query_thatIsWrong_isRefusedInTheHandshake(String query, int status) {
        IOException refused = assertThrows(IOException.class, () -> open(query));
        assertTrue(refused.getMessage().startsWith("HTTP/1.1 " + status + " "), refused.getMessage());
    }

    // ---- answers

    @Test
    void subscribe_toARunningTask_getsWhatCameAndWhatComes() throws IOException {
        String id = submit();
        Run run = http.start();
        AnswerBuffer answer = http.answer(run);
        answer.thinking("hm ");
        answer.text("ün");
        try (LiveClient client = open()) {
            client.subscribe(id.substring(0, 12));
            Json.Obj subscribed = client.next();
            assertEquals("subscribed running", LiveClient.shown(subscribed));
            assertEquals(id, subscribed.text("task"));
            assertEquals("1.0-3 (hm )", client.shown());
            Json.Obj chunk = client.next();
            assertEquals("1.3-6 ün", LiveClient.shown(chunk));
            assertEquals(id, chunk.text("task"));
            answer.text("o");
            assertEquals("1.6-7 o", client.shown());
            http.complete(run, "{\"response\":\"üno\",\"thinking\":\"hm \"}");
            assertEquals("completed 3", client.shown());
            assertEquals("unsubscribed completed", client.shown());
            submit();
            assertEquals("submitted 4", client.shown());
        }
    }

    @Test
    void subscribe_toAPendingTask_getsAllAttempts() throws IOException {
        String id = submit();
        try (LiveClient client = open()) {
            client.subscribe(id);
            assertEquals("subscribed pending", client.shown());
            Run first = http.start();
            http.answer(first).text("half");
            assertEquals("started 2", client.shown());
            assertEquals("1.0-4 half", client.shown());
            http.putBack(first, "broken off");
            assertEquals("retrying 3", client.shown());
            Run second = http.start();
            http.answer(second).text("whole");
            assertEquals("started 4", client.shown());
            assertEquals("2.0-5 whole", client.shown());
            http.fail(second, "again");
            assertEquals("failed 5", client.shown());
            assertEquals("unsubscribed failed", client.shown());
        }
    }

    @Test
    void subscribe_fromAPlace_getsWhatFollows() throws IOException {
        String id = submit();
        Run run = http.start();
        http.answer(run).text("0123456789");
        try (LiveClient client = open()) {
            client.say("{\"subscribe\":[{\"id\":\"" + id + "\",\"attempt\":1,\"offset\":4}]}");
            assertEquals("subscribed running", client.shown());
            assertEquals("1.4-10 456789", client.shown());
            // a place in another attempt's answer is none in this one's
            client.say("{\"subscribe\":[{\"id\":\"" + id + "\",\"attempt\":2,\"offset\":4}]}");
            assertEquals("subscribed running", client.shown());
            assertEquals("1.0-10 0123456789", client.shown());
        }
    }

    @Test
    void subscribe_toACompletedTask_getsItsResult() throws IOException {
        String id = submit();
        http.complete(http.start(), "{\"thinking\":\"so\",\"response\":\"" + "é".repeat(50_000) + "\"}");
        try (LiveClient client = open()) {
            client.subscribe(id);
            assertEquals("subscribed completed", client.shown());
            assertEquals("1.0-2 (so)", client.shown());
            assertEquals("1.2-65538 " + "é".repeat(32_768), client.shown());
            assertEquals("1.65538-100002 " + "é".repeat(17_232), client.shown());
            assertEquals("unsubscribed completed", client.shown());
            client.say("{\"subscribe\":[{\"id\":\"" + id + "\",\"attempt\":1,\"offset\":100000}]}");
            assertEquals("subscribed completed", client.shown());
            assertEquals("1.100000-100002 é", client.shown());
            assertEquals("unsubscribed completed", client.shown());
        }
    }

    @Test
    void subscribe_toACompletedTaskWhoseResultCannotBeRead_getsAnErrorInPlaceOfAnEmptyAnswer() throws IOException {
        String id = submit();
        http.complete(http.start(), "{\"response\":\"lost\"}");
        try (LiveClient client = open()) {
            // the content of the snapshot is on the disk
            String journal = new String(http.storage.bytes("0000000001.journal"), StandardCharsets.ISO_8859_1);
            int at = journal.indexOf("lost");
            http.storage.failRead("0000000001.journal", at, at + 1);
            client.subscribe(id);
            assertEquals("subscribed completed", client.shown());
            Json.Obj error = client.next();
            assertEquals("error", error.text("event"));
            assertEquals(id, error.text("task"));
            assertTrue(error.text("error").startsWith(id + " cannot be read: "), error.text("error"));
        }
    }

    @Test
    void unsubscribe_endsThePieces() throws IOException {
        String id = submit();
        AnswerBuffer answer = http.answer(http.start());
        try (LiveClient client = open()) {
            client.subscribe(id);
            assertEquals("subscribed running", client.shown());
            answer.text("a");
            assertEquals("1.0-1 a", client.shown());
            client.say("{\"unsubscribe\":[\"" + id + "\"],\"ping\":true}");
            assertEquals("unsubscribed running", client.shown());
            assertEquals("pong 2", client.shown());
            answer.text("b");
            client.say("{\"ping\":true}");
            assertEquals("pong 2", client.shown());
        }
    }

    @Test
    void pieces_ofSeveralTasksAtOnce_areAllWholeBeforeTheirEnds() throws IOException {
        int tasks = 20;
        List<Run> runs = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        try (LiveClient client = open()) {
            for (int i = 0; i < tasks; i++) {
                client.subscribe(submit());
                client.next("subscribed");
                runs.add(http.start());
                texts.add("");
            }
            List<AnswerBuffer> answers = runs.stream().map(http::answer).toList();
            Random random = new Random(5);
            for (int i = 0; i < 2_000; i++) {
                int task = random.nextInt(tasks);
                answers.get(task).text("w" + i + " ");
                texts.set(task, texts.get(task) + "w" + i + " ");
            }
            for (int i = 0; i < tasks; i++) {
                http.complete(runs.get(i), "{\"response\":\"" + texts.get(i) + "\"}");
            }
            Map<String, StringBuilder> heard = new HashMap<>();
            for (int ended = 0; ended < tasks;) {
                Json.Obj message = client.next();
                if (message.text("event").equals("chunk")) {
                    heard.computeIfAbsent(message.text("task"), id -> new StringBuilder())
                            .append(message.text("text"));
                } else if ("completed".equals(message.text("what"))) {
                    String id = ((Json.Obj) message.get("task")).text("id");
                    int at = runs.stream().map(run -> run.task().name()).toList().indexOf(id);
                    assertEquals(texts.get(at), heard.get(id).toString());
                    ended++;
                }
            }
        }
    }

    // ---- what is not understood

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "[1]|a message must be an object, as {\"subscribe\":[\"task_7k3f9q2m4x8z\"]}",
            "{\"subscribed\":[]}|\"subscribed\" is unknown here; did you mean subscribe?",
            "{\"since\":\"5\"}|since must be a whole number from 0 to 9223372036854775807",
            "{\"since\":-1}|since must be a whole number from 0 to 9223372036854775807",
            "{\"subscribe\":\"task_1\"}|subscribe must be an array of ids of tasks",
            "{\"subscribe\":[5]}|an id of a task must be text, as \"task_7k3f9q2m4x8z\"",
            "{\"subscribe\":[{\"id\":\"a\",\"offset\":1.5}]}|offset must be a whole number from 0 to 2147483647",
            "{\"subscribe\":[{\"id\":\"a\",\"from\":1}]}|\"from\" is unknown here",
            "{\"subscribe\":[{\"attempt\":1}]}|an id of a task must be text, as \"task_7k3f9q2m4x8z\"",
            "{\"ping\":1}|ping must be true"})
    void message_thatIsWrong_getsAnErrorAndTheConnectionStays(String message, String error) throws IOException {
        try (LiveClient client = open()) {
            client.say(message);
            assertEquals("error " + error, client.shown());
            client.say("{\"ping\":true}");
            assertEquals("pong 0", client.shown());
        }
    }

    @Test
    void message_thatIsNotJson_getsAnErrorWithItsPlace() throws IOException {
        try (LiveClient client = open()) {
            client.say("{\"since\":}");
            assertEquals("error expected a value, found '}' (line 1, column 10, at since)", client.shown());
        }
    }

    @Test
    void subscribe_toNoTask_getsAnErrorAndTheOthersAreSubscribed() throws IOException {
        String id = submit();
        try (LiveClient client = open()) {
            client.subscribe("task_zzzzzzzzzzzz", id);
            assertTrue(client.shown().startsWith("error "));
            assertEquals("subscribed pending", client.shown());
        }
    }

    @Test
    void subscribe_toMoreThanTheLimit_getsAnError() throws IOException {
        try (LiveClient client = open()) {
            for (int i = 0; i < Subscription.FOLLOWED_MAX; i++) {
                client.subscribe(submit());
                client.next("subscribed");
            }
            client.subscribe(submit());
            assertEquals("error already 100 answers are subscribed to, which is the limit; unsubscribe from some",
                    LiveClient.shown(client.next("error")));
        }
    }

    @Test
    void binaryMessage_closesWith1003() throws IOException {
        try (LiveClient client = open()) {
            client.raw().send(Frames.frame(0x82, Frames.utf8("{}")));
            assertEquals("88 1003 messages are text, not binary", client.raw().shown());
        }
    }

    @Test
    void message_longerThanTheLimit_closesWith1009() throws IOException {
        try (LiveClient client = open()) {
            client.say("{\"subscribe\":[\"" + "x".repeat(16 << 10) + "\"]}");
            assertTrue(client.raw().shown().startsWith("88 1009 "));
        }
    }

    // ---- slow clients

    @Test
    void client_thatNeverReads_isDroppedAndTheOthersMissNothing() throws Exception {
        try (LiveClient deaf = open(); LiveClient other = open()) {
            deaf.say("{\"since\":0}");
            String batch = "[" + (ApiServer.HELLO + ",").repeat(499) + ApiServer.HELLO + "]";
            long seq = 0;
            for (int i = 0; i < 40 && RawClient.open(sockets) == 2; i++) {
                // read meanwhile: a client that does not read for two seconds is dropped
                Thread posting = Thread.ofVirtual().start(() -> http.post("/api/tasks/batch", batch));
                for (int k = 0; k < 500; k++) {
                    assertEquals(++seq, other.next().integer("seq", -1));
                }
                posting.join();
            }
            Await.until("the deaf one is dropped", () -> RawClient.open(sockets) == 1);
            try (LiveClient again = open("?since=" + (seq - 1))) {
                assertEquals("submitted " + seq, again.shown());
            }
        }
    }

    @Test
    void client_thatIsTooSlow_isToldSoAndResumesWithoutALoss() throws IOException {
        try (WebSocketServer patient = WebSocketServer.start(WebSocketOptions.DEFAULT, null,
                http.web.guard(), http.web.address(), http.api::dialogue, status -> { })) {
            long seq = 0;
            try (LiveClient slow = new LiveClient(patient.port(), "?since=0")) {
                String batch = "[" + (ApiServer.HELLO + ",").repeat(999) + ApiServer.HELLO + "]";
                for (int i = 0; i < 10; i++) {
                    http.post("/api/tasks/batch", batch);
                }
                RawClient.Frame frame = slow.raw().next();
                for (; frame.first() == 0x81; frame = slow.raw().next()) {
                    assertEquals(++seq, ((Json.Obj) Json.parse(frame.payload())).integer("seq", -1));
                }
                assertTrue(frame.shown().startsWith("88 1013 too slow: "), frame.shown());
            }
            assertTrue(seq < 10_000, "it was to be dropped before the end");
            try (LiveClient again = new LiveClient(patient.port(), "?since=" + seq)) {
                while (seq < 10_000) {
                    assertEquals(++seq, again.next().integer("seq", -1));
                }
            }
        }
    }
}
