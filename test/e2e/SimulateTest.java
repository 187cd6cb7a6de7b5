package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import support.FakeOllama;
import support.LoadingOllama;
import support.Offline;
import support.ServerProcess;

/// A run of the real server with an Ollama that loads its models, and the result of `simulate` on its journal.
@Tag("process")
class SimulateTest {

    private static final Duration LOAD = Duration.ofMillis(400);
    private static final Duration RUN = Duration.ofMillis(300);
    private static final int TASKS = 12;
    private static final int RECORDINGS_MAX = 6;
    private static final Pattern TOTAL = Pattern.compile("total time ([\\d.]+) s, (\\d+) loads");

    @TempDir
    Path directory;

    private record Run(double seconds, int loads) {
    }

    /// Runs a call that is not recorded, to warm up the server, then tasks of three models by turns.
    private void record(Path data, Path config, boolean clients, int room) throws Exception {
        try (FakeOllama fake = FakeOllama.start().models("a", "b", "c", "d")) {
            LoadingOllama loading = LoadingOllama.of(fake, room, room, LOAD, RUN);
            try (ServerProcess server = ServerProcess.start(data, "--config", config.toString(), "--ollama-host",
                    fake.url())) {
                assertEquals(200, server.send(HttpRequest.newBuilder(URI.create(server.url() + "/api/generate"))
                        .header("X-Queue-Record", "false").POST(BodyPublishers.ofString(
                                "{\"model\":\"d\",\"prompt\":\"x\"}"))).statusCode());
                server.post("/api/queue/pause", "");
                List<String> ids = new ArrayList<>();
                for (int i = 0; i < room * TASKS; i++) {
                    ids.add(server.submit("{\"type\":\"generate\",\"model\":\"" + (char) ('a' + i % 3)
                            + "\",\"prompt\":\"x\"" + (clients ? ",\"window\":\"day\",\"client\":\"c" + i % 2 + "\""
                            : "") + "}"));
                }
                server.post("/api/queue/resume", "");
                ids.forEach(id -> assertEquals("completed", server.awaitEnd(id).text("status")));
                // a server may be running
                assertEquals(loading.loads().size(),
                        runs(simulate(0, data.toString(), "--config", config.toString())).getFirst().loads);
            }
        }
    }

    /// Records a run and simulates it. If the machine stood still for a moment, the recording has the pause and the
    /// simulation has not; so a run that is not reproduced is recorded again, and fails if it never is.
    private String simulated(boolean clients, int room, Path config, String... more) throws Exception {
        for (int i = 1; ; i++) {
            Path data = directory.resolve("data" + i);
            record(data, config, clients, room);
            List<String> words = new ArrayList<>(List.of(data.toString(), "--config", config.toString()));
            words.addAll(List.of(more));
            String text = simulate(0, words.toArray(String[]::new));
            Run real = runs(text).getFirst();
            Run again = runs(text).get(1);
            assertEquals(real.loads, again.loads, text);
            if (i == RECORDINGS_MAX || Math.abs(real.seconds - again.seconds) <= 0.05 * real.seconds) {
                assertEquals(real.seconds, again.seconds, 0.05 * real.seconds, text);
                return text;
            }
        }
    }

    private Path config(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private static String simulate(int status, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<String> words = new ArrayList<>(List.of("simulate"));
        words.addAll(List.of(arguments));
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        int was = Offline.run(stream, stream, words.toArray(String[]::new));
        String text = out.toString(StandardCharsets.UTF_8);
        assertEquals(status, was, text);
        return text;
    }

    /// Returns what was recorded, then each simulated run.
    private static List<Run> runs(String text) {
        List<Run> runs = new ArrayList<>();
        for (Matcher total = TOTAL.matcher(text); total.find();) {
            runs.add(new Run(Double.parseDouble(total.group(1)), Integer.parseInt(total.group(2))));
        }
        return runs;
    }

    @Test
    void plainOrder_givesBackTotalTimeAndLoads_andAffinityWouldHaveLoadedLess() throws Exception {
        Path plain = config("plain.yaml", "affinity:\n  enabled: false\n");
        Path affine = config("affine.yaml", "affinity:\n  enabled: true\n");
        String text = simulated(false, 1, plain, "--policy", affine.toString(), "--policy=" + plain);
        List<Run> runs = runs(text);
        assertEquals(1 + TASKS, runs.getFirst().loads, text);
        assertEquals(1 + 3, runs.get(2).loads, text);
        // each of the loads that it saves took at least this long
        assertTrue(runs.get(2).seconds < runs.get(1).seconds - (TASKS - 4) * LOAD.toMillis() / 1e3, text);
        assertEquals(runs.get(1), runs.get(3), text);
        assertTrue(text.contains("affinity.enabled: false (" + plain + ", line 2)"), text);
    }

    @Test
    void affinity_givesBackTotalTimeAndLoads_alsoOfCallsThatAreNotRecorded() throws Exception {
        Path affine = config("affine.yaml", "affinity:\n  max_wait: 1m\nwindows: {day: \"00:00-24:00 UTC\"}\n");
        String text = simulated(true, 1, affine);
        assertEquals(1 + 3, runs(text).getFirst().loads, text);
        assertTrue(text.startsWith("13 tasks\n"), text);
        assertTrue(Pattern.compile("client c0 +6 .*\n +client c1 +6 ").matcher(text).find(), text);
        // without the window's settings, as with a settings file that lacks them
        text = simulate(0, directory.resolve("data1").toString());
        assertTrue(text.contains("\n  12 tasks did not run: the window day is not in these settings\n"), text);
    }

    @Test
    void roomForTwoModels_eachAnsweringTwo_givesBackTotalTimeAndLoads() throws Exception {
        Path config = config("two.yaml", "ollama:\n  parallel: 2\n");
        String text = simulated(false, 2, config);
        assertTrue(text.contains(", parallel 2, room for 2 models\n"), text);
    }

    @Test
    void journalAndBackupOfVersion01_areRead() {
        for (String directory : List.of("test/server/journal/format1", "test/server/journal/format1/data")) {
            String text = simulate(0, directory);
            assertTrue(text.contains(directory.endsWith("data") ? "15 tasks" : "12 tasks"), text);
            assertTrue(text.contains("\n  host echo, loads nothing\n"), text);
            assertEquals(0, runs(text).get(1).loads, text);
        }
    }

    @Test
    void backupsFile_isRead_alsoOneThatWasCutShort() throws Exception {
        Path backup = Path.of("test/server/journal/format1/1.backup");
        assertEquals(simulate(0, "test/server/journal/format1"), simulate(0, backup.toString()));
        byte[] whole = Files.readAllBytes(backup);
        Path cut = Files.write(directory.resolve("cut.backup"), Arrays.copyOf(whole, whole.length / 2));
        String text = simulate(0, cut.toString());
        assertTrue(text.matches("(?s)problem: .*cut\\.backup.*\\d+ tasks.*"), text);
        assertTrue(simulate(1, "nothing").contains("nothing does not exist"), simulate(1, "nothing"));
        assertEquals("ollama-queue-server: src: no task is on record there; name the server's data directory, or a "
                + "backup's file\n",
                simulate(1, "src"));
    }

    @Test
    void policy_thatIsAServersConfiguration_isTaken_andWhatDecidesNothingIsNamed() throws Exception {
        String data = "test/server/journal/format1/data";
        Path policy = config("p.yaml", "affinity: {max_batch: 2}\nclients:\n  a: {weight: 2, max_pending: 3}\n"
                + "retry: {max_retries: 1}\nserver: {port: 1}\n");
        String text = simulate(0, data, "--policy", policy.toString());
        assertTrue(text.contains("\n  not used here: clients.a.max_pending, retry.max_retries, server.port\n"), text);
        assertTrue(text.contains("\n  affinity.max_batch: 2 (" + policy + ", line 1)\n"), text);
        assertTrue(text.contains(
                "\n  not recorded: the hosts' models; each host is assumed to have all of them\n"), text);
        for (String nothing : List.of("", "retry: {max_retries: 1}\n")) {
            assertTrue(simulate(1, data, "--policy", config("nothing.yaml", nothing).toString()).contains(
                    "nothing.yaml: no setting in this policy has an effect here; those that have: affinity, "));
        }
        text = simulate(1, data, "--policy", config("typo.yaml", "afinity: {max_batch: 2}\n").toString());
        assertTrue(text.matches("(?s).*typo\\.yaml.*line 1.*did you mean \"?affinity.*"), text);
    }

    @Test
    void tasksThatDidNotRun_areToldWithTheReason() throws Exception {
        String text = simulate(0, "test/server/journal/format1/data", "--policy",
                config("none.yaml", "clients: {default: {max_running: 0}}\n").toString());
        assertTrue(text.contains("\n  14 tasks did not run: tasks without a client may have 0 running\n"), text);
    }

    @Test
    void policy_wrong_isToldWithItsLine() throws Exception {
        Files.createDirectory(directory.resolve("data"));
        Path wrong = config("wrong.yaml", "affinity:\n  max_batch: 0\n");
        String text = simulate(1, directory.resolve("data").toString(), "--policy", wrong.toString());
        assertTrue(text.matches("(?s).*wrong\\.yaml.*line 2.*max_batch must be .*"), text);
    }
}
