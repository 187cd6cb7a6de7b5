package server.cron.plan;

import java.time.Duration;
import java.util.function.LongFunction;

import server.task.TaskId;
import server.task.Times;
import shared.TaskStatus;
import shared.config.Durations;
import shared.cron.CronExpression;
import shared.json.JsonWriter;
import shared.json.Slice;

/// The public JSON form of a cron task. Fields that a user may set have the form in which they are set, so that what
/// was read can be sent back.
public final class CronJson {

    /// See `server.openapi.Shapes`.
    public static final String SHAPES = """
            CronSummary = id name cron_expr timezone description enabled:bool task_template?:object \
                next_run:time|null last_run:time|null run_count:int skipped_count:int last_skip_reason|null \
                failure_count:int waiting_run:time|null created_at:time updated_at:time missed \
                missed_max_age:duration overlap jitter:duration start_at:time|null end_at:time|null max_runs:int \
                metadata:object last_runs?:[LastRun]
            LastRun = task_id due_at:time status|null
            Cron = ...CronSummary runs:[CronRun] warnings?:[text]
            CronRun = run:int task_id due_at:time status:any
            CronPreview = expression timezone description next:[time]
            """;

    /// The number of runs shown in lists.
    private static final int LAST_RUNS = 10;

    private CronJson() {
    }

    /// Writes a complete cron task.
    ///
    /// @param template as it was given
    /// @param statuses returns a task's status by its id; null for a deleted one
    public static void write(JsonWriter out, CronTask cron, Slice template, LongFunction<TaskStatus> statuses) {
        out.beginObject();
        members(out, cron, template);
        runs(out.name("runs"), cron, statuses);
        out.endObject();
    }

    /// Writes the form of lists, with only the last runs, and that of events, without the template too.
    ///
    /// @param template null in events
    public static void writeSummary(JsonWriter out, CronTask cron, Slice template) {
        out.beginObject();
        members(out, cron, template);
        if (template != null) {
            lastRuns(out.name("last_runs"), cron.runs());
        }
        out.endObject();
    }

    /// Writes the last runs, newest first, each with its first end.
    private static void lastRuns(JsonWriter out, CronRuns runs) {
        out.beginArray();
        for (int i = runs.size() - 1; i >= Math.max(0, runs.size() - LAST_RUNS); i--) {
            out.beginObject().name("task_id").string(TaskId.format(runs.task(i)));
            Times.write(out.name("due_at"), runs.dueAt(i));
            out.name("status").string(runs.outcome(i) == null ? null : runs.outcome(i).text).endObject();
        }
        out.endArray();
    }

    private static void members(JsonWriter out, CronTask cron, Slice template) {
        CronPlan plan = cron.plan();
        out.name("id").string(cron.name());
        out.name("name").string(plan.name());
        out.name("cron_expr").string(plan.expression());
        out.name("timezone").string(plan.zone());
        out.name("description").string(CronExpression.parse(plan.expression(), cron.id()).describe());
        out.name("enabled").bool(plan.enabled());
        if (template != null) {
            out.name("task_template").raw(template);
        }
        Times.write(out.name("next_run"), cron.nextRun());
        Times.write(out.name("last_run"), cron.lastRun());
        out.name("run_count").number(cron.runCount());
        out.name("skipped_count").number(cron.skipped());
        out.name("last_skip_reason").string(cron.lastSkip());
        out.name("failure_count").number(cron.failures());
        Times.write(out.name("waiting_run"), cron.waiting());
        Times.write(out.name("created_at"), cron.createdAt());
        Times.write(out.name("updated_at"), cron.updatedAt());
        out.name("missed").string(plan.missed().text);
        duration(out, "missed_max_age", plan.missedMaxAge());
        out.name("overlap").string(plan.overlap().text);
        duration(out, "jitter", plan.jitter());
        Times.write(out.name("start_at"), plan.startAt());
        Times.write(out.name("end_at"), plan.endAt());
        out.name("max_runs").number(plan.maxRuns());
        out.name("metadata");
        if (plan.metadata() == null) {
            out.beginObject().endObject();
        } else {
            out.raw(plan.metadata());
        }
    }

    /// Writes all runs, newest first.
    private static void runs(JsonWriter out, CronTask cron, LongFunction<TaskStatus> statuses) {
        CronRuns runs = cron.runs();
        out.beginArray();
        for (int i = runs.size() - 1; i >= 0; i--) {
            // a task that was retried on request has a later status than the recorded end
            TaskStatus status = statuses.apply(runs.task(i));
            status = status == null ? runs.outcome(i) : status;
            out.beginObject();
            out.name("run").number(cron.runCount() - (runs.size() - 1 - i));
            out.name("task_id").string(TaskId.format(runs.task(i)));
            Times.write(out.name("due_at"), runs.dueAt(i));
            out.name("status").string(status == null ? null : status.text);
            out.endObject();
        }
        out.endArray();
    }

    private static void duration(JsonWriter out, String name, long ms) {
        out.name(name).string(Durations.format(Duration.ofMillis(ms)));
    }
}
