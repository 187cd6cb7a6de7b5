package server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static server.api.ApiServer.error;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import server.http.Wire;
import server.order.LoadedOffers;
import server.queue.Run;
import server.task.TaskId;
import shared.json.Json;

final class ListApiTest {

    /// Submitted in this order: the id of each.
    private final List<String> ids = new ArrayList<>();
    private ApiServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ApiServer(ApiServer.limits(10_000, 1_000_000, 10_000));
        task("generate", "a", 1, "Zero sheep");
        task("chat", "b", 5, "One wolf");
        task("embed", "b:7b", 10, "Two sheep");
        task("generate", "a,c", 5, "Three");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void task(String type, String model, int priority, String prompt) {
        String field = type.equals("embed") ? "input" : "prompt";
        ids.add(server.submit("{\"type\":\"" + type + "\",\"model\":\"" + model + "\",\"priority\":" + priority + ",\""
                + field + "\":\"" + prompt + "\"}"));
    }

    @Test
    void list_empty_isAnEmptyArray() throws IOException {
        try (ApiServer empty = new ApiServer()) {
            HttpResponse<String> response = empty.get("/api/tasks");
            assertEquals("[]", response.body());
            assertEquals("0", response.headers().firstValue("X-Total-Count").orElseThrow());
            assertEquals("", empty.get("/api/tasks", "Accept", "application/x-ndjson").body());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"|3210", "?order=asc|0123", "?type=chat|1", "?type=chat,embed|21",
            "?type=chat&type=embed|21", "?priority=5|31", "?priority=normal,critical|31", "?priority=high|2",
            "?status=pending|3210", "?status=running,failed|", "?model=b|1", "?model=b:latest|1", "?model=b:7b|2",
            "?model=b%3A7b|2",
            "?q=sheep|20", "?q=SHEEP&type=embed|2", "?q=one+wolf|1", "?q=nothing|", "?sort=priority|2310",
            "?sort=priority&order=asc|0312", "?limit=2|32", "?limit=2&offset=1|21", "?offset=9|", "?status=&type=|3210",
            "?status=pending,failed&state=ready|3210", "?status=failed&state=ready|",
            "?status=failed&sort=next|", "?sort=model&order=asc&limit=1|0"})
    void list_filtersAndOrder(String query, String expected) {
        HttpResponse<String> response = server.get("/api/tasks" + (query == null ? "" : query));
        assertEquals(200, response.statusCode(), response.body());
        StringBuilder found = new StringBuilder();
        for (Json task : ApiServer.array(response).values()) {
            found.append(ids.indexOf(((Json.Obj) task).text("id")));
        }
        assertEquals(expected == null ? "" : expected, found.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"?client=me|5,4", "?client=me,you|6,5,4", "?client=nobody|",
            "?relayed=true|6,5", "?relayed=false|4,3,2,1,0", "?client=me&relayed=true|5",
            "?client=me&relayed=false&limit=1|4", "?cut=true|3", "?cut=false&client=me|5,4"})
    void list_ofClients_andOfCalls(String query, String expected) {
        for (Run run = server.queue.runs().startNext(LoadedOffers.at("h")); run != null;
                run = server.queue.runs().startNext(LoadedOffers.at("h"))) {
            String reason = run.task().name().equals(ids.get(3)) ? "length" : "stop";
            server.complete(run, "{\"response\":\"\",\"done_reason\":\"" + reason + "\"}");
        }
        ids.add(server.submit("{\"type\":\"chat\",\"prompt\":\"Four\",\"client\":\"me\"}"));
        ids.add(server.call("me"));
        ids.add(server.call("you"));
        HttpResponse<String> response = server.get("/api/tasks" + query);
        List<String> found = ApiServer.array(response).values().stream()
                .map(task -> "" + ids.indexOf(((Json.Obj) task).text("id"))).toList();
        assertEquals(expected == null ? "" : expected, String.join(",", found));
        String first = query.contains("limit") ? "1" : "" + found.size();
        assertEquals(first, response.headers().firstValue("X-Total-Count").orElseThrow());
    }

    /// As curl sends what is written over several lines, and as OpenAI's hosts answer.
    @Test
    void list_ndjson_hasALineForEachCall_whateverLineEndsItsBodyAndItsAnswerHave() {
        server.call("me", "{\n \"model\": \"m\",\n \"messages\": [\r\n {\"role\": \"user\"}\n ]\n}\n");
        for (Run run = server.queue.runs().startNext(LoadedOffers.at("h")); run != null;
                run = server.queue.runs().startNext(LoadedOffers.at("h"))) {
            server.complete(run, "{\n \"choices\": [\n ]\n}\n");
        }
        HttpResponse<String> lines = server.get("/api/tasks?full=true", "Accept", "application/x-ndjson");
        assertEquals(5, lines.body().lines().map(Json::parse).count(), lines.body());
    }

    /// The first runs on h and fails, the second is completed there, the third fails on another host.
    private void ends() {
        server.queue.runs().fail(server.queue.runs().startNext(LoadedOffers.at("h")), "model 'b:7b' needs 9 GiB", null);
        server.complete(server.queue.runs().startNext(LoadedOffers.at("h")), "{\"response\":\"A Fox\"}");
        server.queue.runs().fail(server.queue.runs().startNext(LoadedOffers.at("gpu-2")), "model 'x' needs 12 GiB",
                null);
        ids.add(server.submit("{\"type\":\"chat\",\"prompt\":\"Four\",\"client\":\"Erna\","
                + "\"metadata\":{\"t\":[42.5,\"Ox\"]}}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"?q=fox|1", "?q=GPU-2|3", "?q=needs+9|2", "?q=erna|4", "?q=42.5|4", "?q=ox|41",
            "?host=h|21", "?host=h&status=failed|2", "?host=h,gpu-2|321", "?since=1h|43210", "?until=1h|",
            "?ended_since=1h|321", "?ended_since=1h&type=embed|2", "?ended_until=2026-01-01T00:00:00Z|",
            "?since=2026-01-01T00:00:00Z&until=2226-01-01T00:00:00%2B01:00&order=asc|01234",
            "?cause=CAUSE|32", "?cause=CAUSE&host=gpu-2|3", "?cause=CAUSE&status=completed|", "?cause=000000000000|",
            "?cause=CAUSE&sort=created_at&limit=1|3", "?cause=CAUSE&q=needs+12|3", "?status=failed&sort=model|32"})
    void list_ofHosts_timesAndCauses_andSearchInAnswers(String query, String expected) {
        ends();
        Json first = ApiServer.array(server.get("/api/tasks/causes")).values().getFirst();
        String cause = ((Json.Obj) first).text("cause_id");
        HttpResponse<String> response = server.get("/api/tasks" + query.replace("CAUSE", cause));
        assertEquals(200, response.statusCode(), response.body());
        StringBuilder found = new StringBuilder();
        for (Json task : ApiServer.array(response).values()) {
            found.append(ids.indexOf(((Json.Obj) task).text("id")));
        }
        assertEquals(expected == null ? "" : expected, found.toString());
    }

    @Test
    void causes_groupFailures_mostFirst_withTheLast() {
        ends();
        HttpResponse<String> response = server.get("/api/tasks/causes");
        assertEquals("2", response.headers().firstValue("X-Total-Count").orElseThrow());
        List<Json> causes = ApiServer.array(response).values();
        assertEquals(2, causes.size());
        Json.Obj last = (Json.Obj) causes.getFirst();
        assertEquals("model … needs … GiB", last.text("cause"));
        assertEquals("a,c", last.text("model"));
        assertEquals("gpu-2", last.text("host"));
        assertEquals(1, last.integer("tasks", 0));
        assertEquals(last.text("last_at"), last.text("first_at"));
        // one in 24 hours, by whatever second the hour is cut
        assertTrue(last.get("hours").text().matches("\\[(0,){22}(0,1|1,0)\\]"), last.get("hours").text());
        assertEquals(ids.get(3), last.text("last"));
        assertEquals("model 'x' needs 12 GiB", last.text("example"));
        assertEquals(last.text("cause_id"), ((Json.Obj) causes.getLast()).text("cause_id"));
        assertEquals(1, ApiServer.array(server.get("/api/tasks/causes?limit=1")).values().size());
        assertEquals(1, ApiServer.array(server.get("/api/tasks/causes?host=h&ended_since=1h")).values().size());
        assertEquals(0, ApiServer.array(server.get("/api/tasks/causes?status=completed")).values().size());
        assertEquals(400, server.get("/api/tasks/causes?limit=6").statusCode());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"since=soon|before now",
            "ended_until=2026-13-01T00:00:00Z|ended_until must be",
            "cause=x|GET /api/tasks/causes", "relayed=maybe|true or false", "cut=maybe|true or false",
            "status=done|status must be",
            "type=x|type must be", "priority=x|priority must",
            "limit=0|1 to 5", "limit=6|1 to 5", "limit=-1|limit", "limit=x|limit", "offset=-1|offset",
            "sort=crated_at|did you mean", "sort=x|created_at, priority", "order=up|asc, desc",
            "full=maybe|true or false",
            "limt=1|did you mean limit", "stauts=failed|did you mean status", "limit=1&limit=2|twice",
            "offset=1&after=x|not both", "q=%ff|UTF-8"})
    void list_badQuery_is400ThatNamesIt(String query, String message) {
        HttpResponse<String> response = server.get("/api/tasks?" + query);
        assertEquals(400, response.statusCode());
        assertTrue(error(response).contains(message), response.body());
    }

    @Test
    void list_followingTheLinks_getsEachOnce() {
        StringBuilder found = new StringBuilder();
        String path = "/api/tasks?limit=1&type=generate,chat,embed&model=a,b";
        for (int page = 0; path != null; page++) {
            assertTrue(page < 5);
            HttpResponse<String> response = server.get(path);
            for (Json task : ApiServer.array(response).values()) {
                found.append(ids.indexOf(((Json.Obj) task).text("id")));
            }
            if (page == 0) {
                server.submit("{\"type\":\"chat\",\"model\":\"b\",\"prompt\":\"new\"}");
            }
            String link = response.headers().firstValue("Link").orElse(null);
            path = link == null ? null : link.substring(1, link.indexOf('>'));
        }
        assertEquals("10", found.toString());
    }

    /// As programs that list tasks in order to delete them.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"|3210", "&order=asc|0123", "&sort=priority|2310",
            "&sort=model&order=asc|0312", "&sort=status|3210", "&sort=next|2130"})
    void list_goesOnBehindTasksThatAreDeleted(String query, String expected) {
        StringBuilder found = new StringBuilder();
        String path = "/api/tasks?limit=2" + (query == null ? "" : query);
        while (path != null) {
            HttpResponse<String> response = server.get(path);
            assertEquals(200, response.statusCode(), response.body());
            for (Json task : ApiServer.array(response).values()) {
                String id = ((Json.Obj) task).text("id");
                found.append(ids.indexOf(id));
                server.queue.cancel(TaskId.parse(id), null);
                server.queue.delete(TaskId.parse(id));
            }
            String link = response.headers().firstValue("Link").orElse(null);
            path = link == null ? null : link.substring(1, link.indexOf('>'));
        }
        assertEquals(expected, found.toString());
        assertEquals(404, server.get("/api/tasks?after=task_000000000000").statusCode());
    }

    /// Such a list is made a thousand at a time, and the last of them may be gone before the next are looked for.
    @ParameterizedTest
    @ValueSource(strings = {"asc", "desc"})
    void list_ofManyTasks_whoseReaderIsSlow_goesOnBehindOneThatIsDeleted(String order) throws IOException {
        try (ApiServer large = new ApiServer()) {
            String task = "{\"type\":\"generate\",\"prompt\":\"" + "x".repeat(10_000) + "\"}";
            List<String> all = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                HttpResponse<String> batch = large.post("/api/tasks/batch",
                        "[" + String.join(",", Collections.nCopies(700, task)) + "]");
                ((Json.Arr) ApiServer.json(batch).get("ids")).values().forEach(id -> all.add(((Json.Str) id).value()));
            }
            URLConnection connection = URI.create("http://127.0.0.1:" + large.port()
                    + "/api/tasks?limit=0&full=true&order=" + order).toURL().openConnection();
            connection.setRequestProperty("Accept", "application/x-ndjson");
            try (InputStream list = connection.getInputStream()) {
                assertEquals('{', list.read());
                long last = TaskId.parse(all.get(order.equals("asc") ? 999 : 1_100));
                large.queue.cancel(last, null);
                large.queue.delete(last);
                long lines = new String(list.readAllBytes(), StandardCharsets.US_ASCII).lines().count();
                assertTrue(lines >= 2_099, "only " + lines + " of 2100");
            }
        }
    }

    @Test
    void list_summary_hasPreviewInsteadOfPayloadAndResult() {
        Json.Obj summary = (Json.Obj) ApiServer.array(server.get("/api/tasks?limit=1")).values().getFirst();
        assertEquals("Three", summary.text("preview"));
        assertFalse(summary.members().containsKey("payload"));
        assertFalse(summary.members().containsKey("result"));
        Json.Obj full = (Json.Obj) ApiServer.array(server.get("/api/tasks?limit=1&full=true")).values().getFirst();
        assertNull(full.text("preview"));
        assertEquals("Three", ((Json.Obj) full.get("payload")).text("prompt"));
    }

    @Test
    void list_ndjson_aTaskOnEachLine_withoutLimit() {
        String batch = (ApiServer.HELLO + "\n").repeat(2_500);
        assertEquals(201, server.post("/api/tasks/batch", batch).statusCode());
        HttpResponse<String> all = server.get("/api/tasks?limit=0&order=asc", "Accept", "application/x-ndjson");
        assertEquals("application/x-ndjson", all.headers().firstValue("Content-Type").orElseThrow());
        assertEquals("2504", all.headers().firstValue("X-Total-Count").orElseThrow());
        List<String> lines = all.body().lines().toList();
        assertEquals(2_504, lines.size());
        assertEquals(2_504, lines.stream().map(line -> ((Json.Obj) Json.parse(line)).text("id")).distinct().count());
        assertEquals(ids.get(1), ((Json.Obj) Json.parse(lines.get(1))).text("id"));
        assertEquals(100, lines("/api/tasks", "text/x, application/x-ndjson;q=0.9"));
        assertEquals(2_100, lines("/api/tasks?limit=2100", "application/x-ndjson"));
    }

    private long lines(String path, String accept) {
        return server.get(path, "Accept", accept).body().lines().count();
    }

    @Test
    void list_head_tellsTheTotal() throws IOException {
        try (Wire wire = server.wire()) {
            assertEquals("4", wire.ask("HEAD", "/api/tasks").headers().get("x-total-count"));
            assertEquals("GET, HEAD, POST, OPTIONS".length(),
                    wire.ask("DELETE", "/api/tasks").headers().get("allow").length());
        }
    }
}
