package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import support.Await;
import support.Effort;
import support.Offline;
import support.ServerProcess;

/// SIGKILL during a compaction under load: nothing acknowledged is lost, nothing deleted comes back, and no byte of a
/// deleted task is left after a complete compaction.
final class CompactionKillTest {

    private static final int KILLS = Effort.of(2, 20);
    private static final int SUBMITTERS = 3;
    private static final String PROMPT = "a prompt that takes some room ".repeat(400);

    @TempDir
    Path directory;

    private final List<String> kept = Collections.synchronizedList(new ArrayList<>());
    private final List<String> deleted = Collections.synchronizedList(new ArrayList<>());

    @Test
    void kill_duringCompactionUnderLoad_losesNothingAndRevivesNothing() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        Path data = directory.resolve("data");
        for (int kill = 0; kill < KILLS; kill++) {
            try (ServerProcess server = start(data)) {
                List<Thread> threads = new ArrayList<>();
                for (int i = 0; i < SUBMITTERS; i++) {
                    threads.add(ServerProcess.untilItDies(() -> submitAndDelete(server)));
                }
                threads.add(ServerProcess.untilItDies(
                        () -> server.post("/api/journal/compact", "")));
                int enough = kept.size() + 5 + random.nextInt(40);
                Await.until("tasks enough", () -> kept.size() >= enough || !server.process().isAlive());
                server.kill();
                for (Thread thread : threads) {
                    thread.join();
                }
            }
        }
        String context = "seed " + seed;
        try (ServerProcess server = start(data)) {
            assertEquals(200, server.post("/api/journal/compact", "").statusCode(), context);
            for (String id : kept) {
                String task = server.get("/api/tasks/" + id).body();
                assertTrue(task.contains("keep this " + PROMPT.substring(0, 30)), task + context);
            }
            for (String id : deleted) {
                assertEquals(404, server.get("/api/tasks/" + id).statusCode(), id + ", " + context);
            }
            assertEquals(0, server.terminate(), context);
        }
        // a delete whose answer was cut off may not have happened
        assertTrue(tasksOnDisk(data, "delete this ") <= KILLS * SUBMITTERS, context);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        assertEquals(0, Offline.run(new PrintStream(said, true, StandardCharsets.UTF_8),
                System.err, "journal", "verify", data.toString()), said + context);
    }

    private static ServerProcess start(Path data) throws Exception {
        return ServerProcess.start(data, "--ollama-host", "echo:", "--workers", "2");
    }

    private void submitAndDelete(ServerProcess server) {
        kept.add(server.submit("{\"type\":\"embed\",\"model\":\"m\",\"input\":\"keep this " + PROMPT + "\"}"));
        String id = server.submit("{\"type\":\"embed\",\"model\":\"m\",\"input\":\"delete this " + PROMPT + "\"}");
        server.post("/api/tasks/" + id + "/cancel", "");
        if (server.send(HttpRequest.newBuilder(URI.create(server.url() + "/api/tasks/" + id)).DELETE())
                .statusCode() == 204) {
            deleted.add(id);
        }
    }

    /// Returns how many lines of the journal have this text in their prompt.
    private static long tasksOnDisk(Path data, String prompt) throws IOException {
        long count = 0;
        try (Stream<Path> files = Files.list(data)) {
            for (Path file : files.filter(name -> name.toString().endsWith(".journal")).toList()) {
                count += Files.readString(file).lines().filter(line -> line.contains("\"" + prompt)).count();
            }
        }
        return count;
    }
}
