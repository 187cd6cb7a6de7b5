package server.task;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import shared.Utf8;
import shared.config.Durations;
import shared.json.JsonWriter;
import shared.json.Slice;

/// The public JSON form of a task. The members from `id` to `metadata` are always present, in this order. After them
/// come members that only some tasks have: `retry_at`, `rule` (while it runs), `cut`, the cron task's run that created
/// it, `expires_at`, each term that differs from the default, and, in a whole task, the request that brought it.
public final class TaskJson {

    /// See `server.openapi.Shapes`.
    public static final String SHAPES = """
            identity = id type:TaskType model priority:int status:TaskStatus
            course = created_at:time scheduled_at:time|null started_at:time|null completed_at:time|null \
                retry_count:int max_retries:int executed_on|null
            extras = retry_at?:time rule? cut?:bool cron_id? cron_name? cron_run_count?:int due_at?:time \
                expires_at?:time timeout?:duration first_byte_timeout?:duration initial_delay?:duration \
                max_delay?:duration backoff_factor?:number remote_execution?:bool on? wait_for_model?:bool client? \
                window? finish_by?:time late?:bool priority_asked?:int endpoint? relayed?:bool unrecorded?:bool
            Summary = ...identity preview? ...course error|null metadata:object ...extras ...standing
            Task = ...identity payload:any ...course result:any error|null attempts:[Attempt] metadata:object \
                ...extras ...standing request_id? traceparent? warnings?:[text]
            Submitted = ...Task task_id
            Attempt = attempt:int host|null rule|null chosen?:Chosen started_at:time|null ended_at:time|null \
                duration:duration counted:bool error|null
            Chosen = by text loads:bool passed|null
            """;

    private TaskJson() {
    }

    /// Writes the whole task as the answer to a change, with warnings for the asker.
    ///
    /// @param more writes further members: those that depend on the moment
    public static void write(JsonWriter out, TaskDocument document, Consumer<JsonWriter> more,
            List<String> warnings) {
        out.beginObject();
        members(out, document);
        more.accept(out);
        warn(out, warnings);
        out.endObject();
    }

    /// Writes the answer to a submit: the whole task, its id once more as `task_id` for clients that look for that
    /// name, and warnings for the asker.
    public static void writeSubmitted(JsonWriter out, TaskDocument document, List<String> warnings) {
        out.beginObject();
        members(out, document);
        out.name("task_id").string(document.task().name());
        warn(out, warnings);
        out.endObject();
    }

    /// Writes the member `warnings` of an answer, if there are any.
    public static void warn(JsonWriter out, List<String> warnings) {
        if (!warnings.isEmpty()) {
            out.name("warnings").beginArray();
            warnings.forEach(out::string);
            out.endArray();
        }
    }

    /// Writes a task as lists and events show it: without payload, result and attempts.
    ///
    /// @param preview null: none is written
    public static void writeSummary(JsonWriter out, Task task, String preview) {
        writeSummary(out, task, preview, more -> { });
    }

    /// Writes a summary with further members.
    public static void writeSummary(JsonWriter out, Task task, String preview, Consumer<JsonWriter> more) {
        out.beginObject();
        identity(out, task);
        if (preview != null) {
            out.name("preview").string(preview);
        }
        course(out, task);
        out.name("error").string(task.state().error());
        metadata(out, task);
        extras(out, task);
        more.accept(out);
        out.endObject();
    }

    private static void members(JsonWriter out, TaskDocument document) {
        Task task = document.task();
        identity(out, task);
        out.name("payload").raw(inside(document.shownPayload()));
        course(out, task);
        out.name("result").raw(inside(document.result()));
        out.name("error").string(document.error());
        attempts(out.name("attempts"), document.attempts());
        metadata(out, task);
        extras(out, task);
        document.trace().writeTo(out);
    }

    /// Returns a call's body or answer, which are stored as they came, on one line: lists write one task a line.
    private static Slice inside(Slice value) {
        return value == null ? null : Values.oneLine(new Slice(value.bytes(),
                Utf8.afterMark(value.bytes(), value.from(), value.to()), value.to()));
    }

    private static void identity(JsonWriter out, Task task) {
        out.name("id").string(task.name());
        out.name("type").string(task.type().text);
        out.name("model").string(task.model());
        out.name("priority").number(task.priority());
        out.name("status").string(task.status().text);
    }

    private static void course(JsonWriter out, Task task) {
        TaskState state = task.state();
        Times.write(out.name("created_at"), task.createdAt());
        Times.write(out.name("scheduled_at"), task.terms().scheduledAt());
        Times.write(out.name("started_at"), state.startedAt());
        Times.write(out.name("completed_at"), state.endedAt());
        out.name("retry_count").number(task.retries());
        out.name("max_retries").number(task.terms().maxRetries());
        out.name("executed_on").string(state.host());
    }

    /// Writes an array of attempts.
    public static void attempts(JsonWriter out, List<Attempt> attempts) {
        out.beginArray();
        for (Attempt attempt : attempts) {
            out.beginObject();
            out.name("attempt").number(attempt.number());
            out.name("host").string(attempt.host());
            out.name("rule").string(attempt.rule());
            if (attempt.chosen() != null) {
                chosen(out.name("chosen"), attempt.chosen());
            }
            Times.write(out.name("started_at"), attempt.startedAt());
            Times.write(out.name("ended_at"), attempt.endedAt());
            duration(out, "duration", Math.max(0, attempt.endedAt() - attempt.startedAt()));
            out.name("counted").bool(attempt.counted());
            out.name("error").string(attempt.error());
            out.endObject();
        }
        out.endArray();
    }

    /// Writes why a task started when it did.
    private static void chosen(JsonWriter out, Attempt.Chosen chosen) {
        out.beginObject();
        out.name("by").string(chosen.by().word);
        out.name("text").string(chosen.by().text);
        out.name("loads").bool(chosen.loads());
        out.name("passed").string(chosen.over() < 0 ? null : TaskId.format(chosen.over()));
        out.endObject();
    }

    private static void metadata(JsonWriter out, Task task) {
        out.name("metadata");
        if (task.metadata() == null) {
            out.beginObject().endObject();
        } else {
            out.raw(task.metadata());
        }
    }

    private static void extras(JsonWriter out, Task task) {
        if (task.state() instanceof TaskState.Pending pending && pending.retryAt() != 0) {
            Times.write(out.name("retry_at"), pending.retryAt());
        }
        if (task.state() instanceof TaskState.Running running && running.rule() != null) {
            out.name("rule").string(running.rule());
        }
        if (task.state().cut()) {
            out.name("cut").bool(true);
        }
        CronOrigin cron = task.cron();
        if (cron != null) {
            out.name("cron_id").string(CronId.format(cron.cron()));
            out.name("cron_name").string(cron.name());
            out.name("cron_run_count").number(cron.run());
            Times.write(out.name("due_at"), cron.dueAt());
        }
        Terms terms = task.terms();
        if (terms == Terms.DEFAULT) {
            return;
        }
        if (terms.expiresAt() != 0) {
            Times.write(out.name("expires_at"), terms.expiresAt());
        }
        if (terms.timeout() != Terms.DEFAULT.timeout()) {
            duration(out, "timeout", terms.timeout());
        }
        if (terms.firstByteTimeout() != 0) {
            duration(out, "first_byte_timeout", terms.firstByteTimeout());
        }
        if (terms.initialDelay() != Terms.DEFAULT.initialDelay()) {
            duration(out, "initial_delay", terms.initialDelay());
        }
        if (terms.maxDelay() != Terms.DEFAULT.maxDelay()) {
            duration(out, "max_delay", terms.maxDelay());
        }
        if (terms.backoffFactor() != Terms.DEFAULT.backoffFactor()) {
            out.name("backoff_factor").number(
                    BigDecimal.valueOf(terms.backoffFactor()).stripTrailingZeros().toPlainString());
        }
        if (terms.remote()) {
            out.name("remote_execution").bool(true);
        }
        if (terms.on() != null) {
            out.name("on").string(terms.on());
        }
        if (terms.waitForModel()) {
            out.name("wait_for_model").bool(true);
        }
        if (terms.caller().client() != null) {
            out.name("client").string(terms.caller().client());
        }
        placing(out, terms.placing());
        if (terms.caller().endpoint() != null) {
            out.name("endpoint").string(terms.caller().endpoint().path);
        }
        if (terms.caller().relayed()) {
            out.name("relayed").bool(true);
        }
        if (task.isUnrecorded()) {
            out.name("unrecorded").bool(true);
        }
    }

    private static void placing(JsonWriter out, Placing placing) {
        if (placing.window() != null) {
            out.name("window").string(placing.window());
        }
        if (placing.finishBy() > 0) {
            Times.write(out.name("finish_by"), placing.finishBy());
        }
        if (placing.late()) {
            out.name("late").bool(true);
        }
        if (placing.priorityAsked() != null) {
            out.name("priority_asked").number(placing.priorityAsked());
        }
    }

    private static void duration(JsonWriter out, String name, long ms) {
        out.name(name).string(Durations.format(Duration.ofMillis(ms)));
    }
}
