package server.api;

import java.time.InstantSource;
import java.util.List;

import server.http.Answer;
import server.http.WebRequest;
import server.stats.History;
import server.stats.History.WorkBy;
import server.stats.Minute;
import server.stats.Minute.Percentiles;
import server.stats.WorkOf;
import server.task.Times;
import shared.json.JsonWriter;

/// The requests about the queue's history, minute by minute.
final class HistoryApi {

    /// See `server.openapi.Shapes`.
    static final String SHAPES = """
            History = window now:time since:time bucket_seconds:int percentile_error:number buckets:[Minute] \
                marks:[Mark] by:By
            Minute = at:time seconds:number pending:int running:int submitted:int completed:int failed:int \
                cancelled:int wait_ms_p50:int|null wait_ms_p95:int|null run_ms_p50:int|null run_ms_p95:int|null \
                tokens:int tokens_per_second:number
            Mark = kind at:time until:time|null
            By = since:time priority:[Work] model:[Work] client:[Work]
            Work = name|null tasks:int failed:int wait_ms_p50:int wait_ms_p95:int wait_ms_max:int run_ms_p50:int \
                run_ms_p95:int busy_seconds:number tokens:int loads:int loading_seconds:number
            """;

    private static final List<String> WINDOWS = List.of("1h", "24h");
    private static final List<Integer> MINUTES = List.of(60, History.MINUTES);
    private static final int BUCKET_BYTES = 320;
    private static final long MINUTE_MS = 60_000;
    private static final double MILLIS = 1e3;

    private final History history;
    private final InstantSource clock;

    HistoryApi(History history, InstantSource clock) {
        this.history = history;
        this.clock = clock;
    }

    Answer show(WebRequest request) {
        int window = request.query().choice("window", WINDOWS, 0);
        long now = clock.millis();
        List<Minute> minutes = history.last(MINUTES.get(window), now);
        JsonWriter out = new JsonWriter(512 + BUCKET_BYTES * minutes.size()).beginObject();
        out.name("window").string(WINDOWS.get(window));
        Times.write(out.name("now"), now);
        Times.write(out.name("since"), history.since());
        out.name("bucket_seconds").number(60);
        out.name("percentile_error").number(Double.toString(History.PERCENTILE_ERROR));
        out.name("buckets").beginArray();
        minutes.forEach(minute -> write(out, minute));
        out.endArray();
        long from = now - MINUTES.get(window) * MINUTE_MS;
        out.name("marks").beginArray();
        for (History.Mark mark : history.marks(from)) {
            Times.write(out.beginObject().name("kind").string(mark.kind()).name("at"), mark.at());
            Times.write(out.name("until"), mark.until());
            out.endObject();
        }
        out.endArray();
        WorkBy work = history.work(from);
        Times.write(out.name("by").beginObject().name("since"), work.since());
        write(out.name("priority"), work.priority());
        write(out.name("model"), work.model());
        write(out.name("client"), work.client());
        return Answer.json(200, out.endObject().endObject());
    }

    private static void write(JsonWriter out, List<WorkOf> all) {
        out.beginArray();
        for (WorkOf work : all) {
            out.beginObject().name("name").string(work.name());
            out.name("tasks").number(work.tasks()).name("failed").number(work.failed());
            out.name("wait_ms_p50").number(work.waitP50()).name("wait_ms_p95").number(work.waitP95());
            out.name("wait_ms_max").number(work.waitMax());
            out.name("run_ms_p50").number(work.runP50()).name("run_ms_p95").number(work.runP95());
            out.name("busy_seconds").number(Decimals.text(work.busy() / MILLIS));
            out.name("tokens").number(work.tokens()).name("loads").number(work.loads());
            out.name("loading_seconds").number(Decimals.text(work.loading() / MILLIS)).endObject();
        }
        out.endArray();
    }

    private static void write(JsonWriter out, Minute minute) {
        Times.write(out.beginObject().name("at"), minute.at());
        out.name("seconds").number(Decimals.text(minute.seconds()));
        out.name("pending").number(minute.pending());
        out.name("running").number(minute.running());
        out.name("submitted").number(minute.submitted());
        out.name("completed").number(minute.completed());
        out.name("failed").number(minute.failed());
        out.name("cancelled").number(minute.cancelled());
        percentiles(out, "wait", minute.waits());
        percentiles(out, "run", minute.runs());
        out.name("tokens").number(minute.tokens());
        out.name("tokens_per_second").number(Decimals.text(minute.tokensPerSecond()));
        out.endObject();
    }

    private static void percentiles(JsonWriter out, String name, Percentiles of) {
        millis(out.name(name + "_ms_p50"), of.p50());
        millis(out.name(name + "_ms_p95"), of.p95());
    }

    private static void millis(JsonWriter out, long value) {
        if (value < 0) {
            out.nul();
        } else {
            out.number(value);
        }
    }
}
