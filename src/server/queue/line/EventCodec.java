package server.queue.line;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import server.action.plan.ActionEvent;
import server.action.plan.ActionJson;
import server.action.plan.TaskAction;
import server.cron.plan.CronEvent;
import server.cron.plan.CronJson;
import server.cron.plan.CronTask;
import server.queue.state.Event;
import server.queue.state.QueueMode;
import server.task.Attempt;
import server.task.RunnerOptions;
import server.task.Task;
import server.task.TaskJson;
import server.task.Terms;
import server.task.Times;
import shared.TaskStatus;
import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Converts events to and from the journal's lines, and to the form of the feed.
///
/// ```
/// {"seq":12,"synced":"…",                                             the journal's own
///  "event":"task","what":"submitted","at":"2026-01-02T03:04:05.678Z",
///  "late":true,                  `late`, whose `what` is `priority`: since 0.2
///  "task":{"id":…,"type":…,"model":…,"priority":5,"status":"pending","created_at":…},
///  "order":9,                    if it is not the seq of the submit (the task was retried by hand)
///  "idempotency":{"key":…,"fingerprint":…},                            submitted
///  "attempts":[{"attempt":1,"host":…,"rule":…,"started_at":…,"ended_at":…,"error":…,"uncounted":true,
///    "chosen":"overdue load task_…",  why it started then, as in a running task: since 0.2
///    "died":true,               the server died while it ran: since 0.2
///    "load_ms":…,               how long its host loaded, if it says so: since 0.2
///    "tokens":…}],              how many it wrote, if that is known: since 0.2
///  "head":{…},                                                         submitted: see Submission
///  "preview":…,"payload":{…},                                          submitted
///  "result":{…}}                                                       completed, and failed by a host's answer
/// {…,"event":"cron","what":"fired","at":…,"cron":{"id":…,…},             see CronLine
///  "template":{…}}                                                     created, and updated if it changes
/// {…,"event":"queue","what":"paused","at":…,"mode":"paused"}           paused, resumed, draining; since 0.2
///                                                                     server_started, which changes no mode
/// {…,"event":"queue","what":"progress","at":…,"mode":"running",        an action: since 0.2; accepted, progress,
///  "action":{"id":…,…},"tasks":"…"}                                    completed, stopped; see ActionLine
/// ```
///
/// If `payload` or `result` contains line ends, `payload_text` or `result_text` has it as a string.
///
/// Since 0.2 there are: these two; `head`; in `task` the caller (`client endpoint relayed keep unrecorded
/// only_orders`), the place in the order (`window finish_by late priority_asked`), `cut`, the `chosen` of a running
/// task (see Chosen) and the `error` of a cancelled one; and in `task` the `runner`: the options for which Ollama
/// starts another runner, empty if the payload has only other options, absent if it has none. If a line lacks it, a
/// replay searches the payload for these options. A compaction replaces the payload of an ended task that is
/// `unrecorded` by `{}`. The lines of actions and starts repeat the queue's mode, so that version 0.1, which ignores
/// their other members, sets it to what it is already.
///
/// `task` has its public members, except those that are null, empty or the default; durations are in milliseconds
/// (`timeout_ms`). Members that a replay does not need come last, so that it can stop reading there.
public final class EventCodec {

    private static final Slice END = Slice.of("}".getBytes(StandardCharsets.US_ASCII));
    /// Stands for a template that was not read.
    private static final Slice UNREAD = new Slice(new byte[0], 0, 0);
    /// Stands for a request that was not read.
    private static final Event.Request UNREAD_REQUEST = new Event.Request(null, null, null, null, null);
    private static final int CAPACITY_BYTES = 384;
    private static final byte[] OPTIONS = "options".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SHIFT = "shift".getBytes(StandardCharsets.US_ASCII);
    /// Ends the name of a JSON value that is written as a string because it contains line ends and must stay as it is.
    private static final String TEXT = "_text";
    private static final String START = "server_started";

    private final Pool pool;
    /// Reads the lines of the replay, on one thread.
    private final JsonReader replayed = JsonReader.ofOwn(new Slice(new byte[0], 0, 0));

    public EventCodec(Pool pool) {
        this.pool = pool;
    }

    // ---- to the journal

    /// Returns the line's JSON after the members that the journal writes itself, as pieces; payload and result are the
    /// event's own bytes, unless line ends force a string.
    public static Slice[] encode(Event event) {
        JsonWriter out = new JsonWriter(CAPACITY_BYTES);
        out.beginObject();
        return switch (event) {
            case Event.ModeChange change -> {
                mode(out, change);
                yield new Slice[] {piece(out), END};
            }
            case Event.Action(ActionEvent change, QueueMode mode) -> {
                action(out, change, "queue");
                out.name("mode").string(mode.text);
                ActionLine.write(out, change);
                yield new Slice[] {piece(out), END};
            }
            case Event.Cron(CronEvent change) -> {
                cron(out, change);
                CronLine.write(out.name("cron"), change.cron());
                if (change.template() == null) {
                    yield new Slice[] {piece(out), END};
                }
                out.name("template");
                yield new Slice[] {piece(out), change.template(), END};
            }
            case Event.Change change -> {
                Slice last = members(out, change);
                yield last == null ? new Slice[] {piece(out), END} : new Slice[] {piece(out), last, END};
            }
        };
    }

    /// @return the value of the last member, whose name has been written; null if there is none
    private static Slice members(JsonWriter out, Event.Change change) {
        head(out, change);
        TaskLine.write(out.name("task"), change.task());
        if (change.task().order() != change.task().arrival()) {
            out.name("order").number(change.task().order());
        }
        rest(out, change);
        Slice last = change.request() != null ? change.request().payload() : change.result();
        if (last == null) {
            return null;
        }
        String name = change.request() != null ? "payload" : "result";
        if (fitsALine(last)) {
            out.name(name);
            return last;
        }
        out.name(name + TEXT).string(last.text());
        return null;
    }

    /// For an older version, an event that says that a task is late is a change of its priority to the same one.
    private static void head(JsonWriter out, Event.Change change) {
        boolean late = change.what() == Event.What.LATE;
        head(out, change, late ? Event.What.PRIORITY : change.what());
        TaskLine.flag(out, "late", late);
    }

    private static void head(JsonWriter out, Event.Change change, Event.What what) {
        out.name("event").string("task");
        out.name("what").string(what.text);
        Times.write(out.name("at"), change.at());
    }

    private static void cron(JsonWriter out, CronEvent change) {
        out.name("event").string("cron");
        out.name("what").string(change.what().text);
        Times.write(out.name("at"), change.at());
    }

    private static void action(JsonWriter out, ActionEvent change, String kind) {
        out.name("event").string(kind);
        out.name("what").string(change.what().text);
        Times.write(out.name("at"), change.at());
    }

    private static void mode(JsonWriter out, Event.ModeChange change) {
        out.name("event").string("queue");
        out.name("what").string(change.start() ? START : change.mode() == QueueMode.RUNNING ? "resumed"
                : change.mode().text);
        Times.write(out.name("at"), change.at());
        out.name("mode").string(change.mode().text);
    }

    private static void rest(JsonWriter out, Event.Change change) {
        Event.Request request = change.request();
        if (request != null && request.key() != null) {
            out.name("idempotency").beginObject();
            out.name("key").string(request.key());
            out.name("fingerprint").string(request.fingerprint());
            out.endObject();
        }
        if (!change.attempts().isEmpty()) {
            out.name("attempts").beginArray();
            change.attempts().forEach(attempt -> TaskLine.write(out, attempt));
            out.endArray();
        }
        if (request != null && request.head() != null) {
            out.name("head").raw(request.head());
        }
        if (request != null && request.preview() != null) {
            out.name("preview").string(request.preview());
        }
    }

    /// Returns whether JSON can be a part of a line, which has no line ends, and no byte order mark in its middle.
    private static boolean fitsALine(Slice json) {
        if (json.length() > 0 && json.bytes()[json.from()] == (byte) 0xef) {
            return false;
        }
        for (int i = json.from(); i < json.to(); i++) {
            if (json.bytes()[i] == '\n' || json.bytes()[i] == '\r') {
                return false;
            }
        }
        return true;
    }

    /// Returns what was written after the opening brace.
    private static Slice piece(JsonWriter out) {
        return new Slice(out.buffer(), 1, out.length());
    }

    // ---- from the journal

    /// Returns everything that a line contains.
    public Event decode(Slice line) {
        return new Decoder(JsonReader.ofOwn(line), line, Part.ALL).event();
    }

    /// Returns what the feed shows: no payload, result or template.
    public Event decodeForFeed(Slice line) {
        return new Decoder(JsonReader.ofOwn(line), line, Part.SHOWN).event();
    }

    /// Returns what a replay needs of a line: no payload, preview or result; of ended tasks, only completed ones have
    /// their attempts, from which estimates learn. For one thread.
    Event decodeBriefly(Slice line) {
        return new Decoder(replayed.begin(line.bytes(), line.from(), line.to()), line, Part.STATE).event();
    }

    /// Returns the same as [#decodeBriefly]; an error names the line.
    public Event decodeForReplay(long seq, Slice line) {
        try {
            return decodeBriefly(line);
        } catch (RuntimeException unreadable) {
            throw new IllegalStateException("event " + seq + " of the journal cannot be understood: "
                    + unreadable.getMessage(), unreadable);
        }
    }

    /// How much of a line is read.
    private enum Part { STATE, SHOWN, ALL }

    private final class Decoder {
        private final JsonReader in;
        private final Slice line;
        private final Part part;

        private String event;
        private String what;
        private boolean late;
        private long at;
        private String mode;
        private Task task;
        private List<Attempt> attempts = List.of();
        private String key;
        private String fingerprint;
        private String preview;
        private Slice payload;
        private Slice head;
        /// Whether there is a request that has not been read.
        private boolean unread;
        private Slice result;
        private CronTask cron;
        private TaskAction action;
        private Slice template;

        Decoder(JsonReader in, Slice line, Part part) {
            this.in = in;
            this.line = line;
            this.part = part;
        }

        Event event() {
            in.beginObject();
            String name = in.nextName();
            while (name != null && member(name)) {
                name = in.nextName();
            }
            return switch (event) {
                case "task" -> change();
                case "cron" -> new Event.Cron(new CronEvent(CronEvent.What.valueOf(named()), at(), there(cron, "cron"),
                        template));
                case "queue" -> action == null ? new Event.ModeChange(QueueMode.parse(mode), at(), START.equals(what))
                        : new Event.Action(new ActionEvent(ActionEvent.What.valueOf(named()), at(), action),
                                QueueMode.parse(mode));
                case null, default -> throw in.error("an event of an unknown kind: " + event
                        + ". Was this journal written by a newer version?");
            };
        }

        /// @return whether to continue
        private boolean member(String name) {
            switch (name) {
                case "event" -> event = in.word();
                case "what" -> what = in.word();
                case "late" -> late = in.bool();
                case "at" -> at = Times.parse("at", in.word());
                case "mode" -> mode = in.string();
                case "task" -> task = new TaskLine(in, pool).read();
                case "cron" -> cron = new CronLine(in, pool).read();
                case "action" -> action = ActionLine.read(in);
                case "tasks" -> action = there(action, "action").with(ActionLine.readTasks(in));
                case "template" -> {
                    template = part == Part.ALL ? in.raw() : UNREAD;
                    return part == Part.ALL;
                }
                case "order" -> task = there(task, "task").ordered(Long.parseLong(in.number()));
                case "idempotency" -> idempotency();
                case "attempts" -> {
                    TaskStatus status = there(task, "task").status();
                    if (part == Part.STATE && status.ended() && status != TaskStatus.COMPLETED) {
                        return false;
                    }
                    attempts();
                    return part != Part.STATE || !status.ended();
                }
                case "preview" -> {
                    if (part == Part.STATE) {
                        unread = true;
                        if (!mayHideOptions()) {
                            return false;
                        }
                        in.skip();
                    } else {
                        preview = in.string();
                    }
                }
                case "head" -> head = in.raw();
                case "payload", "payload" + TEXT -> {
                    if (part != Part.ALL) {
                        unread = true;
                        if (part == Part.STATE && mayHideOptions()) {
                            readRunner(value(name));
                        }
                        return false;
                    }
                    payload = value(name);
                }
                case "result", "result" + TEXT -> {
                    if (part != Part.ALL) {
                        return false;
                    }
                    result = value(name);
                }
                default -> in.skip();
            }
            return true;
        }

        private String named() {
            return there(what, "what").toUpperCase(Locale.ROOT);
        }

        private long at() {
            return there(at == 0 ? null : at, "at");
        }

        private <T> T there(T value, String member) {
            if (value == null) {
                throw in.error("an event without its " + member);
            }
            return value;
        }

        /// Returns whether the rest of the line may contain a request's options, where only version 0.1 left them. It
        /// searches for their names without parsing, because nearly every line has none.
        private boolean mayHideOptions() {
            if (there(task, "task").terms().runner() != null) {
                return false;
            }
            byte[] bytes = line.bytes();
            for (int at = in.position(); at < line.to() - SHIFT.length; at++) {
                if (bytes[at] == '"' && (is(OPTIONS, bytes, at + 1) || is(SHIFT, bytes, at + 1))) {
                    return true;
                }
            }
            return false;
        }

        private void readRunner(Slice request) {
            Terms terms = task.terms();
            task = task.withTerms(pool.share(terms.with(
                    RunnerOptions.of(task.type(), terms.caller().endpoint(), request))));
        }

        private boolean is(byte[] name, byte[] bytes, int from) {
            int same = 0;
            while (same < name.length && from + same < line.to() && (bytes[from + same] | 0x20) == name[same]) {
                same++;
            }
            return same == name.length;
        }

        private Slice value(String name) {
            return name.endsWith(TEXT) ? Slice.of(in.string().getBytes(StandardCharsets.UTF_8)) : in.raw();
        }

        private void idempotency() {
            in.beginObject();
            for (String name = in.nextName(); name != null; name = in.nextName()) {
                switch (name) {
                    case "key" -> key = in.string();
                    case "fingerprint" -> fingerprint = in.string();
                    default -> in.skip();
                }
            }
            there(key, "idempotency key");
            there(fingerprint, "fingerprint");
        }

        private void attempts() {
            List<Attempt> read = new ArrayList<>();
            in.beginArray();
            while (in.nextElement()) {
                read.add(TaskLine.readAttempt(in, pool));
            }
            attempts = List.copyOf(read);
        }

        private Event.Change change() {
            Event.What kind = late ? Event.What.LATE : Event.What.parse(what);
            there(task, "task");
            boolean read = payload != null || key != null || preview != null;
            Task whole = task.status().ended() || attempts.isEmpty() ? task
                    : task.with(task.state(), task.retries(), attempts);
            return new Event.Change(kind, at(), whole, attempts,
                    read ? new Event.Request(payload, preview, key, fingerprint, head) : unread ? UNREAD_REQUEST : null,
                    result);
        }
    }

    // ---- to the feed

    /// Returns the event as subscribers see it.
    public static Slice feed(long seq, Event event) {
        JsonWriter out = new JsonWriter(2 * CAPACITY_BYTES);
        out.beginObject();
        out.name("seq").number(seq);
        switch (event) {
            case Event.ModeChange change -> mode(out, change);
            case Event.Action(ActionEvent change, QueueMode _) -> {
                action(out, change, "action");
                ActionJson.write(out.name("action"), change.action());
            }
            case Event.Cron(CronEvent change) -> {
                cron(out, change);
                CronJson.writeSummary(out.name("cron"), change.cron(), null);
            }
            case Event.Change change -> {
                head(out, change, change.what());
                TaskJson.writeSummary(out.name("task"), change.task(),
                        change.request() == null ? null : change.request().preview());
            }
        }
        out.endObject();
        return new Slice(out.buffer(), 0, out.length());
    }
}
