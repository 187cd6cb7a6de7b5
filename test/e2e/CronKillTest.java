package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Await;
import support.Effort;
import support.ServerProcess;

/// SIGKILL and restarts while a cron task is due every second: each due time creates exactly one task.
final class CronKillTest {

    private static final int KILLS = Effort.of(2, 20);

    @TempDir
    Path directory;

    @Test
    void kill_whileDueEverySecond_firesEachDueTimeOnce() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        Path data = directory.resolve("data");
        String id = null;
        for (int kill = 0; kill <= KILLS; kill++) {
            try (ServerProcess server = ServerProcess.start(data, "--ollama-host", "echo:")) {
                if (id == null) {
                    id = ServerProcess.object(server.post("/api/cron", "{\"name\":\"every second\","
                            + "\"cron_expr\":\"* * * * * *\",\"missed\":\"all\",\"overlap\":\"allow\","
                            + "\"task_template\":{\"type\":\"generate\",\"prompt\":\"{{datetime}}\"}}").body())
                            .text("id");
                }
                // a kill exactly at a due time, or at any other moment
                long wait = random.nextBoolean() ? 1_000 + Math.floorMod(-System.currentTimeMillis(), 1_000L)
                        : 400 + random.nextInt(1_500);
                long end = System.nanoTime() + wait * 1_000_000 + random.nextInt(4_000_000);
                while (System.nanoTime() < end) {
                    LockSupport.parkNanos(end - System.nanoTime());
                }
                if (kill == KILLS) {
                    String made = id;
                    // the runs may have been short ones
                    Await.until("each has a due time", () -> tasks(server, made).size() > KILLS);
                    check(server, id, "seed " + seed);
                }
            }
        }
    }

    private static List<Json> tasks(ServerProcess server, String id) {
        return ((Json.Arr) Json.parse(server.get("/api/tasks?order=asc&limit=1000&cron_id=" + id).body())).values();
    }

    private static void check(ServerProcess server, String id, String seed) {
        List<Instant> due = new ArrayList<>();
        for (Json value : tasks(server, id)) {
            Json.Obj task = (Json.Obj) value;
            due.add(Instant.parse(task.text("due_at")));
            assertEquals(due.size(), task.integer("cron_run_count", 0), seed);
        }
        List<Instant> expected = new ArrayList<>();
        for (Instant at = due.getFirst(); !at.isAfter(due.getLast()); at = at.plusSeconds(1)) {
            expected.add(at);
        }
        assertEquals(expected, due, seed);
        assertTrue(due.size() > KILLS, due.size() + " due times, " + seed);
        Json.Obj cron = ServerProcess.object(server.get("/api/cron/" + id).body());
        assertTrue(cron.integer("run_count", 0) >= due.size(), seed);
        assertEquals(0, cron.integer("skipped_count", -1), seed);
    }
}
