package bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import support.FakeOllama;
import support.LoadingOllama;

/// One client floods a host of two places with 10,000 tasks, and another sends a task now and then. Times are scaled
/// down, so that it takes two minutes: 40 ms of a host's answer stand for a second, and the light client's tasks arrive
/// about every 200 ms, which stands for 5 seconds. Shorter times would measure what the machine does around the
/// answers. The light client may wait longer by one task of the flood, whatever such a task takes here.
final class FairBench {

    private static final Duration RUN = Duration.ofMillis(40);
    private static final long EVERY_NANOS = 200_000_000;
    private static final int FLOOD = 10_000;
    private static final int LIGHT = 200;

    private FairBench() {
    }

    static void run(Work work, Table table) throws Exception {
        try (FakeOllama fake = FakeOllama.start().models("m")) {
            Path config = Files.writeString(work.folder().resolve("fair.yaml"), "ollama: {parallel: 2}\n");
            LoadingOllama loading = LoadingOllama.of(fake, 1, 2, Duration.ofMillis(50), RUN);
            try (Program queue = Program.server(work, work.fresh("data"), "", "--ollama-host", fake.url(),
                    "--config", config.toString());
                    QueueCalls calls = new QueueCalls(queue)) {
                Random random = new Random(16);
                // the first loads
                send(calls, "first", 1, random);
                calls.waited("&client=first", 1);
                send(calls, "alone", LIGHT, random);
                double alone = p95(calls.waited("&client=alone", LIGHT));
                calls.post("tasks/batch", IntStream.range(0, FLOOD).mapToObj(i -> task("flood"))
                        .collect(Collectors.joining(",", "[", "]")));
                send(calls, "light", LIGHT, random);
                double light = p95(calls.waited("&client=light", LIGHT));
                double task = p95(calls.took("&client=flood", LIGHT));
                table.row("fair: p95 wait of the light client, alone", "ms", Figures.of(alone), Goal.NONE);
                table.row("fair: p95 of what a task of the flood takes", "ms", Figures.of(task), Goal.NONE);
                table.row("fair: p95 wait of the light client while another floods", "ms", Figures.of(light),
                        Goal.atMost(2 * alone + task, "ms"));
                table.row("fair: places used at once", "", Figures.of(loading.mostAtOnce()), Goal.atLeast(2, ""));
            }
        }
    }

    private static void send(QueueCalls calls, String client, int count, Random random) throws Exception {
        for (int i = 0; i < count; i++) {
            calls.post("tasks", task(client));
            LockSupport.parkNanos(EVERY_NANOS / 2 + random.nextLong(EVERY_NANOS));
        }
    }

    private static String task(String client) {
        return "{\"type\":\"generate\",\"model\":\"m\",\"prompt\":\"x\",\"client\":\"" + client + "\"}";
    }

    private static double p95(List<Long> waited) {
        List<Long> sorted = new ArrayList<>(waited);
        sorted.sort(null);
        return sorted.get(sorted.size() * 95 / 100);
    }
}
