package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Await;
import support.FakeOllama;
import support.ServerProcess;

/// How the server stops, and how it refuses to start.
final class StopTest {

    private static final String LONG = "{\"type\":\"generate\",\"prompt\":\"" + "word ".repeat(2_000) + "\"}";

    @TempDir
    Path directory;

    @Test
    void terminate_idle_endsWithZeroAndLeavesACleanJournal() throws Exception {
        Path data = directory.resolve("data");
        String id;
        try (ServerProcess server = ServerProcess.start(data, "--ollama-host", "echo:")) {
            id = server.submit("{\"type\":\"generate\",\"prompt\":\"a b c\"}");
            server.awaitEnd(id);
            assertEquals(0, server.terminate());
        }
        try (ServerProcess server = ServerProcess.start(data, "--ollama-host", "echo:")) {
            assertEquals("a b c", ((Json.Obj) server.awaitEnd(id).get("result")).text("response"));
        }
    }

    @Test
    void terminate_runningTask_isPutBackAfterTheGraceAndRunsAgain() {
        Path data = directory.resolve("data");
        String id;
        try (ServerProcess server = ServerProcess.start(data, "--ollama-host", "echo:?delay=50ms", "--grace",
                "100ms")) {
            id = server.submit(LONG);
            awaitRunning(server, id);
            assertEquals(0, server.terminate());
        }
        try (ServerProcess server = ServerProcess.start(data, "--ollama-host", "echo:")) {
            Json.Obj task = server.awaitEnd(id);
            assertEquals("completed", task.text("status"));
            assertEquals(0, task.integer("retry_count", -1));
            // a reader's offset in the first attempt's answer must not be used in the second's
            List<Json> attempts = ((Json.Arr) task.get("attempts")).values();
            assertEquals(2, attempts.size());
            assertEquals("the server stopped while it ran", ((Json.Obj) attempts.getFirst()).text("error"));
        }
    }

    @Test
    void terminate_withinTheGrace_runningTaskEnds() {
        Path data = directory.resolve("data");
        String id;
        try (ServerProcess server = ServerProcess.start(data, "--ollama-host", "echo:?delay=20ms", "--grace", "30s")) {
            id = server.submit("{\"type\":\"generate\",\"prompt\":\"" + "w ".repeat(20) + "\"}");
            awaitRunning(server, id);
            assertEquals(0, server.terminate());
        }
        try (ServerProcess server = ServerProcess.start(data, "--ollama-host", "http://127.0.0.1:1")) {
            assertEquals("completed", server.awaitEnd(id).text("status"));
        }
    }

    @Test
    void terminate_twice_stopsAtOnceAndLosesNothing() {
        Path data = directory.resolve("data");
        String id;
        try (ServerProcess server = ServerProcess.start(data, "--ollama-host", "echo:?delay=50ms", "--grace", "10m")) {
            id = server.submit(LONG);
            awaitRunning(server, id);
            server.process().destroy();
            server.awaitLogged("event=stopping");
            assertNotEquals(0, server.terminate());
        }
        try (ServerProcess server = ServerProcess.start(data, "--ollama-host", "echo:")) {
            assertEquals("completed", server.awaitEnd(id).text("status"));
        }
    }

    /// Docker kills a container 10 s after it asked it to stop.
    @Test
    void terminate_byDefault_endsInOrderWellWithin10s_whateverIsOpen() throws Exception {
        Path data = directory.resolve("data");
        List<Socket> deaf = new ArrayList<>();
        List<String> running = new ArrayList<>();
        try (FakeOllama hangs = FakeOllama.start();
                ServerProcess server = ServerProcess.start(Map.of("OLLAMA_QUEUE_STORAGE_SEGMENT_SIZE", "64KiB"), data,
                        "--ollama-host", hangs.url(), "--parallel", "4")) {
            for (int i = 0; i < 4; i++) {
                running.add(server.submit("{\"type\":\"generate\",\"model\":\"fake-hang\",\"prompt\":\"x\"}"));
            }
            String later = "{\"type\":\"generate\",\"model\":\"m\",\"scheduled_at\":\"2099-01-01T00:00:00Z\","
                    + "\"prompt\":\"" + "word ".repeat(100) + "\"}";
            server.post("/api/tasks/batch", "[" + (later + ",").repeat(5_000) + later + "]");
            running.forEach(id -> awaitRunning(server, id));
            int port = URI.create(server.url()).getPort();
            int wsPort = (int) ((Json.Obj) Json.parse(server.get("/api/info").body())).integer("ws_port", 0);
            for (int i = 0; i < 25; i++) {
                deaf.add(ask(port, "GET /api/events?since=0 HTTP/1.1\r\nHost: localhost\r\n\r\n"));
                deaf.add(ask(port, "GET /api/tasks/" + running.getFirst() + "/events HTTP/1.1\r\nHost: localhost\r\n"
                        + "\r\n"));
                // none of them sends a close frame
                deaf.add(ask(wsPort, "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade"
                        + "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
            }
            // one compaction follows another until the server is gone
            Thread compactions = Thread.ofVirtual().start(() -> {
                while (server.process().isAlive()) {
                    try {
                        server.post("/api/journal/compact", "");
                    } catch (UncheckedIOException gone) {
                        LockSupport.parkNanos(1_000_000);
                    }
                }
            });
            long begun = System.nanoTime();
            assertEquals(0, server.terminate(), server::logged);
            long ms = (System.nanoTime() - begun) / 1_000_000;
            assertTrue(ms < 9_000, ms + " ms\n" + server.logged());
            compactions.join();
        } finally {
            for (Socket socket : deaf) {
                socket.close();
            }
        }
        try (ServerProcess server = ServerProcess.start(data, "--ollama-host", "http://127.0.0.1:1")) {
            for (String id : running) {
                String task = server.get("/api/tasks/" + id).body();
                assertTrue(task.contains("\"error\":\"the server stopped while it ran\""), task);
            }
            assertFalse(server.logged().contains("event=close_failed"), server.logged());
        }
    }

    private static Socket ask(int port, String request) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4 << 10);
        socket.connect(new InetSocketAddress(InetAddress.getByName("localhost"), port));
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    void start_onADirectoryInUse_isRefusedWithThePidOfTheFirst() throws Exception {
        Path data = directory.resolve("data");
        try (ServerProcess first = ServerProcess.start(data, "--ollama-host", "echo:")) {
            Path log = directory.resolve("second.log");
            Process second = ServerProcess.launch(List.of("--port", "0", "--data-dir", data.toString()), log);
            assertEquals(1, second.waitFor());
            assertTrue(Files.readString(log).contains(String.valueOf(first.process().pid())), Files.readString(log));
            assertEquals(200, first.get("/healthz").statusCode());
        }
    }

    @Test
    void start_impossible_saysWhyAndEndsWithOne() throws Exception {
        Path data = directory.resolve("data");
        try (ServerProcess first = ServerProcess.start(data, "--ollama-host", "echo:")) {
            String port = first.url().substring(first.url().lastIndexOf(':') + 1);
            String[][] cases = {
                {"cannot listen on localhost:" + port + ": Address already in use", "--port", port,
                    "--data-dir", directory.resolve("other").toString()},
                {"cannot listen on nowhere.invalid:0: unknown host", "--port", "0", "--host", "nowhere.invalid",
                    "--data-dir", directory.resolve("other").toString()},
            };
            for (String[] impossible : cases) {
                Path log = Files.createTempFile(directory, "impossible", ".log");
                Process process = ServerProcess.launch(List.of(impossible).subList(1, impossible.length), log);
                assertEquals(1, process.waitFor());
                assertEquals("ollama-queue-server: " + impossible[0] + "\n", Files.readString(log));
            }
        }
    }

    @Test
    void start_wrongArguments_saysWhatIsWrongAndEndsWithTwo() throws Exception {
        String[][] cases = {
            {"unknown option --prot; did you mean --port?", "--prot", "8"},
            {"--port must be a whole number from 0 to 65535, not \"http\"", "--port", "http"},
            {"--port needs a value", "--port"},
            {"--workers must be a whole number from 1 to 1000, not \"0\"", "--workers=0"},
            {"--grace must be a duration such as 90s, 1h30m or 7d, not \"soon\"", "--grace", "soon"},
            {"--verbose takes no value", "--verbose=1"},
            {"unknown command serve; without a command the server starts", "serve"},
        };
        for (String[] wrong : cases) {
            Path log = Files.createTempFile(directory, "wrong", ".log");
            Process process = ServerProcess.launch(List.of(wrong).subList(1, wrong.length), log);
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(2, process.waitFor(), wrong[0]);
            assertEquals("", out);
            assertTrue(Files.readString(log).startsWith("ollama-queue-server: " + wrong[0]), Files.readString(log));
        }
    }

    private static void awaitRunning(ServerProcess server, String id) {
        Await.until("it runs", () -> server.get("/api/tasks/" + id).body().contains("\"status\":\"running\""));
    }
}
