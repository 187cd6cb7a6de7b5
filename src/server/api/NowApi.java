package server.api;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

import server.cron.plan.CronRuns;
import server.cron.plan.CronTask;
import server.dispatch.Dispatcher.Progress;
import server.http.Answer;
import server.http.WebRequest;
import server.order.Fit;
import server.order.ahead.Explanation.Waiting;
import server.order.ahead.Outlook;
import server.order.ahead.Upcoming;
import server.queue.index.FailureCause;
import server.task.Task;
import server.task.TaskId;
import server.task.TaskJson;
import server.task.Times;
import shared.Problem;
import shared.json.JsonWriter;

/// The present: the running tasks and their progress, the next tasks, and what needs attention.
record NowApi(HttpApi.Parts parts) {

    /// See `server.openapi.Shapes`.
    static final String SHAPES = """
            Now = now:time running:[Progress] next:[Next] waiting:[Group] failures:[FailureCause] \
                failures_more:int crons:[FailingCron] crons_more:int disk:Disk|null
            Progress = ...Summary attempt:int phase tokens:int tokens_per_second:number first_token_at:time|null \
                last_token_at:time|null
            Next = ...Summary host|null loads:bool
            Group = state kind text tasks:int first|null model|null until:time|null
            FailureCause = cause cause_id model host|null tasks:int last_at:time last example|null \
                first_at?:time hours?:[int]
            FailingCron = id name failed_in_a_row:int task_id due_at:time
            Disk = free_bytes:int total_bytes:int low:bool journal_bytes?:int journal_dead_ratio?:number
            """;

    /// The number of next tasks that are shown.
    private static final int NEXT = 10;
    /// The number of tasks that are played forward: small, because this is requested every second, but larger than
    /// [#NEXT], because some may be blocked.
    private static final int PLAYED = 30;
    private static final int FAILURES = 10;
    private static final int CRONS = 5;
    private static final int BYTES = 8_192;
    /// Free space is low below this part of the disk, or below this many bytes, whichever is less.
    private static final long LOW_SHARE = 10;
    private static final long LOW_BYTES = 10L << 30;

    Answer show(WebRequest request) {
        long now = parts.clock().millis();
        Outlook outlook = parts.standing().outlook().apply(PLAYED);
        JsonWriter out = new JsonWriter(BYTES).beginObject();
        Times.write(out.name("now"), now);
        out.name("running").beginArray();
        parts.standing().progress().get().forEach(progress -> write(out, progress, now));
        out.endArray().name("next").beginArray();
        outlook.next().values().stream().limit(NEXT)
                .forEach(start -> task(out, start.task(), more -> {
                    next(more, start);
                    write(more.name("waits_for"), outlook.waits().apply(start.task()));
                }));
        out.endArray().name("waiting").beginArray();
        outlook.groups().forEach(group -> write(out, group));
        out.endArray().name("failures").beginArray();
        List<FailureCause> failures = parts.history().failures(now);
        failures.stream().limit(FAILURES).forEach(failure -> write(out, failure, more -> { }));
        long rest = failures.stream().skip(FAILURES).mapToLong(FailureCause::count).sum();
        out.endArray().name("failures_more").number(rest);
        crons(out);
        disk(out.name("disk"));
        return Answer.json(200, out.endObject());
    }

    private void write(JsonWriter out, Progress progress, long now) {
        task(out, progress.task(), more -> {
            more.name("attempt").number(progress.attempt());
            String phase = progress.firstAt() != 0 ? "answer" : progress.loads() ? "load" : "prompt";
            more.name("phase").string(phase);
            more.name("tokens").number(progress.tokens());
            long since = now - progress.firstAt();
            more.name("tokens_per_second").number(Decimals.text(progress.tokens() < 2 || since <= 0 ? 0
                    : progress.tokens() * 1e3 / since));
            Times.write(more.name("first_token_at"), progress.firstAt());
            Times.write(more.name("last_token_at"), progress.lastAt());
            ExplainApi.times(more, parts.standing().explain().apply(progress.task()));
        });
    }

    /// Writes a task; one that was deleted meanwhile is omitted.
    private void task(JsonWriter out, Task task, Consumer<JsonWriter> more) {
        String preview;
        try {
            preview = parts.queue().preview(task);
        } catch (Problem gone) {
            if (gone.status() == 404) {
                return;
            }
            // an unreadable record must not hide the rest
            preview = null;
        }
        TaskJson.writeSummary(out, task, preview, more);
    }

    /// Writes where and when a task will probably start.
    static void next(JsonWriter out, Upcoming start) {
        out.name("position").number(start.position());
        ExplainApi.span(out.name("starts_in"), start.startsIn());
        out.name("host").string(start.offer().host());
        out.name("loads").bool(start.offer().fit() == Fit.LOADS);
    }

    static void write(JsonWriter out, Waiting waiting) {
        out.beginObject().name("kind").string(waiting.kind().name().toLowerCase(Locale.ROOT));
        out.name("text").string(waiting.text()).endObject();
    }

    static void write(JsonWriter out, Outlook.Group group) {
        out.beginObject().name("state").string(group.state().text());
        out.name("kind").string(group.waiting().kind().name().toLowerCase(Locale.ROOT));
        out.name("text").string(group.waiting().text());
        out.name("tasks").number(group.tasks());
        out.name("first").string(group.first() == null ? null : group.first().name());
        out.name("model").string(group.first() == null ? null : group.first().model());
        Times.write(out.name("until"), group.until());
        out.endObject();
    }

    /// @param more writes further members
    static void write(JsonWriter out, FailureCause failure, Consumer<JsonWriter> more) {
        out.beginObject().name("cause").string(failure.cause().text());
        out.name("cause_id").string(failure.cause().isOne() ? failure.cause().name() : null);
        out.name("model").string(failure.model());
        out.name("host").string(failure.host()).name("tasks").number(failure.count());
        Times.write(out.name("last_at"), failure.lastAt());
        out.name("last").string(TaskId.format(failure.task()));
        out.name("example").string(failure.error());
        more.accept(out);
        out.endObject();
    }

    /// Writes the failing cron tasks, those with the most failures in a row first.
    private void crons(JsonWriter out) {
        List<CronTask> failing = parts.crons().store().failing();
        out.name("crons").beginArray();
        failing.stream().sorted(Comparator.comparingInt((CronTask cron) -> cron.runs().failedLast()).reversed()
                .thenComparingLong(CronTask::id)).limit(CRONS).forEach(cron -> write(out, cron));
        out.endArray().name("crons_more").number(Math.max(0, failing.size() - CRONS));
    }

    private static void write(JsonWriter out, CronTask cron) {
        CronRuns runs = cron.runs();
        int last = runs.size() - 1;
        while (runs.outcome(last) == null) {
            last--;
        }
        out.beginObject().name("id").string(cron.name()).name("name").string(cron.plan().name());
        out.name("failed_in_a_row").number(runs.failedLast()).name("task_id").string(TaskId.format(runs.task(last)));
        Times.write(out.name("due_at"), runs.dueAt(last));
        out.endObject();
    }

    private void disk(JsonWriter out) {
        try {
            FileStore store = Files.getFileStore(parts.data());
            long free = store.getUsableSpace();
            long total = store.getTotalSpace();
            boolean low = free < Math.min(total / LOW_SHARE, LOW_BYTES);
            // helps to decide what to do about it; computed only if needed, because it is costlier
            long journal = low ? parts.queue().ledger().journalBytes() : 0;
            out.beginObject().name("free_bytes").number(free).name("total_bytes").number(total);
            out.name("low").bool(low);
            if (low) {
                out.name("journal_bytes").number(journal);
                out.name("journal_dead_ratio").number(Decimals.text(parts.compaction().deadShare()));
            }
            out.endObject();
        } catch (IOException unknown) {
            out.nul();
        }
    }
}
