package bench;

import java.nio.file.Path;

/// How much of the machine's memory the server holds, as the kernel counts it (`VmRSS`).
final class MemoryBench {

    private static final String HEAP = "-Xmx256m";

    private MemoryBench() {
    }

    static void run(Work work, Table table) throws Exception {
        Figures idle = new Figures();
        for (int i = 0; i < Subject.RUNS; i++) {
            idle.add(resident(work, work.fresh("data"), "", 1));
        }
        table.row("memory: idle after start", "MB", idle, Goal.atMost(80, "MB"));
        table.row("memory: 1,000,000 pending in " + HEAP, "MB", many(work, Million.folder(work)),
                Goal.atMost(350, "MB"));
        Path ended = work.fresh("ended");
        try (Program filler = Program.java(work, HEAP, "bench.Ended", ended.toString(), "1000000")) {
            filler.read();
        }
        table.row("memory: 1,000,000 ended in " + HEAP, "MB", many(work, ended), Goal.atMost(350, "MB"));
        Work.delete(ended);
    }

    private static Figures many(Work work, Path folder) throws Exception {
        Figures figures = new Figures();
        for (int i = 0; i < Subject.RUNS; i++) {
            figures.add(resident(work, folder, HEAP, 1_000));
        }
        return figures;
    }

    /// @param requests how many lists of 100 tasks it is asked for first
    private static double resident(Work work, Path folder, String javaOptions, int requests) throws Exception {
        try (Program queue = Program.server(work, folder, javaOptions, "--ollama-host", "echo:");
                Client client = new Client(work)) {
            client.count(queue.port(), 1, requests,
                    client.request("list", "GET", "/api/tasks?limit=100", "", new byte[0]));
            return queue.residentMb();
        }
    }
}
