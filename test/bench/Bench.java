package bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// `make bench`: every subject in turn, or those that are named.
///
/// A figure is the median of at least five runs. It is compared with its floor, which is measured in the same run: a
/// piece of one follows a piece of the other, because the machine is shared and its speed drifts. The ratio is the
/// median of the ratios of such pairs. [Load], a separate program, makes the load for both.
public final class Bench {

    private Bench() {
    }

    private static Map<String, Subject> subjects() {
        Map<String, Subject> all = new LinkedHashMap<>();
        all.put("submit", SubmitBench::busy);
        all.put("submit1", SubmitBench::alone);
        all.put("batch", BatchBench::run);
        all.put("dispatch", DispatchBench::run);
        all.put("streaming", StreamBench::whole);
        all.put("firstpiece", StreamBench::first);
        all.put("fanout", FanoutBench::readers);
        all.put("followers", FanoutBench::followers);
        all.put("core", CoreSubject::run);
        all.put("affinity", AffinityBench::run);
        all.put("estimate", EstimateBench::run);
        all.put("fair", FairBench::run);
        all.put("cron", CronBench::run);
        all.put("crontasks", CronTasksBench::run);
        all.put("json", JsonBench::run);
        all.put("start", StartBench::run);
        all.put("startup", StartupBench::run);
        all.put("list", ListBench::run);
        all.put("single", SingleBench::run);
        all.put("memory", MemoryBench::run);
        all.put("relay", RelayBench::run);
        all.put("crowd", CrowdBench::run);
        all.put("page", PageBench::run);
        return all;
    }

    public static void main(String[] names) throws Exception {
        Map<String, Subject> all = subjects();
        List<String> wanted = names.length == 0 ? List.copyOf(all.keySet()) : List.of(names);
        for (String name : wanted) {
            if (!all.containsKey(name)) {
                System.err.println("no subject " + name + "; there are " + String.join(", ", all.keySet()));
                System.exit(2);
            }
        }
        String machine = machine();
        String commit = output("git", "rev-parse", "--short", "HEAD")
                + (output("git", "status", "--porcelain").isEmpty() ? "" : " and changes");
        String command = "make bench" + (names.length == 0 ? "" : " ONLY='" + String.join(" ", names) + "'");
        System.out.println(machine + "\ncommit " + commit + "\n" + command + "\n");
        Table table = new Table();
        table.head();
        Work work = Work.make();
        try {
            for (String name : wanted) {
                all.get(name).run(work, table);
            }
        } finally {
            Work.delete(work.folder());
            table.save(Path.of("build/bench.json"), machine, commit, command);
        }
    }

    private static String machine() throws IOException {
        String model = System.getProperty("os.arch");
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            model = lines.filter(line -> line.startsWith("model name")).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse(model);
        }
        String load = Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        return String.format(Locale.ROOT, "%s %s, %d x %s, load %s, Java %s", System.getProperty("os.name"),
                System.getProperty("os.version"), Runtime.getRuntime().availableProcessors(), model, load,
                Runtime.version());
    }

    private static String output(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }
}
