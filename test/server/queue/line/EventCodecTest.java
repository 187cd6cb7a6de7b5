package server.queue.line;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import server.action.plan.ActionEvent;
import server.action.plan.ActionKind;
import server.action.plan.ActionPlan;
import server.action.plan.TaskAction;
import server.cron.plan.CronEvent;
import server.cron.plan.CronPlan;
import server.cron.plan.CronTask;
import server.cron.plan.Missed;
import server.cron.plan.Overlap;
import server.queue.state.Event;
import server.queue.state.QueueMode;
import server.task.ApiPath;
import server.task.Attempt;
import server.task.Caller;
import server.task.Attempt.Chosen;
import server.task.CronOrigin;
import server.task.Placing;
import server.task.RunnerOptions;
import server.task.Task;
import server.task.TaskId;
import server.task.TaskState;
import server.task.Terms;
import server.task.Times;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.JsonReader;
import shared.json.Slice;

class EventCodecTest {

    private static final long ID = TaskId.parse("task_7k3f9q2m4x8z");
    private static final long T = Times.parse("t", "2026-01-02T03:04:05.678Z");
    private static final Attempt ATTEMPT = new Attempt(1, "h", T, T + 1, "lost", false, "local", true,
            -1, 12, new Chosen(Chosen.By.OVERDUE, true, ID));

    private final EventCodec codec = new EventCodec(new Pool());

    @Test
    void encode_plainSubmit_isSparse() {
        assertEquals("\"event\":\"task\",\"what\":\"submitted\",\"at\":\"2026-01-02T03:04:05.678Z\","
                + "\"task\":{\"id\":\"task_7k3f9q2m4x8z\",\"type\":\"chat\",\"model\":\"m\",\"priority\":5,"
                + "\"status\":\"pending\",\"created_at\":\"2026-01-02T03:04:05.678Z\"},"
                + "\"preview\":\"Hi\",\"payload\":{\"prompt\":\"Hi\"}}", text(submitted()));
    }

    @Test
    void encode_payload_isNotCopied() {
        Event.Change event = submitted();
        assertSame(event.request().payload(), EventCodec.encode(event)[1]);
    }

    @Test
    void everyMember_comesBack() {
        Terms terms = new Terms(T + 10, T + 20, 1_000, 7, 11, 12, 1.25, true, "gpu", true, 13,
                new Caller("me@here", ApiPath.V1_MESSAGES, true, true, false, true),
                new RunnerOptions(4096L, 1L, -1L, 0L, false, 2L, 3L, true), new Placing("night", T + 30, true, 12));
        byte[] metadata = "{\"a\":[1,2.50]}".getBytes(StandardCharsets.UTF_8);
        for (TaskState state : List.of(TaskState.Pending.READY, new TaskState.Pending(T + 5, "busy \"é\"\n"),
                new TaskState.Running(T, "h", "local", new Chosen(Chosen.By.LOADED, false, -1), 0),
                new TaskState.Running(T, "h"), new TaskState.Completed(T, T + 1, "h", true),
                new TaskState.Failed(T, T + 1, "h", "x"), new TaskState.Failed(0, T + 1, null, "expired"),
                new TaskState.Cancelled(0, T, null, "gone"))) {
            Task task = new Task(ID, TaskType.EMBED, "m\u0001", Integer.MIN_VALUE, state, T - 1, 9, 4, terms, metadata,
                    2, List.of(ATTEMPT), 0, 0, new CronOrigin(ID, "n\u00e4", 3, T));
            Event.Change event = new Event.Change(Event.What.PRIORITY, T, task, List.of(ATTEMPT), null, null);
            Event.Change read = (Event.Change) codec.decode(line(event));
            assertEquals(text(event), text(read));
            assertEquals(state, read.task().state());
            assertEquals(terms, read.task().terms());
            assertEquals(9, read.task().order());
            assertEquals(List.of(ATTEMPT), read.attempts());
        }
    }

    /// The compiler sees to it that each is written; one that nothing reads would stop the next start.
    @Test
    void everyKindOfEvent_everyWord_isReadAgain() {
        List<Event> all = new ArrayList<>();
        for (Event.What what : Event.What.values()) {
            all.add(new Event.Change(what, T, task(TaskState.Pending.READY), List.of(), what == Event.What.SUBMITTED
                    ? submitted().request() : null, null));
        }
        CronTask cron = CronTask.blank(ID, new CronPlan("n", "0 * * * *", "UTC", true, Missed.ONCE, 1, Overlap.QUEUE, 2,
                3, 4, 5, null), T);
        for (CronEvent.What what : CronEvent.What.values()) {
            all.add(new Event.Cron(new CronEvent(what, T, cron, json("{\"type\":\"chat\"}"))));
        }
        TaskAction action = TaskAction.accepted(ID, new ActionPlan(ActionKind.CANCEL, 0, "{}", null, 1, 2, Map.of(), T),
                new long[] {ID});
        for (ActionEvent.What what : ActionEvent.What.values()) {
            all.add(new Event.Action(new ActionEvent(what, T, action), QueueMode.RUNNING));
        }
        for (QueueMode mode : QueueMode.values()) {
            all.add(new Event.ModeChange(mode, T));
        }
        assertEquals(Set.of(Event.class.getPermittedSubclasses()), all.stream().map(Event::getClass)
                .collect(Collectors.toSet()));
        for (Event event : all) {
            Event read = codec.decode(line(event));
            assertEquals(event.getClass(), read.getClass());
            assertEquals(text(event), text(read));
        }
    }

    @Test
    void late_isAChangeOfPriorityToOlderVersions() {
        Event.Change late = new Event.Change(Event.What.LATE, T, task(TaskState.Pending.READY), List.of(), null, null);
        assertTrue(text(late).contains("\"what\":\"priority\",\"at\":"), text(late));
        assertTrue(text(late).contains("Z\",\"late\":true,"), text(late));
        assertEquals(Event.What.LATE, ((Event.Change) codec.decode(line(late))).what());
        assertEquals(Event.What.LATE, ((Event.Change) codec.decodeForFeed(line(late))).what());
        assertTrue(EventCodec.feed(1, late).text().contains("\"what\":\"late\""), EventCodec.feed(1, late).text());
    }

    @Test
    void start_setsTheModeToWhatItIs_forOlderVersions() {
        Event start = new Event.ModeChange(QueueMode.PAUSED, T, true);
        assertTrue(text(start).endsWith("\"mode\":\"paused\"}"), text(start));
        assertEquals(start, codec.decode(line(start)));
        Event pause = new Event.ModeChange(QueueMode.PAUSED, T);
        assertEquals(pause, codec.decodeBriefly(line(pause)));
    }

    @Test
    void lineEndsInWhatMustStayAsItIs_areKept() {
        Slice body = json("{\r\n \"prompt\": \"H\\u0069\\n\u00e4\"}\n");
        Slice head = json("{\"query\":\"a=b\"}");
        Event.Change asked = new Event.Change(Event.What.SUBMITTED, T, task(TaskState.Pending.READY), List.of(),
                new Event.Request(body, "Hi", null, null, head), null);
        assertTrue(!text(asked).contains("\n") && text(asked).contains("\"payload_text\":\"{\\r\\n"), text(asked));
        Event.Request read = ((Event.Change) codec.decode(line(asked))).request();
        assertEquals(body.text(), read.payload().text());
        assertEquals(head.text(), read.head().text());
        assertNull(((Event.Change) codec.decodeBriefly(line(asked))).request().payload());

        Event.Change failed = new Event.Change(Event.What.FAILED, T, task(new TaskState.Failed(T, T, "h", "x")),
                List.of(ATTEMPT), null, body);
        assertEquals(body.text(), ((Event.Change) codec.decode(line(failed))).result().text());
    }

    @Test
    void aNameTwiceInACall_isRead() {
        Event.Change twice = new Event.Change(Event.What.SUBMITTED, T, task(TaskState.Pending.READY), List.of(),
                new Event.Request(json("{\"a\":1,\"a\":2}"), "Hi", null, null, null), null);
        assertEquals("{\"a\":1,\"a\":2}", ((Event.Change) codec.decode(line(twice))).request().payload().text());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {"-|{'prompt':'options'}|-", "-|{'options':{'seed':1}}|{}",
            "-|{'options':{'num_ctx':4096}}|{'num_ctx':4096}", "-|{'shift':true}|{'shift':true}",
            "/api/chat|{'Options':{'num_ctx':4096}}|{'num_ctx':4096}",
            "/api/chat|{N'options':{'num_ctx':4096}N}|{'num_ctx':4096}", "/v1/messages|{'options':{'num_ctx':4096}}|-",
            "-|{'prompt':'of \\'options\\''}|-", "/api/chat|[1,'options']|-"})
    void decodeBriefly_lineOf01_hasItsRunnerOptionsFromThePayload(String endpoint, String payload, String options) {
        Caller caller = endpoint == null ? Caller.NONE : new Caller(null, ApiPath.parse(endpoint), true, false, true);
        Task task = new Task(ID, TaskType.CHAT, "m", 5, TaskState.Pending.READY, T, Terms.DEFAULT.of(caller, null, 0),
                null, 0, null);
        Slice request = json(payload.replace('N', '\n').replace('\'', '"'));
        RunnerOptions expected = options == null ? null
                : RunnerOptions.read(JsonReader.ofOwn(json(options.replace('\'', '"'))));
        for (String preview : new String[] {"Hi", null}) {
            Event.Change submitted = new Event.Change(Event.What.SUBMITTED, T, task, List.of(),
                    new Event.Request(request, preview, null, null, null), null);
            Task read = ((Event.Change) codec.decodeBriefly(line(submitted))).task();
            assertEquals(expected, read.terms().runner());
            // the later lines of that version do not say it either
            Task started = task.with(new TaskState.Running(T, "h")).following(read, 1, 2);
            assertEquals(read.terms(), started.terms());
        }
    }

    @Test
    void decodeBriefly_ofALineThatTellsTheRunnerOptions_doesNotParseThePayload() {
        Task task = task(TaskState.Pending.READY).withTerms(Terms.DEFAULT.with(RunnerOptions.NONE));
        Event.Change submitted = new Event.Change(Event.What.SUBMITTED, T, task, List.of(),
                new Event.Request(json("{\"options\": no JSON}"), "Hi", null, null, null), null);
        assertTrue(text(submitted).contains("\"runner\":{}"), text(submitted));
        assertEquals(RunnerOptions.NONE, ((Event.Change) codec.decodeBriefly(line(submitted))).task().terms().runner());
    }

    @Test
    void decodeBriefly_leavesOutWhatMemoryDoesNotHold() {
        Event.Change read = (Event.Change) codec.decodeBriefly(line(submitted()));
        assertEquals(new Event.Request(null, null, null, null, null), read.request());
        Task task = task(new TaskState.Failed(T, T, "h", "x"));
        Event.Change failed = new Event.Change(Event.What.FAILED, T, task, List.of(ATTEMPT), null, null);
        assertEquals(List.of(), ((Event.Change) codec.decodeBriefly(line(failed))).attempts());
        assertEquals(List.of(ATTEMPT), ((Event.Change) codec.decode(line(failed))).attempts());
        Event.Change retrying = new Event.Change(Event.What.RETRYING, T, task(TaskState.Pending.READY),
                List.of(ATTEMPT), null, null);
        assertEquals(List.of(ATTEMPT), ((Event.Change) codec.decodeBriefly(line(retrying))).task().attempts());
    }

    @Test
    void decode_sharesWhatRepeats() {
        Event.Change one = (Event.Change) codec.decode(line(submitted()));
        Event.Change other = (Event.Change) codec.decode(line(submitted()));
        assertSame(one.task().model(), other.task().model());
        assertSame(Terms.DEFAULT, one.task().terms());
    }

    /// To version 0.1, which passes over `action` and `tasks`, the line sets the mode that the queue has.
    @Test
    void action_isAMemberMoreOfALineThatSetsTheMode() {
        ActionPlan plan = new ActionPlan(ActionKind.PRIORITY, 7, "{\"q\":\"a\\nb\"}", "me", 500, 41,
                Map.of(TaskStatus.FAILED, 2), T);
        TaskAction begun = TaskAction.accepted(ID, plan, new long[] {ID, 1});
        Event accepted = new Event.Action(new ActionEvent(ActionEvent.What.ACCEPTED, T, begun), QueueMode.PAUSED);
        assertEquals("\"event\":\"queue\",\"what\":\"accepted\",\"at\":\"2026-01-02T03:04:05.678Z\","
                + "\"mode\":\"paused\",\"action\":{\"id\":\"7k3f9q2m4x8z\",\"kind\":\"priority\","
                + "\"priority\":7,"
                + "\"filter\":\"{\\\"q\\\":\\\"a\\\\nb\\\"}\",\"client\":\"me\",\"max_pending\":500,\"as_of\":41,"
                + "\"matched\":{\"failed\":2},"
                + "\"created_at\":\"2026-01-02T03:04:05.678Z\"},\"tasks\":\"7k3f9q2m4x8z000000000001\"}",
                text(accepted));
        Event.Action read = (Event.Action) codec.decode(line(accepted));
        assertEquals(text(accepted), text(read));
        assertArrayEquals(new long[] {ID, 1}, read.change().action().tasks());
        TaskAction stepped = begun.stepped(1, Map.of("is gone", 1));
        Event progress = new Event.Action(new ActionEvent(ActionEvent.What.PROGRESS, T, stepped), QueueMode.RUNNING);
        assertFalse(text(progress).contains("tasks"), text(progress));
        Event.Action end = new Event.Action(new ActionEvent(ActionEvent.What.COMPLETED, T,
                stepped.ended(TaskAction.Status.COMPLETED, T + 1)), QueueMode.RUNNING);
        assertEquals(end, codec.decode(line(end)));
        assertEquals("{\"seq\":7,\"event\":\"action\",\"what\":\"completed\",\"at\":\"2026-01-02T03:04:05.678Z\","
                + "\"action\":{\"id\":\"action_7k3f9q2m4x8z\",\"action\":\"priority\",\"priority\":7,"
                + "\"filter\":{\"q\":\"a\\nb\"},\"client\":\"me\",\"status\":\"completed\","
                + "\"created_at\":\"2026-01-02T03:04:05.678Z\",\"ended_at\":\"2026-01-02T03:04:05.679Z\","
                + "\"matched\":2,\"by_status\":{\"failed\":2},\"done\":2,\"changed\":1,\"refused\":{\"is gone\":1}}}",
                EventCodec.feed(7, end).text());
    }

    @Test
    void decode_whatALaterVersionMayWrite() {
        assertTrue(assertThrows(RuntimeException.class, () -> codec.decodeForReplay(3, Slice.of(
                "{\"seq\":3,\"event\":\"moon\"}".getBytes(StandardCharsets.UTF_8)))).getMessage()
                .startsWith("event 3 of the journal cannot be understood: an event of an unknown kind: moon."));
        String known = "{\"seq\":1,\"synced\":\"0\"," + text(submitted());
        String more = known.replace("\"status\"", "\"colour\":[\"red\"],\"status\"")
                .replace("\"task\":{", "\"x\":1,\"task\":{");
        assertEquals(text(submitted()), text(codec.decode(Slice.of(more.getBytes(StandardCharsets.UTF_8)))));
    }

    @ParameterizedTest
    @CsvSource({"at, at, {'event':'queue';'mode':'paused'}", "cron, what, {'event':'cron';AT}",
        "cron, cron, {'event':'cron';'what':'fired';AT}", "task, task, {'event':'task';'what':'submitted';AT}",
        "order, task, {'event':'task';'order':1}",
        "attempts, task, {'event':'task';'attempts':[]}", "preview, task, {'event':'task';'preview':''}"})
    void decodeForReplay_ofAnEventThatIsNotWhole_saysWhatItLacks(String at, String lacks, String line) {
        Slice json = Slice.of(line.replace("AT", "'at':'2026-01-02T03:04:05.678Z'").replace('\'', '"')
                .replace(';', ',').getBytes(StandardCharsets.UTF_8));
        String message = assertThrows(IllegalStateException.class, () -> codec.decodeForReplay(7, json),
                at).getMessage();
        assertTrue(message.startsWith("event 7 of the journal cannot be understood: an event without its " + lacks),
                message);
    }

    @Test
    void feed_isThePublicForm() {
        assertEquals("{\"seq\":7,\"event\":\"queue\",\"what\":\"resumed\",\"at\":\"2026-01-02T03:04:05.678Z\","
                + "\"mode\":\"running\"}", EventCodec.feed(7, new Event.ModeChange(QueueMode.RUNNING, T)).text());
        assertEquals("{\"seq\":7,\"event\":\"queue\",\"what\":\"server_started\",\"at\":\"2026-01-02T03:04:05.678Z\","
                + "\"mode\":\"paused\"}", EventCodec.feed(7, new Event.ModeChange(QueueMode.PAUSED, T, true)).text());
        String feed = EventCodec.feed(8, submitted()).text();
        assertTrue(feed.startsWith("{\"seq\":8,\"event\":\"task\",\"what\":\"submitted\","
                + "\"at\":\"2026-01-02T03:04:05.678Z\",\"task\":{\"id\":\"task_7k3f9q2m4x8z\","), feed);
        assertTrue(feed.contains("\"preview\":\"Hi\"") && feed.contains("\"error\":null"), feed);
        assertTrue(!feed.contains("payload"), feed);
    }

    private static Slice json(String text) {
        return Slice.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Event.Change submitted() {
        return new Event.Change(Event.What.SUBMITTED, T, task(TaskState.Pending.READY), List.of(),
                new Event.Request(Slice.of("{\"prompt\":\"Hi\"}".getBytes(StandardCharsets.UTF_8)), "Hi", null, null,
                null), null);
    }

    private static Task task(TaskState state) {
        return new Task(ID, TaskType.CHAT, "m", 5, state, T, 0, 0, Terms.DEFAULT, null, 0, List.of(), 0, 0, null);
    }

    private static Slice line(Event event) {
        return Slice.of(("{\"seq\":1,\"synced\":\"0000000000000000\"," + text(event)).getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Event event) {
        return Arrays.stream(EventCodec.encode(event)).map(Slice::text).collect(Collectors.joining());
    }
}
