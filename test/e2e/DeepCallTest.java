package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import support.FakeOllama;
import support.Offline;
import support.Programs;
import support.ServerProcess;

/// A relayed call and its answer are nested to any depth: whatever carries, keeps or shows them bears it.
final class DeepCallTest {

    /// DEEP stands for what is nested.
    private static final String CHAT = "{\"stream\":false,\"x\":DEEP,\"model\":\"m\",\"messages\":[{\"role\":\"user\","
            + "\"content\":\"the needle\"}]}";
    private static final String ANSWER = "{\"message\":{\"content\":\"found\"},\"x\":DEEP,\"done\":true}";
    private static final String DEEP = "[".repeat(100_000) + "]".repeat(100_000);

    @TempDir
    Path directory;

    private static ServerProcess start(Path data, String host) {
        return ServerProcess.start(Map.of("OLLAMA_QUEUE_JAVA_OPTS", "-Xmx256m"), data, "--ollama-host", host);
    }

    @Test
    void callOfAHundredThousandLevels_isKeptAndShownEverywhere() throws Exception {
        Path data = directory.resolve("data");
        Path restored = Files.createDirectory(directory.resolve("restored"));
        String body = CHAT.replace("DEEP", DEEP);
        String answer = ANSWER.replace("DEEP", DEEP);
        try (FakeOllama host = FakeOllama.start()) {
            host.otherwise((request, reply) -> reply.whole(200, answer));
            String shown;
            try (ServerProcess server = start(data, host.url())) {
                HttpResponse<String> reply = server.post("/api/chat", body);
                assertEquals(200, reply.statusCode(), reply.body());
                assertEquals(answer, reply.body());
                assertEquals(body, host.takeRequest().body());
                String id = reply.headers().firstValue("X-Queue-Task").orElseThrow();
                shown = assertShown(server, id);
                server.kill();
            }
            try (ServerProcess server = start(data, host.url())) {
                String id = shown.substring(shown.indexOf("task_"), shown.indexOf("task_") + 17);
                assertEquals(shown, assertShown(server, id));
                assertPrinted(server, id);
                assertEquals(200, server.post("/api/journal/compact", "").statusCode());
                assertEquals(shown, assertShown(server, id));
                Files.copy(URI.create(server.url() + "/api/backup").toURL().openStream(), restored.resolve("backup"));
                assertEquals(0, server.terminate());
            }
            assertVerifies(data);
            assertVerifies(restored);
            try (ServerProcess server = start(restored, host.url())) {
                assertEquals(shown, server.get("/api/tasks?full=true").body());
            }
        }
    }

    /// It is 16 MiB long.
    @Test
    void callOfAsManyLevelsAsThereIsRoomFor_endsNoServer() throws Exception {
        int at = CHAT.indexOf("DEEP");
        int levels = ((16 << 20) - CHAT.length()) / 2;
        byte[] body = new byte[CHAT.length() - "DEEP".length() + 2 * levels];
        System.arraycopy(CHAT.getBytes(StandardCharsets.UTF_8), 0, body, 0, at);
        Arrays.fill(body, at, at + levels, (byte) '[');
        Arrays.fill(body, at + levels, at + 2 * levels, (byte) ']');
        byte[] end = CHAT.substring(at + "DEEP".length()).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(end, 0, body, at + 2 * levels, end.length);
        Path data = directory.resolve("data");
        try (ServerProcess server = start(data, "echo:")) {
            HttpResponse<String> reply = post(server, body);
            assertTrue(reply.statusCode() == 200 && reply.body().contains("the needle"), server::logged);
            body[at + 2 * levels - 1] = '}';
            HttpResponse<String> refused = post(server, body);
            assertEquals(400, refused.statusCode(), server::logged);
            assertTrue(refused.body().contains("expected ',' or ']', found '}' (line 1, column " + (at + 2 * levels)),
                    refused.body());
            server.kill();
        }
        try (ServerProcess server = start(data, "echo:")) {
            String found = server.get("/api/tasks?q=needle").body();
            assertTrue(found.contains("\"status\":\"completed\""), () -> found + server.logged());
            assertEquals(0, server.terminate());
        }
    }

    private static HttpResponse<String> post(ServerProcess server, byte[] body) {
        return server.send(HttpRequest.newBuilder(URI.create(server.url() + "/api/chat"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    /// Returns the list of whole tasks.
    private static String assertShown(ServerProcess server, String id) {
        String whole = server.get("/api/tasks?full=true").body();
        assertTrue(whole.length() > 400_000 && whole.contains("\"payload\":{\"stream\":false,\"x\":[["),
                () -> whole.substring(0, 1_000) + server.logged());
        for (String query : List.of("", "?q=needle", "?q=found", "?full=true&q=needle", "?relayed=true")) {
            String list = server.get("/api/tasks" + query).body();
            assertTrue(list.contains(id), () -> query + ": " + list + server.logged());
        }
        assertTrue(server.get("/api/tasks").body().contains("\"preview\":\"the needle\""), server::logged);
        assertTrue(server.get("/api/tasks/" + id).body().length() > 400_000, server::logged);
        assertTrue(server.get("/api/tasks/" + id + "/events").body().contains("\"text\":\"found\""), server::logged);
        assertEquals(200, server.get("/api/stats/history?window=1h").statusCode());
        return whole;
    }

    private void assertPrinted(ServerProcess server, String id) throws Exception {
        assertEquals("found", client(server, "result", id));
        String shown = client(server, "show", id);
        assertTrue(shown.contains("the needle") && shown.contains("found") && shown.length() > 200_000, shown);
        assertTrue(client(server, "show", id, "--output", "json").length() > 400_000);
        assertTrue(client(server, "list").contains("the needle"));
        assertTrue(client(server, "export").length() > 400_000);
    }

    private String client(ServerProcess server, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(Programs.client().toString(), "--server", server.url()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("OLLAMA_"));
        builder.environment().put("HOME", directory.toString());
        Process process = builder.redirectError(directory.resolve("err").toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> command + ": " + read(directory.resolve("err")));
        return out.strip();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void assertVerifies(Path data) {
        assertEquals(0, Offline.run(new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                System.err, "journal", "verify", data.toString()));
    }
}
