package server.api;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;

import server.cron.CronRequests;
import server.cron.plan.CronJson;
import server.cron.plan.CronTask;
import server.http.Answer;
import server.http.Query;
import server.http.WebRequest;
import server.cron.CronStore;
import server.task.TaskDocument;
import server.task.TaskJson;
import server.task.Times;
import server.settings.Settings;
import shared.Problem;
import shared.Zones;
import shared.cron.CronExpression;
import shared.cron.CronPreview;
import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;

/// The requests about cron tasks. In a path, a cron task is named by its id, the beginning of its id, or its name.
final class CronApi {

    private static final int PREVIEW = 5;
    private static final int PREVIEW_MAX = 1_000;
    private static final int BUFFER_BYTES = 32 << 10;

    private final Settings settings;
    private final CronRequests crons;
    private final CronStore store;
    private final InstantSource clock;
    private final Warnings warnings;

    CronApi(Settings settings, CronRequests crons, InstantSource clock, Warnings warnings) {
        this.warnings = warnings;
        this.settings = settings;
        this.crons = crons;
        this.clock = clock;
        store = crons.store();
    }

    /// Creates a cron task; with `replace=true`, a cron task of the same name is changed instead.
    Answer create(WebRequest request) {
        boolean replace = request.query().flag("replace");
        CronTask cron = crons.create(request.json(settings.get(HttpApi.TASK_BYTES), "a cron task"),
                replace);
        return Answer.json(201, whole(cron), "Location", "/api/cron/" + cron.name());
    }

    Answer list(WebRequest request) {
        long limit = request.query().number("limit", Integer.MAX_VALUE, 1, Integer.MAX_VALUE);
        long offset = request.query().number("offset", 0, 0, Integer.MAX_VALUE);
        List<CronTask> all = store.all();
        int from = (int) Math.min(offset, all.size());
        int to = (int) Math.min(from + limit, all.size());
        List<CronTask> page = all.subList(from, to);
        return new Answer.Streamed(Answer.JSON, out -> write(page, out), "X-Total-Count", Integer.toString(all.size()));
    }

    Answer show(WebRequest request) {
        return Answer.json(200, whole(store.find(request.id())));
    }

    Answer update(WebRequest request) {
        request.json(settings.get(HttpApi.TASK_BYTES), "a cron task");
        return Answer.json(200, whole(crons.update(store.find(request.id()).id(), request.body()::json)));
    }

    Answer enable(WebRequest request) {
        return Answer.json(200, whole(store.enable(store.find(request.id()).id(), true)));
    }

    Answer disable(WebRequest request) {
        return Answer.json(200, whole(store.enable(store.find(request.id()).id(), false)));
    }

    /// Runs a cron task now; the answer is that of a submit.
    Answer run(WebRequest request) {
        TaskDocument document = crons.run(store.find(request.id()).id());
        JsonWriter out = new JsonWriter(1_024 + document.payload().length());
        TaskJson.writeSubmitted(out, document, warnings.of(document.task()));
        return Answer.json(201, out, "Location", "/api/tasks/" + document.task().name());
    }

    Answer remove(WebRequest request) {
        store.remove(store.find(request.id()).id());
        return Answer.empty(204);
    }

    /// Shows the next due times of an expression or, with `id`, of a cron task, for which the choice of `~` and the
    /// start of `@every` are known.
    Answer preview(WebRequest request) {
        Query query = request.query();
        Instant from = query.text("from") == null ? clock.instant()
                : Instant.ofEpochMilli(Times.parse("from", query.text("from")));
        int count = (int) query.number("count", PREVIEW, 1, PREVIEW_MAX);
        String expression = query.text("expr");
        if (query.text("id") != null) {
            if (expression != null || query.text("tz") != null) {
                throw Problem.badRequest("id names a cron task, which has an expression and a zone: leave expr and tz"
                        + " out");
            }
            return Answer.json(200, preview(store.find(query.text("id")), from, count).json());
        }
        if (expression == null) {
            throw Problem.badRequest("expr is missing, as in ?expr=0+9+*+*+1-5&tz=Europe/Berlin&count=5");
        }
        ZoneId followed = query.text("tz") == null ? crons.zone() : Zones.named("tz", query.text("tz"));
        return Answer.json(200, CronPreview.of(expression, followed, from, count).json());
    }

    private static CronPreview preview(CronTask cron, Instant from, int count) {
        String expression = cron.plan().expression();
        return new CronPreview(expression, ZoneId.of(cron.plan().zone()),
                CronExpression.parse(expression, cron.id()).describe(),
                CronStore.dueAfter(cron, from.toEpochMilli(), count).stream().map(Instant::ofEpochMilli).toList());
    }

    private JsonWriter whole(CronTask cron) {
        Slice template = store.template(cron);
        JsonWriter out = new JsonWriter(2_048 + template.length());
        CronJson.write(out, cron, template, store::status);
        return out;
    }

    private void write(List<CronTask> page, OutputStream out) throws IOException {
        BufferedOutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES);
        boolean begun = false;
        buffered.write('[');
        for (CronTask cron : page) {
            try {
                JsonWriter json = new JsonWriter(1_024);
                CronJson.writeSummary(json, cron, store.template(cron));
                if (begun) {
                    buffered.write(',');
                }
                begun = true;
                buffered.write(json.buffer(), 0, json.length());
            } catch (Problem removedMeanwhile) {
                // the cron task was deleted meanwhile: it is omitted
            }
        }
        buffered.write(']');
        buffered.flush();
    }
}
