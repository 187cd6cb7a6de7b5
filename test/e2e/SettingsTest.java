package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import support.Await;
import support.FolderText;
import support.Programs;
import support.ServerProcess;

/// Settings of the real programs.
final class SettingsTest {

    private static final String TASK = "{\"type\":\"generate\",\"prompt\":\"a b c\"}";

    @TempDir
    Path directory;

    private record Ended(int status, String out, String err) {
    }

    private Ended run(Map<String, String> environment, String program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Programs.named(program).toString()));
        command.addAll(List.of(arguments));
        Path err = Files.createTempFile(directory, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("OLLAMA_"));
        builder.environment().put("HOME", directory.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), out, Files.readString(err));
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("config.yaml"), yaml);
    }

    @Test
    void host_thatIsTheServerItself_isRefused() throws Exception {
        int port = ServerProcess.freePort();
        Ended ended = run(Map.of("OLLAMA_HOST", "127.0.0.1:" + port), "ollama-queue-server", "--port", "" + port,
                "--data-dir", directory.resolve("data").toString());
        assertEquals(1, ended.status(), ended.err());
        assertTrue(ended.err().contains("the host 127.0.0.1:" + port + " is this server itself"), ended.err());
    }

    @Test
    void config_inTheWorkingDirectory_isCheckedAndShown() throws Exception {
        file("server:\n  prot: 8080\n");
        Ended wrong = run(Map.of(), "ollama-queue-server", "config", "check");
        assertEquals(new Ended(1, "", "config.yaml, line 2, column 3: unknown key server.prot; did you mean "
                + "server.port?\n"), wrong);
        Ended refused = run(Map.of(), "ollama-queue-server");
        assertEquals(2, refused.status);
        assertEquals("ollama-queue-server: " + wrong.err, refused.err);

        file("server:\n  port: 8081\n");
        assertEquals(new Ended(0, "config.yaml: ok\n", ""), run(Map.of(), "ollama-queue-server", "config", "check"));
        String shown = run(Map.of("OLLAMA_QUEUE_TOKEN", "hunter2"), "ollama-queue-server", "config", "show").out;
        assertTrue(shown.matches("(?s).*server\\.port +8081 +config\\.yaml, line 2\n.*"), shown);
        assertFalse(shown.contains("hunter2"), shown);
    }

    @Test
    void server_zoneThatIsNone_isRefused() throws Exception {
        Ended refused = run(Map.of("TZ", "Europe/Berlim"), "ollama-queue-server");
        assertEquals(new Ended(2, "", "ollama-queue-server: the environment variable TZ is \"Europe/Berlim\", "
                + "which is not the name of a time zone; set it to one such as Europe/Berlin or UTC; did you mean "
                + "Europe/Berlin?\n"),
                refused);
    }

    @Test
    void client_fileInTheWorkingDirectory_isNotRead() throws Exception {
        file("client: {server_url: 'http://127.0.0.1:1', token: x}\n");
        String said = run(Map.of("OLLAMA_QUEUE_CLIENT_SERVER_URL", "127.0.0.1:2"), "ollama-queue", "status").err;
        assertTrue(said.contains("127.0.0.1:2"), said);
        said = run(Map.of("OLLAMA_QUEUE_CONFIG", "config.yaml"), "ollama-queue", "status").err;
        assertTrue(said.contains("127.0.0.1:1"), said);
    }

    @Test
    void hangup_changesWhatItCanAndSaysWhatNeedsARestart() throws Exception {
        Path file = file("queue: {workers: 2}\nserver: {port: 1}\n");
        Path log = directory.resolve("the.log");
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:",
                "--config", file.toString())) {
            assertTrue(server.get("/api/status").body().contains("\"workers_idle\":2"));
            file("""
                    queue: {workers: 5}
                    default_model: other
                    retry: {max_retries: 9}
                    retention: {completed_age: 1ms}
                    log_level: debug
                    storage: {segment_size: 1MiB}
                    """);
            server.hangUp("event=restart_needed settings=[storage.segment_size]");
            assertTrue(server.get("/api/status").body().contains("\"workers_idle\":5"));
            String id = server.submit(TASK);
            assertTrue(Stream.of(server.get("/api/tasks?full=true").body(), server.get("/api/tasks/" + id).body())
                    .anyMatch(body -> body.contains("\"model\":\"other\"") || body.contains("no task")));
            Await.until("it is deleted", () -> server.get("/api/tasks/" + id).statusCode() == 404);
            // its place is free a moment after its end
            Await.until("it has left its place",
                    () -> server.get("/api/status").body().contains("\"workers_idle\":5"));

            file("queue: {workers: none}\n");
            server.hangUp("event=settings_wrong problem=\"" + file + ", line 1, column 18: queue.workers must be");
            assertTrue(server.get("/api/status").body().contains("\"workers_idle\":5"));

            file("log_file: " + log + "\n");
            server.hangUp("");
            while (!Files.exists(log) || !Files.readString(log).contains("event=settings_read")) {
                Thread.onSpinWait();
            }
            assertTrue(server.get("/api/status").body().contains("\"workers_idle\":4"));
            assertEquals(0, server.terminate());
            assertTrue(Files.readString(log).contains("event=stopped"));
        }
    }

    /// As at the moment at which an editor, or a deployment, replaces it.
    @Test
    void hangup_whileTheFileIsNotThere_keepsTheToken() throws Exception {
        Path file = Files.writeString(Files.createDirectories(directory.resolve(".ollama-queue"))
                .resolve("config.yaml"), "server: {token: hunter2-hunter2}\n");
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:")) {
            assertEquals(401, server.get("/api/status").statusCode());
            Files.move(file, file.resolveSibling("config.yaml~"));
            server.hangUp("event=settings_");
            assertEquals(401, server.get("/api/status").statusCode());
            assertTrue(server.logged().contains("event=settings_wrong problem=\"" + file + " is missing"),
                    server.logged());
            Files.writeString(file, "server: {token: hunter3-hunter3}\n");
            server.hangUp("event=settings_read");
            assertEquals(200, server.send(HttpRequest.newBuilder(URI.create(server.url() + "/api/status"))
                    .header("Authorization", "Bearer hunter3-hunter3")).statusCode());
        }
    }

    @Test
    void token_once_isWantedEverywhereAndKeptNowhere() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "hunter2-hunter2\n");
        Path file = file("server: {token_file: " + secret + "}\nlog_level: debug\n");
        Path data = directory.resolve("data");
        try (ServerProcess server = ServerProcess.start(data, "--ollama-host", "echo:", "--config", file.toString())) {
            assertEquals(401, server.get("/api/status").statusCode());
            assertEquals(401, server.post("/api/tasks", TASK).statusCode());
            assertEquals(200, server.get("/healthz").statusCode());
            assertEquals(200, server.send(HttpRequest.newBuilder(URI.create(server.url() + "/api/status"))
                    .header("Authorization", "Bearer hunter2-hunter2")).statusCode());
            assertEquals(401, server.send(HttpRequest.newBuilder(URI.create(server.url() + "/api/status"))
                    .header("Authorization", "Bearer hunter3-hunter3")).statusCode());

            Map<String, String> url = Map.of("OLLAMA_QUEUE_CLIENT_SERVER_URL", server.url());
            Ended refused = run(url, "ollama-queue", "status");
            assertEquals(5, refused.status, refused.toString());
            Ended done = run(Map.of("OLLAMA_QUEUE_CLIENT_SERVER_URL", server.url(), "OLLAMA_QUEUE_TOKEN",
                    "hunter2-hunter2"), "ollama-queue", "submit", "generate", "--prompt", "a b c", "--wait");
            assertEquals(new Ended(0, "a b c\n", ""), done);
            int port = URI.create(server.url()).getPort();
            Path shared = Files.writeString(directory.resolve("shared.yaml"),
                    "server: {port: " + port + ", token_file: " + secret + "}\n");
            assertEquals(0, run(Map.of("OLLAMA_QUEUE_CONFIG", shared.toString()), "ollama-queue", "status").status);

            Files.writeString(secret, "hunter4-hunter4");
            server.hangUp("event=settings_read");
            assertEquals(401, server.send(HttpRequest.newBuilder(URI.create(server.url() + "/api/status"))
                    .header("Authorization", "Bearer hunter2-hunter2")).statusCode());
            assertEquals(0, server.terminate());
            assertFalse(server.logged().contains("hunter"), server.logged());
        }
        assertFalse(FolderText.has(data, "hunter"));
    }
}
