package bench;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// 100,000 tasks in one body of lines, against reading that body and writing it durably as it is.
final class BatchBench {

    static final int TASKS = 100_000;

    /// The number of batches during which the second compiler is busy with new code.
    private static final int WARM = 6;

    private BatchBench() {
    }

    static void run(Work work, Table table) throws Exception {
        byte[] body = (Client.TASK + "\n").repeat(TASKS).getBytes(StandardCharsets.UTF_8);
        double megabytes = body.length / 1e6;
        Figures rates = new Figures();
        Figures tasks = new Figures();
        Figures floors = new Figures();
        try (Program queue = Program.server(work, work.fresh("data"), "", "--ollama-host", "echo:");
                Program bare = Program.java(work, "bench.Bare", work.fresh("bare").toString());
                Client client = new Client(work)) {
            int port = queue.port();
            int floorPort = bare.port();
            Path batch = client.request("batch", "POST", "/api/tasks/batch", "application/x-ndjson", body);
            Path store = client.request("store", "POST", "/store", "application/x-ndjson", body);
            client.post(port, "/api/queue/pause");
            for (int i = -WARM; i < Subject.RUNS; i++) {
                double floor = client.count(floorPort, 1, 1, store).seconds();
                double seconds = client.count(port, 1, 1, batch).seconds();
                if (i >= 0) {
                    floors.add(megabytes / floor);
                    rates.add(megabytes / seconds);
                    tasks.add(TASKS / seconds);
                }
            }
        }
        table.row("batch: 100,000 tasks of 300 B", "MB/s", rates, floors, Goal.ratioAtLeast(0.4));
        table.row("batch: its tasks", "1/s", tasks, Goal.atLeast(250_000, "1/s"));
    }
}
