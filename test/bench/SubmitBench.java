package bench;

import java.nio.file.Path;

/// Durable submits over HTTP, compared with the same HTTP server with a handler that does nothing. The queue is paused,
/// so only submits are measured.
final class SubmitBench {

    /// How long the second compiler is busy with new code, in seconds.
    private static final double WARM = 8;
    private static final double SECONDS = 2;

    private SubmitBench() {
    }

    static void busy(Work work, Table table) throws Exception {
        Figures rates = new Figures();
        Figures p99s = new Figures();
        Figures floorRates = new Figures();
        Figures floorP99s = new Figures();
        try (Program queue = Program.server(work, work.fresh("data"), "", "--ollama-host", "echo:");
                Program bare = Program.java(work, "bench.Bare", work.fresh("bare").toString());
                Client client = new Client(work)) {
            int port = queue.port();
            int floorPort = bare.port();
            Path submit = client.submit();
            client.post(port, "/api/queue/pause");
            client.time(floorPort, 64, WARM, submit);
            client.time(port, 64, WARM, submit);
            for (int i = 0; i < Subject.RUNS; i++) {
                Client.Result floor = client.time(floorPort, 64, SECONDS, submit);
                Client.Result result = client.time(port, 64, SECONDS, submit);
                rates.add(result.perSecond());
                p99s.add(result.p99());
                floorRates.add(floor.perSecond());
                floorP99s.add(floor.p99());
            }
        }
        table.row("submit: durable, 64 connections, 300 B", "1/s", rates, floorRates, Goal.ratioAtLeast(0.8));
        table.row("submit: its p99", "us", p99s, floorP99s, Goal.ratioAtMost(3));
    }

    static void alone(Work work, Table table) throws Exception {
        Figures times = new Figures();
        Figures floors = new Figures();
        try (Program queue = Program.server(work, work.fresh("data"), "", "--ollama-host", "echo:");
                Program bare = Program.java(work, "bench.Bare", work.fresh("bare").toString());
                Disk disk = new Disk(work.fresh("disk"));
                Client client = new Client(work)) {
            int port = queue.port();
            int floorPort = bare.port();
            Path submit = client.submit();
            Path empty = client.request("empty", "GET", "/", "", new byte[0]);
            client.post(port, "/api/queue/pause");
            disk.sync(1_000);
            client.time(floorPort, 1, WARM, empty);
            client.time(port, 1, WARM, submit);
            for (int i = 0; i < 2 * Subject.RUNS; i++) {
                floors.add(disk.sync(1_000) + client.time(floorPort, 1, SECONDS / 2, empty).p50());
                times.add(client.time(port, 1, SECONDS / 2, submit).p50());
            }
        }
        table.row("submit1: durable, 1 connection, median", "us", times, floors, Goal.ratioAtMost(1.5));
    }
}
