package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import server.access.Asker;
import server.access.Scope;
import server.access.TokenFile;
import support.Await;
import support.ServerProcess;
import support.SmallDisk;

/// The real server on a real, small disk: a tmpfs, which only root may mount.
final class FullDiskTest {

    private static final String LATER = "{\"type\":\"generate\",\"model\":\"m\",\"scheduled_at\":"
            + "\"2099-01-01T00:00:00Z\",\"prompt\":\"";

    @TempDir
    Path directory;

    /// Null if it was not mounted.
    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        Path folder = directory.resolve("disk");
        SmallDisk.mount(folder, 40);
        disk = folder;
    }

    @AfterEach
    void unmount() throws Exception {
        if (disk != null) {
            SmallDisk.unmount(disk);
        }
    }

    @Test
    void fullDisk_refusesSubmitsOnlyAndGoesOnOnceThereIsSpace() throws Exception {
        try (ServerProcess server = ServerProcess.start(disk, "--ollama-host", "echo:?delay=100ms")) {
            String running = server.submit("{\"type\":\"generate\",\"model\":\"m\",\"prompt\":\"" + "word ".repeat(30)
                    + "\"}");
            HttpResponse<String> refused = fill(server);
            assertEquals(507, refused.statusCode(), refused.body());
            assertTrue(refused.body().contains("the disk is full: cannot make " + disk), refused.body());
            assertEquals(503, server.get("/readyz").statusCode());
            assertEquals("completed", server.awaitEnd(running).text("status"));
            assertEquals(200, server.get("/api/tasks?full=true&limit=2").statusCode());

            assertEquals(0, server.terminate(), "a stop on a full disk is an orderly one");
        }
        try (ServerProcess server = ServerProcess.start(disk, "--ollama-host", "echo:")) {
            SmallDisk.remount(disk, "size=100m");
            awaitReady(server);
            String id = server.submit("{\"type\":\"generate\",\"model\":\"m\",\"prompt\":\"Hello\"}");
            assertEquals("completed", server.awaitEnd(id).text("status"));
        }
    }

    @Test
    void fullDisk_whileTheServerRuns_itGoesOnByItself() throws Exception {
        try (ServerProcess server = ServerProcess.start(disk, "--ollama-host", "echo:")) {
            assertEquals(507, fill(server).statusCode());
            SmallDisk.remount(disk, "size=100m");
            awaitReady(server);
            assertEquals(201, server.post("/api/tasks", LATER + "x\"}").statusCode());
        }
    }

    @Test
    void fullDisk_tokenIsRevokedButNoneAdded() throws Exception {
        String token = new TokenFile(disk).add(new Asker("ci", Scope.ADMIN, Asker.NO_LIMIT, Asker.NO_LIMIT),
                System.currentTimeMillis(), 0);
        try (ServerProcess server = ServerProcess.start(Map.of("OLLAMA_QUEUE_TOKEN", "own"), disk, "--ollama-host",
                "echo:")) {
            fillWithRubbish();
            HttpResponse<String> added = ask(server, "POST", "/api/tokens", "own",
                    "{\"name\":\"b\",\"scope\":\"read\"}");
            assertEquals(507, added.statusCode(), added.body());
            assertEquals(200, ask(server, "GET", "/api/tokens", token, "").statusCode());
            assertEquals(204, ask(server, "DELETE", "/api/tokens/ci", "own", "").statusCode());
            assertEquals(401, ask(server, "GET", "/api/tokens", token, "").statusCode());
        }
        assertEquals(List.of(), new TokenFile(disk).read());
        try (Stream<Path> files = Files.list(disk)) {
            assertEquals(List.of(), files.filter(name -> name.toString().endsWith(".part")).toList());
        }
    }

    private static HttpResponse<String> ask(ServerProcess server, String method, String path, String token, String body)
            throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(server.url() + path))
                    .header("Authorization", "Bearer " + token).header("Content-Type", "application/json")
                    .method(method, HttpRequest.BodyPublishers.ofString(body)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void failingWrite_endsTheServerWithStatus1AndSaysWhy() throws Exception {
        try (ServerProcess server = ServerProcess.start(disk, "--ollama-host", "echo:")) {
            server.submit(LATER + "x\"}");
            // the prepared space is taken away from the server
            try (Stream<Path> files = Files.list(disk)) {
                for (Path file : files.filter(name -> name.toString().endsWith(".journal")).toList()) {
                    try (RandomAccessFile segment = new RandomAccessFile(file.toFile(), "rw")) {
                        segment.setLength(0);
                    }
                }
            }
            fillWithRubbish();
            try {
                assertEquals(503, server.post("/api/tasks", LATER + "y\"}").statusCode());
            } catch (UncheckedIOException cutOff) {
                // it ends at once, and may be gone before its answer is read; but it must not acknowledge
            }
            assertEquals(1, server.awaitExit());
            assertTrue(server.logged().matches("(?s).*ollama-queue-server: the journal can no longer be written: "
                    + "cannot write \\S+\\.journal: No space left on device.*"), server.logged());
        }
    }

    @Test
    void unusableDirectory_endsTheStartWithStatus1() throws Exception {
        Path plain = Files.writeString(directory.resolve("plain"), "x");
        Path log = directory.resolve("plain.log");
        Process process = ServerProcess.launch(List.of("--port", "0", "--data-dir", plain.toString()), log);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(1, process.exitValue());
        assertTrue(Files.readString(log).contains("ollama-queue-server: cannot use data directory " + plain
                + ": there is a file of that name"), Files.readString(log));
        SmallDisk.remount(disk, "ro");
        Path second = directory.resolve("readonly.log");
        Process readOnly = ServerProcess.launch(List.of("--port", "0", "--data-dir", disk.toString()), second);
        assertTrue(readOnly.waitFor(60, TimeUnit.SECONDS));
        assertEquals(1, readOnly.exitValue());
        assertTrue(Files.readString(second).contains("cannot lock data directory " + disk + ": " + disk
                + "/lock: Read-only file system"), Files.readString(second));
    }

    private static HttpResponse<String> fill(ServerProcess server) {
        for (int length = 4 << 20; ; length /= 16) {
            HttpResponse<String> answer = server.post("/api/tasks", LATER + "x".repeat(length) + "\"}");
            while (answer.statusCode() == 201) {
                answer = server.post("/api/tasks", LATER + "x".repeat(length) + "\"}");
            }
            if (length < 100) {
                return answer;
            }
        }
    }

    private static void awaitReady(ServerProcess server) {
        Await.until(() -> server.get("/readyz").body(), () -> server.get("/readyz").statusCode() == 200);
    }

    private void fillWithRubbish() throws IOException {
        byte[] block = new byte[64 << 10];
        Arrays.fill(block, (byte) 'x');
        try (OutputStream out = Files.newOutputStream(disk.resolve("rubbish"))) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            assertTrue(full.getMessage().contains("No space left"), full.getMessage());
        }
    }
}
