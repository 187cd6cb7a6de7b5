package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Await;
import support.FakeOllama;
import support.FakeOllamaAnswer;
import support.ServerProcess;

/// A server that dies each time it runs a task.
@Timeout(180)
final class DeathsTest {

    private static final String GOOD = "{\"type\":\"generate\",\"model\":\"good\",\"prompt\":\"x\"}";

    @TempDir
    Path directory;

    @Test
    void killedWhileATaskRuns_theFourthTimeWhileItRunsAlone_itFails_andAnOrderlyStopDoesNotCount() throws Exception {
        try (FakeOllama fake = FakeOllama.start()) {
            fake.otherwise(FakeOllamaAnswer.hang());
            String killer = null;
            String good = null;
            for (int death = 1; death <= 3; death++) {
                try (ServerProcess server = start(fake)) {
                    killer = death == 1 ? server.submit(GOOD.replace("\"x\"", "\"kill\"")) : killer;
                    good = death == 1 ? server.submit(GOOD) : good;
                    Await.until("both run", () -> fake.running() == 2);
                    server.kill();
                }
                Await.until("nothing runs", () -> fake.running() == 0);
            }
            try (ServerProcess server = start(fake)) {
                Await.until("the first of them runs", () -> fake.running() == 1);
                assertEquals(List.of("running", "the server died while it ran, repeatedly; next it runs alone"),
                        List.of(task(server, killer).text("status"), task(server, good).text("error")));
                assertEquals(killer + " runs alone, because the server died repeatedly while it ran",
                        task(server, good).text("waiting"));
                server.awaitLogged("event=task_runs_alone id=" + killer);
                assertEquals(0, server.terminate());
            }
            Await.until("nothing runs", () -> fake.running() == 0);
            try (ServerProcess server = start(fake)) {
                Await.until("it runs alone again", () -> fake.running() == 1);
                server.kill();
            }
            fake.otherwise((request, reply) -> (request.prompt().equals("kill") ? FakeOllamaAnswer.hang()
                    : FakeOllamaAnswer.tokens("Hi")).play(request, reply));
            try (ServerProcess server = start(fake)) {
                Json.Obj failed = server.awaitEnd(killer);
                assertEquals("the server died while it ran, repeatedly, the last time while nothing else ran",
                        failed.text("error"));
                assertEquals(5, ((Json.Arr) failed.get("attempts")).values().size(), failed.text());
                assertEquals("completed", server.awaitEnd(good).text("status"));
                assertEquals("completed", server.awaitEnd(server.submit(GOOD)).text("status"));
            }
        }
    }

    private static Json.Obj task(ServerProcess server, String id) {
        return ServerProcess.object(server.get("/api/tasks/" + id).body());
    }

    private ServerProcess start(FakeOllama fake) {
        return ServerProcess.start(directory.resolve("data"), "--ollama-host", fake.url(), "--workers", "2",
                "--parallel", "2", "--grace", "0s");
    }
}
