package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Await;
import support.FakeOllamaProcess;
import support.ServerProcess;

/// Hosts, each in its own process, that die. Where two of three die in turn under load, every task completes, none
/// twice.
final class HostsDieTest {

    private static final int TASKS = 250;
    private static final int DEATHS = 2;
    private static final String MODEL = "fake-brisk";

    @TempDir
    Path directory;
    private final List<FakeOllamaProcess> hosts = new ArrayList<>();

    @AfterEach
    void close() {
        hosts.forEach(FakeOllamaProcess::close);
    }

    @Test
    void hosts_killedInTurnUnderLoad_everyTaskCompletesAndNoneTwice() throws Exception {
        for (int i = 0; i < 3; i++) {
            hosts.add(FakeOllamaProcess.start(0, MODEL));
        }
        Path config = directory.resolve("config.yaml");
        StringBuilder yaml = new StringBuilder("queue: {workers: 6}\nremote_scheduling: {health_check_interval: 1s}\n"
                + "retry: {initial_delay: 10ms}\nollama:\n  hosts:\n");
        for (int i = 0; i < hosts.size(); i++) {
            yaml.append("  - {name: h").append(i).append(", url: \"").append(hosts.get(i).url())
                    .append("\", max_concurrent: 2}\n");
        }
        Files.writeString(config, yaml);
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--config", config.toString())) {
            String task = "{\"type\":\"generate\",\"model\":\"" + MODEL + "\",\"prompt\":\"x\"}\n";
            Json.Obj batch = ServerProcess.object(server.send(HttpRequest.newBuilder(
                    URI.create(server.url() + "/api/tasks/batch")).header("Content-Type", "application/x-ndjson")
                    .POST(HttpRequest.BodyPublishers.ofString(task.repeat(TASKS)))).body());
            List<String> ids = ((Json.Arr) batch.get("ids")).values().stream()
                    .map(id -> ((Json.Str) id).value()).toList();
            for (int i = 0; i < DEATHS; i++) {
                // one dies while it works, the other comes back at its address
                int victim = i % 2;
                awaitBusy(server, victim);
                hosts.get(victim).kill();
                if (i > 0) {
                    hosts.set(1 - victim, FakeOllamaProcess.start(hosts.get(1 - victim).port(), MODEL));
                }
            }
            Map<String, Integer> where = new HashMap<>();
            for (String id : ids) {
                Json.Obj ended = server.awaitEnd(id);
                assertEquals("completed", ended.text("status"), ended.text());
                long completed = ((Json.Arr) ended.get("attempts")).values().stream()
                        .filter(attempt -> attempt instanceof Json.Obj object && object.text("error") == null).count();
                assertEquals(1, completed, ended.text());
                where.merge(ended.text("executed_on"), 1, Integer::sum);
            }
            assertEquals(3, where.size(), () -> where + server.get("/api/backends").body() + server.logged());
            // a host's counters follow its task's end
            Await.until(() -> "all are counted: " + server.get("/api/backends").body(), () -> ((Json.Arr) Json.parse(
                    server.get("/api/backends").body())).values().stream()
                    .mapToLong(host -> ((Json.Obj) host).integer("completed", 0)).sum() == TASKS);
        }
    }

    @Test
    void versionOfAHostThatIsAway_isStillToldAfterARestart() throws Exception {
        hosts.add(FakeOllamaProcess.start(0, MODEL));
        Path data = directory.resolve("data");
        try (ServerProcess server = ServerProcess.start(data, "--ollama-host", hosts.getFirst().url())) {
            Await.until(() -> "its version is kept: " + server.get("/api/backends").body(),
                    () -> Files.exists(data.resolve("versions.json")));
        }
        hosts.getFirst().kill();
        try (ServerProcess server = ServerProcess.start(data, "--ollama-host", hosts.getFirst().url())) {
            HttpResponse<String> version = server.get("/api/version");
            assertEquals("200 {\"version\":\"0.0.0-fake\"}", version.statusCode() + " " + version.body());
        }
    }

    /// Waits until a host has done something and is working.
    private static void awaitBusy(ServerProcess server, int host) {
        Await.until(() -> "host " + host + " has something to do: " + server.get("/api/backends").body()
                + server.get("/api/status").body() + server.logged(), () -> {
            Json backends = Json.parse(server.get("/api/backends").body());
            Json.Obj one = (Json.Obj) ((Json.Arr) backends).values().get(host);
            return one.integer("slots_used", 0) > 0 && one.integer("completed", 0) > 0;
        });
    }
}
