package server.api;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

import server.http.Answer;
import server.http.WebRequest;
import server.order.Fit;
import server.order.ahead.Explanation;
import server.order.ahead.Forecast;
import server.order.ahead.Span;
import server.queue.TaskQueue;
import server.task.Attempt;
import server.task.Attempt.Chosen;
import server.task.Task;
import server.task.TaskDocument;
import server.task.TaskId;
import server.task.TaskJson;
import server.task.TaskState;
import shared.json.JsonWriter;

/// Explains the position and the state of a task.
record ExplainApi(TaskQueue queue, Function<Task, Explanation> explain) {

    /// See `server.openapi.Shapes`.
    static final String SHAPES = """
            times = position?:int|null starts_in?:Span|null done_in?:Span|null
            standing = ...times waiting? \
                effective_priority?:int state? waits_for?:WaitsFor|null
            WouldBe = ...standing host? loads?:bool warnings?:[text]
            Span = low:number high:number
            WaitsFor = kind text
            Before = id why text
            Explanation = id status:TaskStatus ...times waits_for:WaitsFor|null rule|null host|null \
                host_rule|null loads:bool|null passed|null before:[Before] longest_wait:number|null \
                load:Load|null attempts:[Attempt]
            Load = seconds:number|null usually:number|null
            """;

    private static final int BYTES = 4_096;

    Answer show(WebRequest request) {
        TaskDocument document = queue.document(queue.find(request.id()).id());
        Task task = document.task();
        Explanation why = explain.apply(task);
        Forecast forecast = why.forecast();
        JsonWriter out = new JsonWriter(BYTES);
        out.beginObject();
        out.name("id").string(task.name());
        out.name("status").string(task.status().text);
        standing(out, why);
        Attempt last = document.attempts().isEmpty() ? null : document.attempts().getLast();
        TaskState.Running run = task.state() instanceof TaskState.Running running ? running : null;
        boolean offered = forecast != null && forecast.offer() != null;
        Chosen chosen = forecast != null ? null : run != null ? run.chosen() : last == null ? null : last.chosen();
        out.name("rule").string(forecast != null ? forecast.rule() : chosen == null ? null : chosen.by().text);
        out.name("host").string(offered ? forecast.offer().host() : task.state().host());
        out.name("host_rule").string(offered ? forecast.offer().rule() : run != null ? run.rule()
                : forecast != null || last == null ? null : last.rule());
        out.name("loads");
        if (offered) {
            out.bool(forecast.offer().fit() == Fit.LOADS);
        } else if (chosen != null) {
            out.bool(chosen.loads());
        } else {
            out.nul();
        }
        out.name("passed").string(chosen == null || chosen.over() < 0 ? null : TaskId.format(chosen.over()));
        out.name("before").beginArray();
        for (Forecast.Before before : forecast == null ? List.<Forecast.Before>of() : forecast.before()) {
            out.beginObject();
            out.name("id").string(before.id());
            out.name("why").string(before.why().name().toLowerCase(Locale.ROOT));
            out.name("text").string(before.why().text);
            out.endObject();
        }
        out.endArray();
        out.name("longest_wait");
        seconds(out, why.longest());
        out.name("load");
        if (why.load() == null) {
            out.nul();
        } else {
            seconds(out.beginObject().name("seconds"), why.load().since());
            seconds(out.name("usually"), why.load().usual());
            out.endObject();
        }
        TaskJson.attempts(out.name("attempts"), document.attempts());
        return Answer.json(200, out.endObject());
    }

    /// Writes when a task starts and what it waits for.
    static void standing(JsonWriter out, Explanation why) {
        times(out, why);
        out.name("waits_for");
        if (why.waitsFor() == null) {
            out.nul();
        } else {
            NowApi.write(out, why.waitsFor());
        }
    }

    /// Writes the position and times, which the task's document shows too.
    static void times(JsonWriter out, Explanation why) {
        Forecast forecast = why.forecast();
        if (forecast != null) {
            out.name("position");
            if (forecast.position() == 0) {
                out.nul();
            } else {
                out.number(forecast.position());
            }
            span(out.name("starts_in"), forecast.startsIn());
        } else if (why != Explanation.ENDED) {
            span(out.name("done_in"), why.doneIn());
        }
    }

    static void span(JsonWriter out, Span span) {
        if (span == null) {
            out.nul();
            return;
        }
        out.beginObject();
        seconds(out.name("low"), span.low());
        seconds(out.name("high"), span.high());
        out.endObject();
    }

    /// @param ms negative for none, which is written as null
    private static void seconds(JsonWriter out, long ms) {
        if (ms < 0) {
            out.nul();
        } else {
            out.number(Decimals.text(ms / 1000.0));
        }
    }
}
