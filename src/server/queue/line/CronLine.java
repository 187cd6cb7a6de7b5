package server.queue.line;

import server.cron.plan.CronPlan;
import server.cron.plan.CronRuns;
import server.cron.plan.CronTask;
import server.cron.plan.Missed;
import server.cron.plan.Overlap;
import server.task.CronId;
import server.task.TaskId;
import server.task.Times;
import shared.TaskStatus;
import shared.json.JsonReader;
import shared.json.JsonWriter;

/// The member `cron` of a journal line: a cron task without its template. Sparse: values that are 0, null or the
/// default are absent. A run is `["task_…","<due time>","completed"]`, without the status while its task has not ended.
final class CronLine {

    private final JsonReader in;
    private final Pool pool;

    private long id = -1;
    private String name;
    private String expression;
    private String zone;
    private boolean enabled = true;
    private Missed missed = Missed.SKIP;
    private long missedMaxAge = CronPlan.MISSED_MAX_AGE_MS;
    private Overlap overlap = Overlap.SKIP;
    private long jitter;
    private long startAt;
    private long endAt;
    private long maxRuns;
    private byte[] metadata;
    private long createdAt;
    private long updatedAt;
    private long nextRun;
    private long waiting;
    private long notBefore;
    private long runCount;
    private long lastRun;
    private CronRuns runs = CronRuns.NONE;
    private long skipped;
    private String lastSkip;
    private long failures;

    CronLine(JsonReader in, Pool pool) {
        this.in = in;
        this.pool = pool;
    }

    static void write(JsonWriter out, CronTask cron) {
        CronPlan plan = cron.plan();
        out.beginObject();
        out.name("id").string(cron.name());
        out.name("name").string(plan.name());
        out.name("cron_expr").string(plan.expression());
        out.name("timezone").string(plan.zone());
        if (!plan.enabled()) {
            out.name("enabled").bool(false);
        }
        TaskLine.text(out, "missed", plan.missed() == Missed.SKIP ? null : plan.missed().text);
        TaskLine.number(out, "missed_max_age_ms", plan.missedMaxAge(), CronPlan.MISSED_MAX_AGE_MS);
        TaskLine.text(out, "overlap", plan.overlap() == Overlap.SKIP ? null : plan.overlap().text);
        TaskLine.number(out, "jitter_ms", plan.jitter(), 0);
        TaskLine.time(out, "start_at", plan.startAt());
        TaskLine.time(out, "end_at", plan.endAt());
        TaskLine.number(out, "max_runs", plan.maxRuns(), 0);
        if (plan.metadata() != null) {
            out.name("metadata").raw(plan.metadata());
        }
        TaskLine.time(out, "created_at", cron.createdAt());
        TaskLine.time(out, "updated_at", cron.updatedAt());
        TaskLine.time(out, "next_run", cron.nextRun());
        TaskLine.time(out, "waiting_run", cron.waiting());
        TaskLine.time(out, "not_before", cron.notBefore());
        TaskLine.number(out, "run_count", cron.runCount(), 0);
        TaskLine.time(out, "last_run", cron.lastRun());
        TaskLine.number(out, "skipped_count", cron.skipped(), 0);
        TaskLine.text(out, "last_skip_reason", cron.lastSkip());
        TaskLine.number(out, "failure_count", cron.failures(), 0);
        if (cron.runs().size() > 0) {
            runs(out.name("runs"), cron.runs());
        }
        out.endObject();
    }

    private static void runs(JsonWriter out, CronRuns runs) {
        out.beginArray();
        for (int i = 0; i < runs.size(); i++) {
            out.beginArray().string(TaskId.format(runs.task(i)));
            Times.write(out, runs.dueAt(i));
            if (runs.outcome(i) != null) {
                out.string(runs.outcome(i).text);
            }
            out.endArray();
        }
        out.endArray();
    }

    /// Returns the cron task without its positions, which are not in the line.
    CronTask read() {
        in.beginObject();
        for (String member = in.nextName(); member != null; member = in.nextName()) {
            switch (member) {
                case "id" -> id = CronId.parse(in.string());
                case "created_at" -> createdAt = TaskLine.time(in);
                case "updated_at" -> updatedAt = TaskLine.time(in);
                case "next_run" -> nextRun = TaskLine.time(in);
                case "waiting_run" -> waiting = TaskLine.time(in);
                case "not_before" -> notBefore = TaskLine.time(in);
                case "run_count" -> runCount = Long.parseLong(in.number());
                case "last_run" -> lastRun = TaskLine.time(in);
                case "skipped_count" -> skipped = Long.parseLong(in.number());
                case "last_skip_reason" -> lastSkip = pool.share(in.string());
                case "failure_count" -> failures = Long.parseLong(in.number());
                case "runs" -> runs();
                default -> plan(member);
            }
        }
        if (id < 0 || name == null || expression == null || zone == null) {
            throw in.error("a cron task without id, name, cron_expr or timezone");
        }
        CronPlan plan = new CronPlan(name, expression, zone, enabled, missed, missedMaxAge, overlap, jitter, startAt,
                endAt, maxRuns, metadata);
        return new CronTask(id, plan, createdAt, updatedAt, nextRun, waiting, notBefore, runCount, lastRun, runs,
                skipped, lastSkip, failures, 0, 0);
    }

    private void plan(String member) {
        switch (member) {
            case "name" -> name = pool.share(in.string());
            case "cron_expr" -> expression = pool.share(in.string());
            case "timezone" -> zone = pool.share(in.string());
            case "enabled" -> enabled = in.bool();
            case "missed" -> missed = Missed.parse(in.string());
            case "missed_max_age_ms" -> missedMaxAge = Long.parseLong(in.number());
            case "overlap" -> overlap = Overlap.parse(in.string());
            case "jitter_ms" -> jitter = Long.parseLong(in.number());
            case "start_at" -> startAt = TaskLine.time(in);
            case "end_at" -> endAt = TaskLine.time(in);
            case "max_runs" -> maxRuns = Long.parseLong(in.number());
            case "metadata" -> metadata = in.raw().toBytes();
            // a later version may have further members
            default -> in.skip();
        }
    }

    private void runs() {
        in.beginArray();
        while (in.nextElement()) {
            in.beginArray();
            in.nextElement();
            long task = TaskId.parse(in.string());
            in.nextElement();
            long dueAt = TaskLine.time(in);
            TaskStatus outcome = in.nextElement() ? TaskStatus.parse(in.string()) : null;
            while (outcome != null && in.nextElement()) {
                in.skip();
            }
            runs = runs.with(task, dueAt, outcome);
        }
    }
}
