package e2e.callers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Await;
import support.Effort;
import support.FakeOllamaProcess;
import support.Offline;
import support.ServerProcess;

/// 200 callers, many of which leave, hosts that die in mid-answer and SIGKILL of the server, all at once: no caller
/// hangs, no task is left running, kept calls complete once, and no answer reaches the wrong caller.
final class CallersTest {

    private static final int CALLERS = 200;
    private static final int ROUNDS = Effort.of(1, 20);
    private static final String MODEL = "fake-repeat";

    @TempDir
    Path directory;
    private final List<FakeOllamaProcess> hosts = new ArrayList<>();
    private final AtomicReference<ServerProcess> server = new AtomicReference<>();
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    @AfterEach
    void close() {
        hosts.forEach(FakeOllamaProcess::close);
        server.get().close();
    }

    @Test
    @Timeout(900)
    void callers_leaveWhileHostsAndServerDie_noneHangsAndNoneGetsAnothersAnswer() throws Exception {
        StringBuilder yaml = new StringBuilder("queue: {workers: 24}\nremote_scheduling: {health_check_interval: 1s}\n"
                + "retry: {initial_delay: 10ms}\nollama:\n  hosts:\n");
        for (int i = 0; i < 3; i++) {
            hosts.add(FakeOllamaProcess.start(0, MODEL));
            yaml.append("  - {name: h").append(i).append(", url: \"").append(hosts.get(i).url())
                    .append("\", max_concurrent: 8}\n");
        }
        Files.writeString(directory.resolve("config.yaml"), yaml);
        start();
        for (int round = 0; round < ROUNDS; round++) {
            List<Caller> callers = round(round * CALLERS);
            Await.until(() -> "not all tasks ended: " + server.get().get("/api/status").body(), () -> {
                Json.Obj status = ServerProcess.object(server.get().get("/api/status").body());
                return status.integer("pending_tasks", 1) + status.integer("running_tasks", 1) == 0;
            });
            for (Caller caller : callers) {
                check(caller);
            }
        }
        assertEquals(0, server.get().terminate());
        Map<String, Integer> completions = Offline.completions(directory.resolve("data"));
        completions.forEach((task, times) -> assertEquals(1, times, task + ", seed " + seed));
    }

    private void start() {
        server.set(ServerProcess.start(directory.resolve("data"), "--config",
                directory.resolve("config.yaml").toString()));
    }

    private List<Caller> round(int from) throws Exception {
        List<Caller> callers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int i = 0; i < CALLERS; i++) {
                callers.add(new Caller(from + i, client, () -> server.get().url(), seed));
                threads.add(Thread.startVirtualThread(callers.getLast()));
            }
            awaitAnswered(callers, 10 + random.nextInt(20));
            hosts.getFirst().kill();
            awaitAnswered(callers, 40 + random.nextInt(20));
            server.get().close();
            hosts.set(0, FakeOllamaProcess.start(hosts.getFirst().port(), MODEL));
            start();
            hosts.getLast().kill();
            hosts.set(2, FakeOllamaProcess.start(hosts.getLast().port(), MODEL));
            for (int i = 0; i < CALLERS; i++) {
                assertTrue(threads.get(i).join(Duration.ofSeconds(60)), callers.get(i).name + " hangs, seed " + seed
                        + ": " + server.get().get("/api/tasks?limit=1000&client=" + callers.get(i).name).body());
            }
        }
        return callers;
    }

    private void awaitAnswered(List<Caller> callers, int count) {
        Await.until("answers to callers, seed " + seed,
                () -> callers.stream().filter(caller -> caller.answered).count() >= count);
    }

    private void check(Caller caller) {
        String what = caller.name + " " + caller.kind + ", seed " + seed;
        assertNull(caller.wrong, what);
        List<Json> tasks = ((Json.Arr) Json.parse(server.get().get("/api/tasks?limit=1000&client=" + caller.name)
                .body())).values();
        what += " " + tasks;
        assertTrue(tasks.size() <= 1 && (caller.task == null || tasks.size() == 1), what);
        if (tasks.isEmpty()) {
            return;
        }
        Json.Obj task = (Json.Obj) tasks.getFirst();
        String error = task.text("error");
        boolean lostItsHost = "failed".equals(task.text("status")) && error != null;
        switch (caller.kind) {
            case REPEATS -> assertTrue(caller.answered && ("completed".equals(task.text("status")) || lostItsHost),
                    what);
            case LEAVES_KEPT -> assertTrue("completed".equals(task.text("status")) || lostItsHost, what);
            case STAYS -> assertTrue(!caller.answered || "completed".equals(task.text("status")), what);
            case LEAVES -> {
                // it has ended, one way or another
            }
        }
    }
}
