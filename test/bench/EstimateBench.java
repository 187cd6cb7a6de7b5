package bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

import shared.json.Json;
import support.FakeOllama;
import support.LoadingOllama;

/// How often a task starts within the range that `explain` predicted when the task was submitted. The queue is steady:
/// answers have lengths from an exponential distribution, and each task that ends is replaced by a new one.
final class EstimateBench {

    private static final int TASKS = 150;
    private static final int KNOWN = 40;
    private static final int WAITING = 10;
    private static final Duration LOAD = Duration.ofMillis(300);

    private final Random random = new Random(11);
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Told> told = new ArrayList<>();
    private int port;

    /// @param low its earliest start, in seconds after `at`; below 0: not predicted
    private record Told(String id, Instant at, double low, double high) {
    }

    private final int models;

    private EstimateBench(int models) {
        this.models = models;
    }

    static void run(Work work, Table table) throws Exception {
        row(work, table, "one model", 1, 1);
        row(work, table, "two models", 2, 1);
        row(work, table, "two models, 4 places", 2, 4);
    }

    private static void row(Work work, Table table, String name, int models, int parallel) throws Exception {
        Figures within = new Figures();
        Figures width = new Figures();
        new EstimateBench(models).run(work, Integer.toString(parallel), within, width);
        table.row("estimate: in the range, " + name, "share", within, Goal.atLeast(0.8, ""));
        table.row("estimate: its width, of the waits", "share", width, Goal.NONE);
    }

    private void run(Work work, String parallel, Figures within, Figures width) throws Exception {
        try (FakeOllama fake = FakeOllama.start().models("a", "b")) {
            LoadingOllama.of(fake, 1, Integer.parseInt(parallel), LOAD, (request, reply) -> {
                LockSupport.parkNanos((long) (1e6 * Math.min(400, 20 - 60 * Math.log(1 - Math.random()))));
                reply.token("x");
            });
            try (Program server = Program.server(work, work.fresh("estimate"), "", "--ollama-host",
                    fake.url(), "--parallel", parallel, "--workers", "8")) {
                port = server.port();
                for (int i = 0; i < KNOWN + TASKS; i++) {
                    while (pending() >= WAITING * Integer.parseInt(parallel)) {
                        LockSupport.parkNanos(3_000_000);
                    }
                    submit(i >= KNOWN);
                }
                while (pending() > 0) {
                    LockSupport.parkNanos(3_000_000);
                }
                judge(within, width);
            }
        }
    }

    private void submit(boolean counts) throws Exception {
        String model = models > 1 && random.nextInt(3) == 0 ? "b" : "a";
        HttpRequest request = HttpRequest.newBuilder(uri("/api/tasks"))
                .header("Content-Type", "application/json").POST(BodyPublishers.ofString(
                "{\"type\":\"generate\",\"model\":\"" + model + "\",\"prompt\":\"x\"}")).build();
        String id = ((Json.Obj) Json.parse(http.send(request, BodyHandlers.ofString()).body())).text("id");
        Instant now = Instant.now();
        Json.Obj why = get("/api/tasks/" + id + "/explain");
        if (counts && why.text("status").equals("pending")) {
            told.add(why.get("starts_in") instanceof Json.Obj span
                    ? new Told(id, now, number(span, "low"), number(span, "high")) : new Told(id, now, -1, -1));
        }
    }

    private void judge(Figures within, Figures width) throws Exception {
        int right = 0;
        int known = 0;
        double wide = 0;
        double whole = 0;
        for (Told one : told) {
            Instant started = Instant.parse(get("/api/tasks/" + one.id).text("started_at"));
            double took = Duration.between(one.at, started).toMillis() / 1e3;
            if (one.low >= 0) {
                known++;
                right += one.low <= took && took <= one.high ? 1 : 0;
                wide += one.high - one.low;
                whole += took;
            }
        }
        if (known < told.size() / 2) {
            throw new IllegalStateException("only " + known + " of " + told.size() + " were told when they start");
        }
        within.add((double) right / known);
        width.add(wide / whole);
    }

    private int pending() throws Exception {
        return (int) get("/api/status").integer("pending_tasks", 0);
    }

    private Json.Obj get(String path) throws Exception {
        return (Json.Obj) Json.parse(http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString())
                .body());
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    private static double number(Json.Obj object, String name) {
        return Double.parseDouble(object.get(name).text());
    }
}
