package real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Await;
import support.ServerProcess;

/// The real Ollama as local host and the real OpenAI-compatible server as remote endpoint, behind one queue: each rule
/// of routing, and an Ollama that is killed.
@Timeout(300)
final class RealRoutingTest {

    @TempDir
    Path directory;

    @Test
    void rules_localFirst_eachIsShown() throws Exception {
        try (ServerProcess server = start("max_local_queue_size: 2")) {
            assertEquals("local local_first_policy", place(server, submit(server, "")));
            assertEquals("cloud remote_execution", place(server, submit(server, "\"remote_execution\":true")));
            assertEquals("cloud critical_priority", place(server, submit(server, "\"priority\":\"critical\"")));
            assertEquals("local local_first_policy", place(server, submit(server, "\"priority\":\"high\"")));
            assertEquals("local on", place(server, submit(server, "\"priority\":\"critical\",\"on\":\"local\"")));
            assertEquals("cloud on", place(server, submit(server, "\"on\":\"cloud\"")));
            // the endpoint's settings do not name this model
            assertEquals("local fallback_to_local", place(server, server.submit("{\"type\":\"embed\",\"model\":\""
                    + RealOllama.EMBED + "\",\"input\":\"x\",\"remote_execution\":true}")));

            server.post("/api/queue/pause", "{}");
            String first = submit(server, "\"priority\":\"low\"");
            String second = submit(server, "\"priority\":\"low\"");
            String high = submit(server, "\"priority\":\"high\"");
            server.post("/api/queue/resume", "{}");
            assertEquals("cloud max_local_queue_size", place(server, high));
            assertEquals("local local_first_policy", place(server, first));
            assertEquals("local local_first_policy", place(server, second));

            assertEquals(200, server.post("/api/backends/local/disable", "{}").statusCode());
            assertEquals("cloud no_local_host", place(server, submit(server, "\"priority\":\"low\"")));
            assertEquals(200, server.post("/api/backends/local/enable", "{}").statusCode());
            assertEquals("local local_first_policy", place(server, submit(server, "\"priority\":\"low\"")));

            Json.Obj local = (Json.Obj) backends(server).values().getFirst();
            assertTrue(((Json.Arr) local.get("loaded")).text().contains(RealOllama.CHAT), local.text());
            assertNotEquals("0", local.get("tokens_per_second").text());
            String journal = server.get("/api/tasks?full=true").body() + server.get("/api/backends").body()
                    + server.logged();
            assertTrue(!journal.contains(key()), "the key is nowhere to be seen");
        }
    }

    @Test
    void rules_notLocalFirst_highAndAboveGoRemote() throws Exception {
        try (ServerProcess server = start("local_first_policy: false")) {
            assertEquals("cloud high_priority", place(server, submit(server, "\"priority\":\"high\"")));
            assertEquals("local below_high_priority", place(server, submit(server, "\"priority\":9")));
        }
    }

    @Test
    void ollamaKilledInMidAnswer_tasksCompleteOnTheOther() throws Exception {
        try (ServerProcess server = start("max_local_queue_size: 0")) {
            String running = submit(server, "\"options\":{\"num_predict\":20,\"temperature\":0,\"seed\":1}");
            String waiting = submit(server, "");
            server.chunks(running, 2);
            ProcessBuilder again = RealOllama.kill();
            try {
                Json.Obj task = server.awaitEnd(running);
                assertEquals("completed", task.text("status"), task.text());
                assertEquals("cloud", task.text("executed_on"));
                assertEquals(List.of("local", "cloud"), ((Json.Arr) task.get("attempts")).values().stream()
                        .map(attempt -> ((Json.Obj) attempt).text("host")).toList());
                assertEquals("cloud no_local_host", place(server, waiting));
            } finally {
                RealOllama.start(again);
            }
            awaitHealth(server);
            assertEquals("local local_first_policy", place(server, submit(server, "")));
        }
    }

    // ---- help

    private ServerProcess start(String routing) throws IOException, InterruptedException {
        Path config = directory.resolve("config.yaml");
        Files.writeString(config, "ollama:\n  hosts:\n  - {name: local, url: \"" + RealOllama.address()
                + "\", max_concurrent: 1}\nretry: {initial_delay: 100ms}\n"
                + "remote_scheduling:\n  enabled: true\n"
                + "  health_check_interval: 1s\n  " + routing + "\n  endpoints:\n"
                + "  - name: cloud\n    base_url: " + base() + "\n    api_key: " + key()
                + "\n    models: {\"" + RealOllama.CHAT + "\": \"" + remoteModel()
                + "\"}\n");
        ServerProcess server = ServerProcess.start(directory.resolve("data"), "--config", config.toString());
        awaitHealth(server);
        return server;
    }

    private static String base() {
        return RealOllama.variable("OPENAI_BASE_URL", "no real OpenAI-compatible server: set OPENAI_BASE_URL");
    }

    private static String key() {
        return RealOllama.variable("OPENAI_API_KEY", "no key of an OpenAI-compatible server: set OPENAI_API_KEY");
    }

    private static String remoteModel() throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            String models = http.send(HttpRequest.newBuilder(URI.create(base() + "/models"))
                    .header("Authorization", "Bearer " + key()).build(), HttpResponse.BodyHandlers.ofString()).body();
            return ((Json.Obj) ((Json.Arr) ServerProcess.object(models).get("data")).values().getFirst()).text("id");
        }
    }

    /// @param more members of the task; an `options` among them takes the place of the usual
    private static String submit(ServerProcess server, String more) {
        String options = more.contains("options") ? "" : ",\"options\":{\"num_predict\":3}";
        return server.submit("{\"type\":\"generate\",\"model\":\"" + RealOllama.CHAT + "\",\"prompt\":\"Hi\"" + options
                + (more.isEmpty() ? "" : "," + more) + "}");
    }

    /// Where the task completed, and by which rule.
    private static String place(ServerProcess server, String id) {
        Json.Obj task = server.awaitEnd(id);
        assertEquals("completed", task.text("status"), task.text());
        Json.Obj last = (Json.Obj) ((Json.Arr) task.get("attempts")).values().getLast();
        assertEquals(task.text("executed_on"), last.text("host"));
        return last.text("host") + " " + last.text("rule");
    }

    private static Json.Arr backends(ServerProcess server) {
        return (Json.Arr) Json.parse(server.get("/api/backends").body());
    }

    private static void awaitHealth(ServerProcess server) {
        Await.until(() -> backends(server).text(), () -> backends(server).values().stream()
                .allMatch(host -> "up".equals(((Json.Obj) host).text("health"))));
    }
}
