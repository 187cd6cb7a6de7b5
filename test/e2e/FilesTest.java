package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import support.Programs;
import support.ServerProcess;

/// The files that the server creates are readable only by its own user, even if the umask would allow everybody.
final class FilesTest {

    private static final String HELLO = "{\"type\":\"generate\",\"model\":\"echo\",\"prompt\":\"hello\"}";

    @TempDir
    Path folder;

    private static List<String> withoutUmask(String... words) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "umask 000; exec \"$0\" \"$@\"",
                Programs.server().toString()));
        command.addAll(List.of(words));
        return command;
    }

    private void offline(String... words) throws Exception {
        Process process = new ProcessBuilder(withoutUmask(words)).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }

    @Test
    void everyFile_madeWithAnOpenUmask_isItsOwnersAlone() throws Exception {
        Path data = folder.resolve("deep/data");
        Path log = folder.resolve("logs/queue.log");
        Files.createDirectories(log.getParent());
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        for (int run = 0; run < 2; run++) {
            try (ServerProcess server = ServerProcess.of(withoutUmask("--port", "0", "--data-dir", data.toString(),
                    "--ollama-host", "echo:"), Map.of("OLLAMA_QUEUE_LOG_FILE", log.toString(),
                    "OLLAMA_QUEUE_STORAGE_SEGMENT_SIZE", "64KiB", "OLLAMA_QUEUE_JAVA_OPTS", "-Djava.io.tmpdir="
                    + temporary), Files.createDirectories(folder.resolve("home")).resolve("stderr"))) {
                server.awaitEnd(server.submit(HELLO));
                String many = "[" + (HELLO.replace("hello", "x".repeat(2_000)) + ",").repeat(60) + HELLO + "]";
                assertEquals(201, server.post("/api/tasks/batch", many).statusCode());
                assertEquals(201, server.post("/api/cron", "{\"name\":\"c" + run + "\",\"cron_expr\":\"0 3 * * *\","
                        + "\"task_template\":" + HELLO + "}").statusCode());
                assertEquals(200, server.post("/api/generate", "{\"model\":\"echo\",\"prompt\":\"a call\"}")
                        .statusCode());
                assertEquals(200, server.post("/api/journal/compact", "").statusCode());
                assertEquals(200, server.get("/api/backup").statusCode());
                assertEquals(0, server.terminate());
            }
        }
        offline("journal", "compact", data.toString());
        offline("journal", "repair", data.toString());
        offline("token", "add", "ci", "--scope", "read", "--data-dir", data.toString());
        assertOwners(folder.resolve("deep"));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(log)));
        assertOwners(temporary);
    }

    private static void assertOwners(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            List<String> open = all.filter(path -> !path.endsWith("temporary")).filter(path -> {
                try {
                    return !PosixFilePermissions.toString(Files.getPosixFilePermissions(path)).endsWith("------");
                } catch (IOException gone) {
                    throw new AssertionError(gone);
                }
            }).map(Path::toString).toList();
            assertTrue(open.isEmpty(), open.toString());
        }
    }
}
