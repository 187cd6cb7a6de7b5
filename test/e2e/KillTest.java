package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Effort;
import support.Offline;
import support.ServerProcess;

/// SIGKILL at random moments under load: nothing acknowledged is lost, nothing is recorded as completed twice, no id is
/// assigned twice.
final class KillTest {

    private static final int KILLS = Effort.of(5, 40);
    private static final int SUBMITTERS = 4;

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void kill_underLoad_losesNothingAndDoublesNothing() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        Path data = directory.resolve("data");
        List<String> acknowledged = Collections.synchronizedList(new ArrayList<>());
        Semaphore fresh = new Semaphore(0);
        Set<String> seenCompleted = ConcurrentHashMap.newKeySet();
        for (int kill = 0; kill < KILLS; kill++) {
            try (ServerProcess server = ServerProcess.start(data, "--ollama-host", "echo:?delay=1ms", "--workers",
                    "8")) {
                List<Thread> submitters = new ArrayList<>();
                for (int i = 0; i < SUBMITTERS; i++) {
                    submitters.add(Thread.startVirtualThread(() -> submitUntilItDies(server, acknowledged, fresh)));
                }
                Thread watcher = Thread.startVirtualThread(() -> watchUntilItDies(server, seenCompleted));
                fresh.drainPermits();
                assertTrue(fresh.tryAcquire(20 + random.nextInt(150), 60, TimeUnit.SECONDS), server.logged());
                server.kill();
                for (Thread submitter : submitters) {
                    submitter.join();
                }
                watcher.join();
            }
        }
        String context = "seed " + seed;
        assertEquals(acknowledged.size(), new HashSet<>(acknowledged).size(), "an id was given twice, " + context);
        try (ServerProcess server = ServerProcess.start(data, "--ollama-host", "echo:", "--workers", "8")) {
            for (String id : acknowledged) {
                assertEquals("completed", server.awaitEnd(id).text("status"), id + ", " + context);
            }
            assertEquals(0, server.terminate(), context);
        }
        Map<String, Integer> completions = Offline.completions(data);
        for (String id : acknowledged) {
            assertEquals(1, completions.get(id), id + " completed on record, " + context);
        }
        assertTrue(completions.keySet().containsAll(seenCompleted), context);
    }

    private static void submitUntilItDies(ServerProcess server, List<String> acknowledged, Semaphore fresh) {
        try {
            while (true) {
                acknowledged.add(server.submit("{\"type\":\"generate\",\"model\":\"m\",\"prompt\":\"one two three\"}"));
                fresh.release();
            }
        } catch (UncheckedIOException | AssertionError itDied) {
            // a task that was not acknowledged may or may not exist
        }
    }

    private static void watchUntilItDies(ServerProcess server, Set<String> seenCompleted) {
        try {
            while (true) {
                Json.Arr tasks = (Json.Arr) Json.parse(server.get("/api/tasks?status=completed&limit=100").body());
                tasks.values().forEach(task -> seenCompleted.add(((Json.Obj) task).text("id")));
            }
        } catch (UncheckedIOException | AssertionError itDied) {
            // the last answer may have been cut off
        }
    }
}
