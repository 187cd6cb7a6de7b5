package bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

import server.executor.ExecutorProvider;
import shared.json.Json;

/// Tasks from submit to completed with work that does nothing, in 16 slots, submitted over 16 connections; against the
/// same submits to a queue that is paused.
final class DispatchBench {

    private static final int CONNECTIONS = 16;
    private static final int TASKS = 20_000;

    private DispatchBench() {
    }

    static void run(Work work, Table table) throws Exception {
        Figures rates = new Figures();
        Figures floors = new Figures();
        try (Program queue = Program.server(work, work.fresh("data"), provider(work), "--ollama-host", "noop:",
                "--workers", "16");
                Program paused = Program.server(work, work.fresh("paused"), "", "--ollama-host", "echo:");
                Client client = new Client(work);
                HttpClient http = HttpClient.newHttpClient()) {
            int port = queue.port();
            int pausedPort = paused.port();
            Path submit = client.submit();
            client.post(pausedPort, "/api/queue/pause");
            for (int i = -1; i < Subject.RUNS; i++) {
                double floor = client.count(pausedPort, CONNECTIONS, TASKS, submit).perSecond();
                double rate = rate(client, http, port, submit, (i + 2) * TASKS);
                if (i >= 0) {
                    floors.add(floor);
                    rates.add(rate);
                }
            }
        }
        table.row("dispatch: to completed, no-op, 16 slots", "1/s", rates, floors, Goal.ratioAtLeast(0.5));
    }

    private static double rate(Client client, HttpClient http, int port, Path submit, int total) throws Exception {
        long begun = System.nanoTime();
        client.count(port, CONNECTIONS, TASKS, submit);
        HttpRequest status = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/api/status")).build();
        while (completed(http.send(status, HttpResponse.BodyHandlers.ofString()).body()) < total) {
            LockSupport.parkNanos(1_000_000);
        }
        return TASKS / ((System.nanoTime() - begun) / 1e9);
    }

    private static long completed(String status) {
        return Long.parseLong(((Json.Num) ((Json.Obj) Json.parse(status)).get("completed_tasks")).digits());
    }

    /// Options of Java by which the server finds [NoOpProvider].
    private static String provider(Work work) throws IOException {
        Path folder = work.folder().resolve("provider");
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(ExecutorProvider.class.getName()), NoOpProvider.class.getName() + "\n");
        return "-cp " + folder + ":" + Path.of("build/test/rest").toAbsolutePath();
    }
}
