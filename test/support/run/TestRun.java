package support.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Runs the test classes of `make test` in the given folders, as [Selection] says, in several processes side by side,
/// one class at a time in each ([Lane]). Prints a line for each class, the failures once more at the end, and as the
/// last line `N passed, N failed, N skipped` for all together. Ends with status 1 if a test failed or none was found. A
/// lane that dies is a failure of the class that it ran, and another one replaces it.
///
/// System properties, which the lanes have, too: those of [Selection]; `seed`; `log`, which shows the log. For the run
/// alone: `lanes`, the most lanes; by default three for two processors, because a class waits for half of its time. If
/// the environment has `CI`, a skipped test counts as a failed one.
final class TestRun {

    private static final boolean CI = System.getenv("CI") != null;
    /// How long each class took in the last run, as `SECONDS NAME`.
    private static final Path TIMES = Path.of("build/test.times");
    /// Classes that take longest, for a run without such a file.
    private static final Pattern LONG = Pattern.compile("(client|dist|e2e|fuzz|support|tidy|webui)\\..*"
            + "|server\\.(RightsTest|dispatch\\.DispatcherTest|websocket\\.ConnectionTest"
            + "|relay\\.Relay(Api|Trouble)Test)");
    /// Classes that share their lane's browser. Every other lane has one, and takes these classes first.
    private static final Pattern BROWSED = Pattern.compile("(webui|support\\.browser)\\..*");

    private final Deque<String> browsed = new ArrayDeque<>();
    private final Deque<String> others = new ArrayDeque<>();
    private final Map<String, Double> times = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private int passed;
    private int failed;
    private int skipped;
    /// Of all classes: what the lanes killed is not in the time of this process's children.
    private double cpuSeconds;

    private TestRun() {
    }

    public static void main(String[] folders) throws Exception {
        long start = System.nanoTime();
        TestRun run = new TestRun();
        run.plan(Selection.ofProcess().classes(folders));
        run.run();
        System.exit(run.report((System.nanoTime() - start) / 1e9) ? 0 : 1);
    }

    /// Puts the longest first, so that no lane has much left when the others have finished.
    private void plan(List<String> names) throws IOException {
        if (Files.exists(TIMES)) {
            for (String line : Files.readAllLines(TIMES)) {
                String[] words = line.split(" ");
                times.put(words[1], Double.valueOf(words[0]));
            }
        }
        Map<String, Double> last = new HashMap<>(times);
        Comparator<String> order = Comparator.comparingDouble(name -> -last.getOrDefault(name,
                LONG.matcher(name).matches() ? 1e6 : 0));
        names.stream().sorted(order.thenComparing(Comparator.naturalOrder()))
                .forEach(name -> (BROWSED.matcher(name).matches() ? browsed : others).add(name));
    }

    private void run() throws InterruptedException {
        int count = Math.min(browsed.size() + others.size(),
                Integer.getInteger("lanes", (3 * Runtime.getRuntime().availableProcessors() + 1) / 2));
        List<Thread> lanes = new ArrayList<>();
        for (int lane = 1; lane <= count; lane++) {
            int number = lane;
            lanes.add(Thread.ofPlatform().name("lane " + number).start(() -> lane(number)));
        }
        for (Thread lane : lanes) {
            lane.join();
        }
    }

    /// Keeps a lane at work, and starts another when it dies, until no class is left.
    private void lane(int number) {
        int starts = 0;
        for (String name = next(number); name != null;) {
            starts++;
            try (LaneProcess lane = LaneProcess.start(number + "." + starts)) {
                for (; name != null; name = next(number)) {
                    int[] tests = {0};
                    Report.Ended ended = lane.run(name, report -> tests[0] += count(report));
                    done(name, tests[0], ended);
                }
            } catch (IOException | RuntimeException died) {
                fail(name, died.toString());
                name = next(number);
            }
        }
    }

    private synchronized String next(int lane) {
        String name = lane % 2 == 1 ? browsed.poll() : null;
        return name == null ? others.poll() : name;
    }

    /// @return how many tests it reports
    private synchronized int count(Report report) {
        if (report instanceof Report.Passed) {
            passed++;
            return 1;
        } else if (report instanceof Report.Failed one) {
            fail(one.test(), one.why());
            return 1;
        } else if (report instanceof Report.Skipped one) {
            skip(one);
            return one.tests();
        }
        return 0;
    }

    private synchronized void done(String name, int tests, Report.Ended ended) {
        times.put(name, ended.seconds());
        cpuSeconds += ended.cpuSeconds();
        if (tests > 0) {
            System.out.printf(Locale.ROOT, "%5d tests %6.1f s %6.1f s of a processor  %s%n", tests, ended.seconds(),
                    ended.cpuSeconds(), name);
        }
    }

    private void skip(Report.Skipped report) {
        if (CI) {
            fail(report.test(), "skipped, which it must not be where CI is set: " + report.reason());
        } else {
            skipped += report.tests();
            System.out.println("SKIPPED " + report.test() + ": " + report.reason());
        }
    }

    private synchronized void fail(String test, String why) {
        failed++;
        failures.add(test + "\n    " + why.strip().replace("\n", "\n    "));
        System.out.println("FAILED " + failures.getLast());
    }

    /// @return whether everything passed
    private boolean report(double seconds) throws IOException {
        boolean none = passed + failed + skipped == 0;
        if (!failures.isEmpty()) {
            System.out.println("\n---- failed:");
            failures.forEach(failure -> System.out.println(failure + "\n"));
        } else if (none) {
            System.out.println("no test found");
        }
        List<String> lines = times.entrySet().stream()
                .map(time -> String.format(Locale.ROOT, "%.1f %s", time.getValue(), time.getKey())).toList();
        if (Selection.ofProcess().isWhole()) {
            Files.write(TIMES, lines);
        }
        System.out.printf(Locale.ROOT, "%.0f s, %.0f s of the processors%n", seconds, cpuSeconds);
        System.out.printf("%d passed, %d failed, %d skipped%n", passed, none ? 1 : failed, skipped);
        System.out.flush();
        return failed == 0 && !none;
    }
}
