package server.api;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

import server.api.HttpApi.Standing;
import server.dispatch.Dispatcher.Progress;
import server.http.Answer;
import server.http.WebRequest;
import server.order.Fit;
import server.order.ahead.Explanation.Waiting;
import server.order.ahead.Outlook;
import server.order.ahead.Outlook.State;
import server.order.ahead.Upcoming;
import server.queue.TaskQueue;
import server.queue.index.FailureCause;
import server.stats.History;
import server.task.Task;
import server.task.TaskId;
import server.task.TaskJson;
import server.task.Times;
import shared.Problem;
import shared.json.JsonWriter;

/// What happens now: what runs and how far it is, what is next, and what needs somebody.
///
/// @param data the folder of the journal
record NowApi(TaskQueue queue, Standing standing, History history, Path data, InstantSource clock) {

    /// See `server.openapi.Shapes`.
    static final String SHAPES = """
            Now = now:time running:[Progress] next:[Next] waiting:[Group] failures:[FailureCause] \
                failures_more:int disk:Disk|null
            Progress = ...Summary attempt:int phase tokens:int tokens_per_second:number first_token_at:time|null \
                last_token_at:time|null
            Next = ...Summary host|null loads:bool
            Group = state kind text tasks:int first|null model|null until:time|null
            FailureCause = cause cause_id model host|null tasks:int last_at:time last example|null
            Disk = free_bytes:int total_bytes:int low:bool
            """;

    /// So many of those that are next are shown.
    private static final int NEXT = 10;
    /// So many are played, for this is asked for each second: some may be blocked.
    private static final int PLAYED = 30;
    private static final int FAILURES = 10;
    private static final int BYTES = 8_192;
    /// Of a small disk this share, of a large one so many bytes are little.
    private static final long LOW_SHARE = 10;
    private static final long LOW_BYTES = 10L << 30;

    Answer show(WebRequest request) {
        long now = clock.millis();
        Outlook outlook = standing.outlook().apply(PLAYED);
        JsonWriter out = new JsonWriter(BYTES).beginObject();
        Times.write(out.name("now"), now);
        out.name("running").beginArray();
        standing.progress().get().forEach(progress -> write(out, progress, now));
        out.endArray().name("next").beginArray();
        // what no host seems to have the model of is asked for, too, but needs somebody
        outlook.next().values().stream().filter(start -> outlook.state(start.task()) == State.READY).limit(NEXT)
                .forEach(start -> task(out, start.task(), more -> next(more, start)));
        out.endArray().name("waiting").beginArray();
        outlook.groups().forEach(group -> write(out, group));
        out.endArray().name("failures").beginArray();
        List<FailureCause> failures = history.failures(now);
        failures.stream().limit(FAILURES).forEach(failure -> write(out, failure));
        long rest = failures.stream().skip(FAILURES).mapToLong(FailureCause::count).sum();
        out.endArray().name("failures_more").number(rest);
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
            ExplainApi.times(more, standing.explain().apply(progress.task()));
        });
    }

    /// A task that is deleted in the meantime is left out.
    private void task(JsonWriter out, Task task, Consumer<JsonWriter> more) {
        String preview;
        try {
            preview = queue.preview(task);
        } catch (Problem gone) {
            if (gone.status() == 404) {
                return;
            }
            // what cannot be read hides nothing else
            preview = null;
        }
        TaskJson.writeSummary(out, task, preview, more);
    }

    /// Writes where and when a task probably starts.
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

    static void write(JsonWriter out, FailureCause failure) {
        out.beginObject().name("cause").string(failure.cause().text());
        out.name("cause_id").string(failure.cause().isOne() ? failure.cause().name() : null);
        out.name("model").string(failure.model());
        out.name("host").string(failure.host()).name("tasks").number(failure.count());
        Times.write(out.name("last_at"), failure.lastAt());
        out.name("last").string(TaskId.format(failure.task()));
        out.name("example").string(failure.error()).endObject();
    }

    private void disk(JsonWriter out) {
        try {
            FileStore store = Files.getFileStore(data);
            long free = store.getUsableSpace();
            long total = store.getTotalSpace();
            out.beginObject().name("free_bytes").number(free).name("total_bytes").number(total);
            out.name("low").bool(free < Math.min(total / LOW_SHARE, LOW_BYTES)).endObject();
        } catch (IOException unknown) {
            out.nul();
        }
    }
}
