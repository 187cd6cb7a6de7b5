package server.api;

import java.time.InstantSource;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;

import server.dispatch.Hosts;
import server.http.Answer;
import server.http.WebRequest;
import server.order.ahead.Outlook;
import server.queue.TaskQueue;
import server.queue.state.QueueMode;
import server.queue.state.QueueStats;
import server.stats.History;
import server.stats.Rates;
import server.task.Times;
import shared.TaskStatus;
import shared.Version;
import shared.json.JsonWriter;
import shared.json.Slice;

/// The requests about the queue as a whole.
final class QueueApi {

    /// See `server.openapi.Shapes`.
    static final String SHAPES = """
            Status = pending_tasks:int running_tasks:int completed_tasks:int failed_tasks:int \
                cancelled_tasks:int ready_tasks:int retrying_tasks:int scheduled_tasks:int blocked_tasks:int \
                total_tasks:int queues_by_priority:{int} callers_waiting:int workers_active:int workers_idle:int \
                mode oldest_pending_at:time|null oldest_pending_seconds:int submitted_per_minute:number \
                completed_per_minute:number failed_per_minute:number tokens_per_second:number last_seq:int \
                started_at:time uptime_seconds:int version name|null page trouble|null \
                blocked:[Group] cloud?:any
            """;

    /// The number of reasons for blocked tasks that are shown.
    private static final int BLOCKED_MAX = 3;

    private final TaskQueue queue;
    private final Hosts hosts;
    private final History history;
    /// What the hosts report of Ollama's cloud; null if nothing.
    private final Supplier<Slice> cloud;
    private final InstantSource clock;
    private final IntFunction<Outlook> outlook;
    private final Supplier<String> held;
    private final String name;
    private final String page;
    private final long startedAt;

    /// @param name the server's name; null for none
    /// @param page identifies the version of the page
    QueueApi(HttpApi.Parts parts, String name, String page) {
        this.name = name;
        this.page = page;
        held = parts.held();
        queue = parts.queue();
        hosts = parts.hosts();
        history = parts.history();
        cloud = parts.cloud();
        clock = parts.clock();
        outlook = parts.standing().outlook();
        startedAt = clock.millis();
    }

    Answer pause(WebRequest request) {
        return change(QueueMode.PAUSED);
    }

    Answer resume(WebRequest request) {
        return change(QueueMode.RUNNING);
    }

    Answer drain(WebRequest request) {
        return change(QueueMode.DRAINING);
    }

    Answer status(WebRequest request) {
        return status();
    }

    private Answer change(QueueMode mode) {
        queue.changeMode(mode);
        return status();
    }

    private Answer status() {
        JsonWriter out = new JsonWriter(512);
        write(out, queue.stats());
        return Answer.json(200, out);
    }

    /// Returns why the server is not ready, if somebody can do something about it; null if there is no such reason.
    private String trouble() {
        String failure = queue.failure();
        String full = failure == null ? queue.full() : null;
        return failure != null ? failure : full != null ? full : held.get();
    }

    void write(JsonWriter out, QueueStats stats) {
        long now = clock.millis();
        out.beginObject();
        for (TaskStatus status : TaskStatus.values()) {
            out.name(status.text + "_tasks").number(stats.byStatus().getOrDefault(status, 0L));
        }
        Outlook pending = outlook.apply(0);
        for (Outlook.State state : Outlook.State.values()) {
            out.name(state.text() + "_tasks").number(pending.count(state));
        }
        out.name("total_tasks").number(stats.total());
        out.name("queues_by_priority").beginObject();
        for (Map.Entry<Integer, ? extends Number> entry : stats.pendingByPriority().entrySet()) {
            out.name(entry.getKey().toString()).number(entry.getValue().longValue());
        }
        out.endObject();
        out.name("callers_waiting").number(stats.callersWaiting());
        out.name("workers_active").number(hosts.running());
        out.name("workers_idle").number(hosts.free());
        out.name("mode").string(stats.mode().text);
        Times.write(out.name("oldest_pending_at"), stats.oldestPendingAt());
        out.name("oldest_pending_seconds")
                .number(stats.oldestPendingAt() == 0 ? 0 : Math.max(0, now - stats.oldestPendingAt()) / 1_000);
        Rates rates = history.rates(now);
        out.name("submitted_per_minute").number(Decimals.text(rates.submittedPerMinute()));
        out.name("completed_per_minute").number(Decimals.text(rates.completedPerMinute()));
        out.name("failed_per_minute").number(Decimals.text(rates.failedPerMinute()));
        out.name("tokens_per_second").number(Decimals.text(rates.tokensPerSecond()));
        out.name("last_seq").number(stats.lastSeq());
        long started = startedAt + stats.clockSet();
        Times.write(out.name("started_at"), started);
        out.name("uptime_seconds").number(Math.max(0, now - started) / 1_000);
        out.name("version").string(Version.TEXT);
        out.name("name").string(name).name("page").string(page);
        out.name("trouble").string(trouble());
        out.name("blocked").beginArray();
        pending.groups().stream().filter(group -> group.state() == Outlook.State.BLOCKED).limit(BLOCKED_MAX)
                .forEach(group -> NowApi.write(out, group));
        out.endArray();
        Slice ofHosts = cloud.get();
        if (ofHosts != null) {
            out.name("cloud").raw(ofHosts);
        }
        out.endObject();
    }
}
