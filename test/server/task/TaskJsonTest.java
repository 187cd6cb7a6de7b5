package server.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

import shared.TaskFields;
import shared.TaskType;
import shared.json.Json;
import shared.json.JsonWriter;
import shared.json.Slice;

class TaskJsonTest {

    private static final long ID = TaskId.parse("task_7k3f9q2m4x8z");
    private static final long T = Times.parse("t", "2026-01-02T03:04:05.678Z");

    @Test
    void write_pendingTask_isTheDesignsExample() {
        TaskDocument document = new TaskDocument(task(TaskState.Pending.READY, Terms.DEFAULT, null),
                slice("{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}"), null, List.of(), null,
                Trace.of(null));
        assertEquals("{\"id\":\"task_7k3f9q2m4x8z\",\"type\":\"chat\",\"model\":\"qwen3\",\"priority\":5,"
                + "\"status\":\"pending\",\"payload\":{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]},"
                + "\"created_at\":\"2026-01-02T03:04:05.678Z\",\"scheduled_at\":null,\"started_at\":null,"
                + "\"completed_at\":null,\"retry_count\":0,\"max_retries\":3,\"executed_on\":null,\"result\":null,"
                + "\"error\":null,\"attempts\":[],\"metadata\":{}}", whole(document));
    }

    @Test
    void write_payloadOfACall_hasNoModelHoweverItIsSpelled() {
        Terms terms = new Terms(0, 0, 0, 0, 0, 0, 0, false, null, false, 0,
                new Caller(null, ApiPath.CHAT, true, false, false), null, Placing.NONE);
        String text = whole(new TaskDocument(task(TaskState.Pending.READY, terms, null),
                slice("{\"model\":\"a\",\"Messages\":[],\"Model\":\"b\"}"), null, List.of(), null, Trace.of(null)));
        assertTrue(text.contains("\"payload\":{\"Messages\":[]},"), text);
    }

    /// Their line ends, and a byte order mark before them, stay in the journal.
    @Test
    void write_bodyAndAnswerOfACall_areOnTheTasksOneLine() {
        Terms terms = new Terms(0, 0, 0, 0, 0, 0, 0, false, null, false, 0,
                new Caller(null, ApiPath.CHAT, true, false, true), null, Placing.NONE);
        String text = whole(new TaskDocument(task(new TaskState.Completed(T, T + 1, "gpu"), terms, null),
                slice("\ufeff{\r\n\"model\":\"a\",\n\"messages\":[\n{\"content\":\"x\\ny\"}]\n}\n"), null,
                List.of(), slice("\ufeff{\"a\":[\r\n1,\n2]}\r\n"), Trace.of(null)));
        assertTrue(text.contains("\"payload\":{\"messages\":[ {\"content\":\"x\\ny\"}]},"), text);
        assertTrue(text.contains("\"result\":{\"a\":[  1, 2]}  ,"), text);
        assertEquals(1, text.lines().count());
        assertEquals("[1,2]", ((Json.Obj) ((Json.Obj) Json.parse(text)).get("result")).get("a").text());
    }

    /// So that an export can be imported, whatever a task shows.
    @Test
    void write_everyMember_isOneThatASubmitTakesOrPassesOver() {
        Terms terms = new Terms(T, T + 1000, 90_000, 0, 250, 5_400_000, 1.5, true, "gpu", true, 7,
                new Caller("me", ApiPath.CHAT, true, false, false), null, new Placing("night", T + 2000, true, 9));
        Set<String> names = new TreeSet<>();
        for (TaskState state : List.of(new TaskState.Pending(T + 1, "busy"), new TaskState.Running(T, "gpu", "on"),
                new TaskState.Completed(T, T + 1, "gpu", true))) {
            Task task = new Task(ID, TaskType.CHAT, "qwen3", 5, state, T, 0, 0, terms, null, 0, List.of(), 0, 0,
                    new CronOrigin(1, "nightly", 3, T));
            JsonWriter out = new JsonWriter();
            TaskJson.write(out, new TaskDocument(task, slice("{}"), "busy", List.of(), null,
                    Trace.of("r-1", Map.of("traceparent",
                            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))),
                    more -> more.name("waiting").string("all hosts are busy").name("effective_priority").number(7)
                            .name("position").number(1).name("starts_in").nul().name("done_in").nul()
                            .name("unfinished").beginArray().endArray(),
                    List.of("a warning"));
            names.addAll(((Json.Obj) Json.parse(out.toString())).members().keySet());
            JsonWriter summary = new JsonWriter();
            TaskJson.writeSummary(summary, task, "");
            names.addAll(((Json.Obj) Json.parse(summary.toString())).members().keySet());
        }
        names.removeAll(SubmissionReader.KNOWN);
        Set<String> shown = new TreeSet<>(TaskFields.SERVERS);
        // the older program's, and the answer's to a submit
        shown.removeAll(Set.of("updated_at", "task_id"));
        assertEquals(shown, names);
    }

    @Test
    void writeSubmitted_addsTaskId() {
        TaskDocument document = new TaskDocument(task(TaskState.Pending.READY, Terms.DEFAULT, null),
                slice("{}"), null, List.of(), null, Trace.of(null));
        JsonWriter out = new JsonWriter();
        TaskJson.writeSubmitted(out, document, List.of());
        String whole = whole(document);
        assertEquals(whole.substring(0, whole.length() - 1) + ",\"task_id\":\"task_7k3f9q2m4x8z\"}", out.toString());
    }

    @Test
    void write_completedTask_showsResultAndAttempts() {
        TaskDocument document = new TaskDocument(task(new TaskState.Completed(T, T + 1500, "gpu"), Terms.DEFAULT,
                "{\"a\":1}"), slice("{\"prompt\":\"x\"}"), null,
                List.of(new Attempt(1, "cpu", T - 10, T - 3, "lost", false, null, false, -1, -1, null),
                        new Attempt(2, "gpu", T, T + 1500, null, true, "on", false, -1, -1, null)),
                slice("{\"response\":\"y\"}"), Trace.of(null));
        String text = whole(document);
        assertEquals("\"started_at\":\"2026-01-02T03:04:05.678Z\",\"completed_at\":\"2026-01-02T03:04:07.178Z\","
                + "\"retry_count\":0,\"max_retries\":3,\"executed_on\":\"gpu\",\"result\":{\"response\":\"y\"},"
                + "\"error\":null,\"attempts\":["
                + "{\"attempt\":1,\"host\":\"cpu\",\"rule\":null,\"started_at\":\"2026-01-02T03:04:05.668Z\","
                + "\"ended_at\":\"2026-01-02T03:04:05.675Z\",\"duration\":\"7ms\",\"counted\":false,"
                + "\"error\":\"lost\"},"
                + "{\"attempt\":2,\"host\":\"gpu\",\"rule\":\"on\",\"started_at\":\"2026-01-02T03:04:05.678Z\","
                + "\"ended_at\":\"2026-01-02T03:04:07.178Z\",\"duration\":\"1s500ms\",\"counted\":true,\"error\":null}"
                + "],\"metadata\":{\"a\":1}}", text.substring(text.indexOf("\"started_at\"")));
    }

    @Test
    void writeSummary_leavesOutTheLongMembers() {
        JsonWriter out = new JsonWriter();
        TaskJson.writeSummary(out, task(new TaskState.Failed(0, T, null, "expired"), Terms.DEFAULT, null), "Hel\"lo");
        assertEquals("{\"id\":\"task_7k3f9q2m4x8z\",\"type\":\"chat\",\"model\":\"qwen3\",\"priority\":5,"
                + "\"status\":\"failed\",\"preview\":\"Hel\\\"lo\",\"created_at\":\"2026-01-02T03:04:05.678Z\","
                + "\"scheduled_at\":null,\"started_at\":null,\"completed_at\":\"2026-01-02T03:04:05.678Z\","
                + "\"retry_count\":0,\"max_retries\":3,\"executed_on\":null,\"error\":\"expired\",\"metadata\":{}}",
                out.toString());
    }

    @Test
    void writeSummary_withoutPreview_hasNone() {
        JsonWriter out = new JsonWriter();
        TaskJson.writeSummary(out, task(TaskState.Pending.READY, Terms.DEFAULT, null), null);
        assertEquals(-1, out.toString().indexOf("preview"));
    }

    @Test
    void write_termsThatDiffer_followTheMetadata() {
        Terms terms = new Terms(T, T + 1000, 90_000, 0, 250, 5_400_000, 1.5, true, "gpu", true);
        TaskDocument document = new TaskDocument(task(new TaskState.Pending(T + 1, "busy"), terms, null), slice("{}"),
                "busy", List.of(), null, Trace.of(null));
        String text = whole(document);
        assertEquals("\"scheduled_at\":\"2026-01-02T03:04:05.678Z\",\"started_at\":null,\"completed_at\":null,"
                + "\"retry_count\":0,\"max_retries\":0,\"executed_on\":null,\"result\":null,\"error\":\"busy\","
                + "\"attempts\":[],\"metadata\":{},\"retry_at\":\"2026-01-02T03:04:05.679Z\","
                + "\"expires_at\":\"2026-01-02T03:04:06.678Z\",\"timeout\":\"1m30s\",\"initial_delay\":\"250ms\","
                + "\"max_delay\":\"1h30m\",\"backoff_factor\":1.5,\"remote_execution\":true,\"on\":\"gpu\","
                + "\"wait_for_model\":true}", text.substring(text.indexOf("\"scheduled_at\"")));
    }

    private static Task task(TaskState state, Terms terms, String metadata) {
        return new Task(ID, TaskType.CHAT, "qwen3", 5, state, T, 1, 1, terms,
                metadata == null ? null : metadata.getBytes(StandardCharsets.UTF_8), 0, List.of(), 0, 0, null);
    }

    private static Slice slice(String json) {
        return Slice.of(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String whole(TaskDocument document) {
        JsonWriter out = new JsonWriter();
        TaskJson.write(out, document, more -> { }, List.of());
        return out.toString();
    }
}
