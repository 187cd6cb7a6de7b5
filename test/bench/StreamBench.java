package bench;

import java.io.IOException;

/// What it costs to read an answer through the queue rather than from the host itself.
final class StreamBench {

    private static final int PIECES = 200_000;
    private static final int PIECE_BYTES = 20;
    private static final int FIRSTS = 50;
    private static final int WARM = 20;

    private StreamBench() {
    }

    static void whole(Work work, Table table) throws Exception {
        Figures rates = new Figures();
        Figures floors = new Figures();
        try (Program fake = Program.java(work, "bench.FakeStream")) {
            int fakePort = fake.port();
            try (Program queue = queue(work, fakePort);
                    StreamReader direct = new StreamReader(fakePort);
                    StreamReader reader = new StreamReader(queue.port())) {
                for (int i = -2; i < Subject.RUNS; i++) {
                    direct.readDirectly(PIECES);
                    reader.readThroughQueue(PIECES);
                    if (reader.length < (long) PIECES * PIECE_BYTES) {
                        throw new IOException("only " + reader.length + " bytes came through the queue");
                    }
                    if (i >= 0) {
                        floors.add(PIECES / (direct.nanos / 1e9));
                        rates.add(PIECES / (reader.nanos / 1e9));
                    }
                }
            }
        }
        table.row("streaming: 200,000 pieces to one reader", "1/s", rates, floors, Goal.ratioAtLeast(0.5));
    }

    static void first(Work work, Table table) throws Exception {
        Figures times = new Figures();
        Figures floors = new Figures();
        try (Program fake = Program.java(work, "bench.FakeStream")) {
            int fakePort = fake.port();
            try (Program queue = queue(work, fakePort);
                    StreamReader direct = new StreamReader(fakePort);
                    StreamReader reader = new StreamReader(queue.port())) {
                for (int i = -WARM; i < Subject.RUNS; i++) {
                    Figures here = new Figures();
                    Figures there = new Figures();
                    for (int j = 0; j < FIRSTS; j++) {
                        direct.readDirectly(1);
                        reader.readThroughQueue(1);
                        there.add(direct.firstNanos / 1e6);
                        here.add(reader.firstNanos / 1e6);
                    }
                    if (i >= 0) {
                        times.add(here.median());
                        floors.add(there.median());
                    }
                }
            }
        }
        table.row("firstpiece: submit to first piece", "ms", times, floors, Goal.NONE);
        table.row("firstpiece: more than the direct request", "ms", times.minus(floors), Goal.atMost(2, "ms"));
    }

    private static Program queue(Work work, int fakePort) throws IOException {
        return Program.server(work, work.fresh("data"), "", "--ollama-host", "http://127.0.0.1:" + fakePort,
                "--parallel", "4");
    }
}
