package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

import support.FakeOllama;
import support.LoadingOllama;

/// Mixes of tasks before a fake Ollama with one place, which loads ten times as long as it answers: with affinity,
/// against plain order.
final class AffinityBench {

    private static final int TASKS = 300;
    private static final Duration LOAD = Duration.ofMillis(100);
    private static final Duration RUN = Duration.ofMillis(10);
    private static final int BATCH = 32;

    /// @param model what a task asks for, with or without options
    private record Task(String model, int priority) {

        String json() {
            String[] parts = model.split(" ", -1);
            return "{\"type\":\"generate\",\"model\":\"" + parts[0] + "\",\"priority\":" + priority
                    + ",\"prompt\":\"x\"" + (parts.length > 1 ? ",\"options\":{\"num_ctx\":" + parts[1] + "}" : "")
                    + "}";
        }
    }

    /// @param waited how long each task waited for its start, in milliseconds, in the order of the submits
    private record Ran(int loads, double seconds, List<Long> waited) {
    }

    private final Work work;
    private final Table table;

    private AffinityBench(Work work, Table table) {
        this.work = work;
        this.table = table;
    }

    static void run(Work work, Table table) throws Exception {
        AffinityBench bench = new AffinityBench(work, table);
        bench.compare("a b c by turns", byTurns("a", "b", "c"), 1);
        bench.compare("num_ctx by turns", byTurns("m 1024", "m 2048", "m 4096"), 1);
        List<Task> mixed = new ArrayList<>(byTurns("a", "b", "c"));
        for (int i = 25; i < TASKS; i += 50) {
            mixed.set(i, new Task(mixed.get(i).model, 10));
        }
        bench.simulate("a b c, two hosts", byTurns("a", "b", "c"), 2);
        bench.simulate("a b c, 6 of high priority", mixed, 1);
        bench.simulate("zipf of 6", zipf(), 1);
    }

    private static List<Task> byTurns(String... models) {
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            tasks.add(new Task(models[i % models.length], 5));
        }
        return tasks;
    }

    private void compare(String name, List<Task> tasks, int hosts) throws Exception {
        Ran affinity = ran(tasks, hosts, true);
        Ran plain = ran(tasks, hosts, false);
        table.row("affinity: loads, " + name, "", Figures.of(affinity.loads), Figures.of(plain.loads),
                Goal.ratioAtMost(0.05));
        table.row("affinity: seconds, " + name, "s", Figures.of(affinity.seconds), Figures.of(plain.seconds),
                Goal.ratioAtMost(0.25));
        double longer = 0;
        for (int i = 0; i < TASKS; i++) {
            longer = Math.max(longer, affinity.waited.get(i) - plain.waited.get(i));
        }
        // the tasks that may pass it take as long as they do on this machine, and each model loads once
        table.row("affinity: most a task waits longer, " + name, "ms", Figures.of(longer),
                Goal.atMost(Math.rint(BATCH * 1000 * affinity.seconds / TASKS) + 3 * LOAD.toMillis(), "ms"));
    }

    /// Compares with the rule without a server, and with plain order and llama-swap's rule, which are simulated, too.
    private void simulate(String name, List<Task> tasks, int hosts) throws Exception {
        List<String> words = new ArrayList<>(List.of("server.queue.OrderBench", "" + LOAD.toMillis(),
                "" + RUN.toMillis(), "" + hosts));
        tasks.forEach(task -> words.add(task.model + "/" + task.priority));
        String[] rules;
        try (Program simulated = Program.java(work, words.toArray(String[]::new))) {
            rules = simulated.read().split(" ");
        }
        table.row("affinity: loads, " + name + ", against the rule", "", Figures.of(ran(tasks, hosts, true).loads),
                Figures.of(Double.parseDouble(rules[0])), Goal.ratioAtMost(1.1));
        table.row("affinity: the same, plain order, simulated", "", Figures.of(Double.parseDouble(rules[1])),
                Goal.NONE);
        table.row("affinity: the same, llama-swap, simulated", "", Figures.of(Double.parseDouble(rules[2])),
                Goal.NONE);
    }

    /// Models of which the n-th is requested 1/n times as often as the first.
    private static List<Task> zipf() {
        Random random = new Random(16);
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            double at = random.nextDouble() * (1 + 1 / 2.0 + 1 / 3.0 + 1 / 4.0 + 1 / 5.0 + 1 / 6.0);
            int model = 1;
            while (at > 1.0 / model && model < 6) {
                at -= 1.0 / model++;
            }
            tasks.add(new Task("m" + model, 5));
        }
        return tasks;
    }

    private Ran ran(List<Task> tasks, int hosts, boolean affinity) throws Exception {
        Path config = work.folder().resolve("affinity.yaml");
        StringBuilder yaml = new StringBuilder("affinity: {enabled: " + affinity + "}\nollama:\n  hosts:\n");
        List<FakeOllama> fakes = new ArrayList<>();
        List<LoadingOllama> loading = new ArrayList<>();
        for (int i = 0; i < hosts; i++) {
            FakeOllama fake = FakeOllama.start().models("a", "b", "c", "m", "m1", "m2", "m3", "m4", "m5",
                    "m6");
            fakes.add(fake);
            loading.add(LoadingOllama.of(fake, 1, 1, LOAD, RUN));
            yaml.append("    - {name: h").append(i).append(", url: \"").append(fake.url()).append("\"}\n");
        }
        Files.writeString(config, yaml);
        Path data = work.fresh("data");
        try (Program queue = Program.server(work, data, "", "--config", config.toString());
                QueueCalls calls = new QueueCalls(queue)) {
            calls.post("queue/pause", "");
            calls.post("tasks/batch", tasks.stream().map(Task::json).collect(Collectors.joining(",", "[", "]")));
            long begun = System.nanoTime();
            calls.post("queue/resume", "");
            List<Long> waited = calls.waited("", tasks.size());
            double seconds = (System.nanoTime() - begun) / 1e9;
            List<String> broken = loading.stream().flatMap(one -> one.broken().stream()).toList();
            if (!broken.isEmpty()) {
                throw new IOException("an Ollama was sent what breaks it: " + broken);
            }
            return new Ran(loading.stream().mapToInt(one -> one.loads().size()).sum(), seconds, waited);
        } finally {
            for (FakeOllama fake : fakes) {
                fake.close();
            }
            Work.delete(data);
        }
    }
}
