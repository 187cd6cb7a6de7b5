package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Await;
import support.ServerProcess;

/// SIGKILL in the middle of an action on 20,000 tasks, several times: exactly these are cancelled, each once, and later
/// tasks are not touched.
final class ActionKillTest {

    private static final int TASKS = 20_000;
    private static final int KILLS = 3;
    private static final String TASK = "{\"type\":\"generate\",\"model\":\"m\",\"prompt\":\"one\"}";

    @TempDir
    Path directory;

    @Test
    void kill_inTheMiddle_leavesNoneOut_andDoesNoneTwice() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        Path data = directory.resolve("data");
        List<String> later = new ArrayList<>();
        String action = null;
        for (int kill = 0; kill < KILLS; kill++) {
            try (ServerProcess server = ServerProcess.start(data, "--ollama-host", "echo:")) {
                if (action == null) {
                    assertEquals(200, server.post("/api/queue/pause", "{}").statusCode());
                    assertEquals(201, server.post("/api/tasks/batch", (TASK + "\n").repeat(TASKS)).statusCode());
                    action = ServerProcess.object(server.post("/api/tasks/actions", "{\"filter\":{\"status\":"
                            + "\"pending\"},\"action\":\"cancel\",\"expect\":" + TASKS + "}").body()).text("id");
                }
                String id = action;
                long before = done(server, id);
                later.add(server.submit(TASK));
                long until = Math.min(TASKS, before + 1 + random.nextInt(TASKS / 20));
                Await.until("it has come on", () -> done(server, id) >= until);
                server.kill();
            }
        }
        try (ServerProcess server = ServerProcess.start(data, "--ollama-host", "echo:")) {
            String id = action;
            Await.until("it has ended", () -> done(server, id) == TASKS && show(server, id).text("status")
                    .equals("completed"));
            assertEquals(TASKS, show(server, id).integer("changed", -1), "SEED=" + seed);
            assertEquals(TASKS, total(server, "cancelled"), "SEED=" + seed);
            assertEquals(later.size(), total(server, "pending"), "SEED=" + seed);
            for (String task : later) {
                assertEquals("pending", ServerProcess.object(server.get("/api/tasks/" + task).body()).text("status"));
            }
            assertEquals(0, server.terminate());
        }
    }

    private static Json.Obj show(ServerProcess server, String action) {
        return ServerProcess.object(server.get("/api/tasks/actions/" + action).body());
    }

    private static long done(ServerProcess server, String action) {
        return show(server, action).integer("done", -1);
    }

    private static long total(ServerProcess server, String status) {
        return Long.parseLong(server.get("/api/tasks?limit=1&status=" + status).headers()
                .firstValue("X-Total-Count").orElseThrow());
    }
}
