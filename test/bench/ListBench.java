package bench;

import java.nio.file.Path;
import java.util.List;

/// The first page of a long list compared with that of a short one, in the usual orders.
final class ListBench {

    private static final double WARM = 3;
    private static final double SECONDS = 1;

    private ListBench() {
    }

    static void run(Work work, Table table) throws Exception {
        Path small = work.fresh("thousand");
        Million.fill(work, small, 1_000);
        try (Program big = Program.server(work, Million.folder(work), "", "--ollama-host", "echo:");
                Program little = Program.server(work, small, "", "--ollama-host", "echo:");
                Client client = new Client(work)) {
            int port = big.port();
            int floorPort = little.port();
            for (String sort : List.of("", "&sort=priority", "&sort=model", "&sort=status&order=desc")) {
                Figures times = new Figures();
                Figures floors = new Figures();
                Path list = client.request("list", "GET", "/api/tasks?limit=100" + sort, "", new byte[0]);
                client.time(floorPort, 1, WARM, list);
                client.time(port, 1, WARM, list);
                for (int i = 0; i < Subject.RUNS; i++) {
                    floors.add(client.time(floorPort, 1, SECONDS, list).p50());
                    times.add(client.time(port, 1, SECONDS, list).p50());
                }
                table.row("list: a page of 100 at 1,000,000, against 1,000" + sort.replace('&', ' '), "us", times,
                        floors, Goal.ratioAtMost(1.3));
            }
        }
    }
}
