package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Await;
import support.Offline;
import support.Programs;
import support.ServerProcess;

/// A backup of a real server under load is restored by a real server after the first was killed; and tasks move from
/// one server to another through the client.
final class BackupTest {

    private static final String PROMPT = "a prompt that takes some room ".repeat(200);

    @TempDir
    Path directory;

    private final List<String> acknowledged = Collections.synchronizedList(new ArrayList<>());

    private static ServerProcess start(Path data) {
        return ServerProcess.start(data, "--ollama-host", "echo:", "--workers", "2");
    }

    @Test
    void backup_underLoadAndCompaction_restoresEveryTaskCronTaskModeAndKey() throws Exception {
        Path file = directory.resolve("taken");
        List<String> before;
        List<String> tasks = new ArrayList<>();
        try (ServerProcess server = start(directory.resolve("data"))) {
            server.submit("{\"type\":\"embed\",\"model\":\"m\",\"input\":\"first\"}");
            assertEquals(201, server.post("/api/cron", "{\"name\":\"nightly\",\"cron_expr\":\"0 3 * * *\","
                    + "\"task_template\":{\"type\":\"embed\",\"model\":\"m\",\"input\":\"x\"}}").statusCode());
            assertEquals(201, keyed(server).statusCode());
            assertEquals(200, server.post("/api/queue/pause", "").statusCode());
            List<Thread> threads = List.of(
                    ServerProcess.untilItDies(() -> acknowledged.add(server.submit(
                            "{\"type\":\"embed\",\"model\":\"m\",\"input\":\"keep " + PROMPT + "\"}"))),
                    ServerProcess.untilItDies(() -> submitAndDelete(server)),
                    ServerProcess.untilItDies(() -> server.post("/api/journal/compact", "")));
            Await.until("40 tasks", () -> acknowledged.size() >= 40);
            before = List.copyOf(acknowledged);
            for (String id : before) {
                tasks.add(task(server, id));
            }
            Files.copy(URI.create(server.url() + "/api/backup").toURL().openStream(), file);
            server.kill();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        Path empty = Files.createDirectory(directory.resolve("empty"));
        Files.copy(file, empty.resolve("ollama-queue.backup"));
        assertVerifies(empty);
        try (ServerProcess server = start(empty)) {
            for (int i = 0; i < before.size(); i++) {
                assertEquals(tasks.get(i), task(server, before.get(i)));
            }
            assertEquals("paused", ServerProcess.object(server.get("/api/status").body()).text("mode"));
            assertTrue(server.get("/api/cron/nightly").body().contains("\"0 3 * * *\""));
            assertEquals("keyed", ((Json.Obj) ServerProcess.object(keyed(server).body()).get("payload")).text("input"));
            long seq = ServerProcess.object(server.get("/api/status").body()).integer("last_seq", 0);
            assertTrue(seq > 1_000_000_000, "no number of the other history: " + seq);
            assertEquals(200, server.post("/api/queue/resume", "").statusCode());
            assertEquals("completed", server.awaitEnd(before.getLast()).text("status"));
        }
        assertVerifies(empty);
    }

    /// Returns everything that the journal knows of a task; what it waits for depends on the moment.
    private static String task(ServerProcess server, String id) {
        return server.get("/api/tasks/" + id).body().replaceFirst(",\"waiting\":\"[^\"]*\"", "")
                .replaceFirst(",\"position\":\\d+", "");
    }

    private static void assertVerifies(Path data) {
        assertEquals(0, Offline.run(new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                System.err, "journal", "verify", data.toString()));
    }

    @Test
    void start_backupCutShort_isRefusedWithItsName() throws Exception {
        Path cut = Files.createDirectory(directory.resolve("cut"));
        try (ServerProcess server = start(directory.resolve("data"))) {
            server.submit("{\"type\":\"embed\",\"model\":\"m\",\"input\":\"first\"}");
            byte[] whole = URI.create(server.url() + "/api/backup").toURL().openStream().readAllBytes();
            Files.write(cut.resolve("part"), Arrays.copyOf(whole, whole.length - 1));
        }
        Path log = directory.resolve("cut.log");
        Process refused = ServerProcess.launch(List.of("--port", "0", "--data-dir", cut.toString()), log);
        assertEquals(1, refused.waitFor());
        assertTrue(Files.readString(log).contains("the backup is incomplete"), Files.readString(log));
    }

    @Test
    void backup_ofAServerThatWantsATokenRestored_wantsOneToo() throws Exception {
        Path restored = Files.createDirectory(directory.resolve("restored"));
        HttpResponse<byte[]> backup;
        String token;
        try (ServerProcess server = start(directory.resolve("data"))) {
            token = ServerProcess.object(server.post("/api/tokens", "{\"name\":\"old\",\"scope\":\"admin\"}").body())
                    .text("token");
            assertEquals(401, server.get("/api/tasks").statusCode());
            try (HttpClient client = HttpClient.newHttpClient()) {
                backup = client.send(bearing(server, token, "/api/backup").build(),
                        HttpResponse.BodyHandlers.ofByteArray());
            }
        }
        assertEquals(200, backup.statusCode());
        Files.write(restored.resolve("kept"), backup.body());
        assertVerifies(restored);
        // also after a second start, when nothing is restored
        start(restored).close();
        try (ServerProcess server = start(restored)) {
            assertEquals(401, server.get("/api/tasks").statusCode());
            assertEquals(401, server.send(bearing(server, token, "/api/tasks")).statusCode());
            ByteArrayOutputStream added = new ByteArrayOutputStream();
            assertEquals(0, Offline.run(new PrintStream(added, true, StandardCharsets.UTF_8), System.err, "token",
                    "add", "new", "--scope", "read", "--data-dir", restored.toString()));
            assertEquals(200, server.send(bearing(server, added.toString(StandardCharsets.UTF_8).strip(),
                    "/api/tasks")).statusCode());
        }
    }

    private static HttpRequest.Builder bearing(ServerProcess server, String token, String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path)).header("Authorization", "Bearer " + token);
    }

    @Test
    void exportThenImport_tasksGoToAnotherServer() throws Exception {
        Path file = directory.resolve("tasks.ndjson");
        try (ServerProcess old = start(directory.resolve("old"));
                ServerProcess young = start(Files.createDirectory(directory.resolve("y")).resolve("new"))) {
            old.awaitEnd(old.submit("{\"type\":\"embed\",\"model\":\"m\",\"input\":\"done\"}"));
            old.submit("{\"type\":\"embed\",\"model\":\"m\",\"input\":\"later\",\"scheduled_at\":"
                    + "\"2099-01-01T00:00:00Z\",\"timeout\":\"90s\",\"priority\":7,\"metadata\":{\"n\":1.50}}");
            client(old, file, "export");
            assertEquals(2, Files.readAllLines(file).size());
            Path ids = directory.resolve("ids");
            client(young, ids, "import", "--file", file.toString());
            assertEquals(1, Files.readAllLines(ids).size());
            Json.Obj task = ServerProcess.object(young.get("/api/tasks/" + Files.readString(ids).strip()).body());
            assertEquals("{\"input\":\"later\"}", task.get("payload").text());
            assertEquals("2099-01-01T00:00:00.000Z", task.text("scheduled_at"));
            assertEquals("1m30s", task.text("timeout"));
            assertEquals(7, task.integer("priority", 0));
            assertEquals("{\"n\":1.50}", task.get("metadata").text());
            client(young, ids, "import", "--all", "--file", file.toString());
            assertEquals(2, Files.readAllLines(ids).size());
        }
    }

    private static void client(ServerProcess server, Path out, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(Programs.client().toString(), "--server", server.url()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("OLLAMA_"));
        builder.environment().put("HOME", out.getParent().toString());
        assertEquals(0, builder.redirectError(out.resolveSibling("err").toFile()).start().waitFor(),
                Files.readString(out.resolveSibling("err")));
    }

    private static HttpResponse<String> keyed(ServerProcess server) {
        return server.send(HttpRequest.newBuilder(URI.create(server.url() + "/api/tasks"))
                .header("Content-Type", "application/json").header("Idempotency-Key", "the key")
                .POST(HttpRequest.BodyPublishers.ofString("{\"type\":\"embed\",\"model\":\"m\",\"input\":\"keyed\"}")));
    }

    private static void submitAndDelete(ServerProcess server) {
        String id = server.submit("{\"type\":\"embed\",\"model\":\"m\",\"input\":\"delete " + PROMPT + "\"}");
        server.post("/api/tasks/" + id + "/cancel", "");
        server.send(HttpRequest.newBuilder(URI.create(server.url() + "/api/tasks/" + id)).DELETE());
    }
}
