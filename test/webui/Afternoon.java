package webui;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;

import shared.json.JsonWriter;

/// The answer of `/api/stats/history` after hours of work, for which no test has the time. It is invented, and the same
/// each time.
final class Afternoon {

    private Afternoon() {
    }

    /// @param minutes how far back the record reaches; the window may be longer
    static String history(String window, int minutes) {
        Random random = new Random(11);
        Instant now = Instant.now();
        Instant first = now.truncatedTo(ChronoUnit.MINUTES).minus(minutes - 1L, ChronoUnit.MINUTES);
        JsonWriter json = new JsonWriter().beginObject().name("window").string(window);
        json.name("now").string(now.toString()).name("since").string(first.plusSeconds(12).toString());
        json.name("bucket_seconds").number(60).name("percentile_error").number("0.03125").name("buckets").beginArray();
        double pending = 4;
        for (int i = 0; i < minutes; i++) {
            double busy = 0.5 + 0.5 * Math.sin(i / (minutes / 9.0));
            int submitted = random.nextInt(1 + (int) (14 * busy * busy));
            int completed = (int) Math.min(pending + submitted, 4 + random.nextInt(5));
            pending += submitted - completed;
            json.beginObject().name("at").string(first.plus(i, ChronoUnit.MINUTES).toString());
            json.name("seconds").number(60).name("pending").number((long) pending);
            json.name("running").number(Math.min(5, completed)).name("submitted").number(submitted);
            json.name("completed").number(completed).name("failed").number(random.nextInt(9) == 0 ? 1 : 0);
            json.name("cancelled").number(0);
            long wait = (long) (300 + pending * 4_000 * (0.8 + random.nextDouble() / 3));
            long run = (long) (2_800 + 900 * random.nextDouble());
            length(json.name("wait_ms_p50"), completed, wait).name("wait_ms_p95");
            length(json, completed, (long) (wait * (1.8 + random.nextDouble() / 2))).name("run_ms_p50");
            length(json, completed, run).name("run_ms_p95");
            length(json, completed, run * 3 + random.nextInt(3_000));
            json.name("tokens").number(completed * 190L).name("tokens_per_second");
            json.number(Double.toString(Math.round(completed * 190 / 6.0) / 10.0)).endObject();
        }
        json.endArray().name("marks").beginArray();
        mark(json, "restart", first.plus(minutes * 2L / 5, ChronoUnit.MINUTES), null);
        mark(json, "paused", first.plus(minutes / 2L, ChronoUnit.MINUTES),
                first.plus(minutes * 3L / 5, ChronoUnit.MINUTES));
        json.endArray().name("by").beginObject().name("since").string(first.toString());
        works(json, "priority", minutes, "5", "10", "1");
        works(json, "model", minutes, "qwen3:8b", "llama3.2:3b", "mistral-small:24b", "nomic-embed-text");
        works(json, "client", minutes, null, "open-webui", "nightly-index", "anna@example.org");
        return json.endObject().endObject().toString();
    }

    private static void mark(JsonWriter json, String kind, Instant at, Instant until) {
        json.beginObject().name("kind").string(kind).name("at").string(at.toString());
        json.name("until").string(until == null ? at.toString() : until.toString()).endObject();
    }

    private static void works(JsonWriter json, String of, int minutes, String... names) {
        json.name(of).beginArray();
        for (int i = 0; i < names.length; i++) {
            long tasks = 3L * minutes / (i + 1);
            json.beginObject().name("name").string(names[i]).name("tasks").number(tasks);
            json.name("failed").number(tasks / 40).name("wait_ms_p50").number(300).name("wait_ms_p95").number(18_400);
            json.name("wait_ms_max").number(94_000).name("run_ms_p50").number(2_900 + 400L * i);
            json.name("run_ms_p95").number(12_300).name("busy_seconds").number(tasks * 3).name("tokens");
            json.number(tasks * 190).name("loads").number(tasks / 9).name("loading_seconds").number(tasks / 3);
            json.endObject();
        }
        json.endArray();
    }

    private static JsonWriter length(JsonWriter json, int completed, long millis) {
        return completed == 0 ? json.nul() : json.number(millis);
    }
}
