package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import support.Programs;
import support.ServerProcess;

/// Disks that refuse in other ways than a full one: a quota, a limit of file sizes, directories that cannot be synced.
/// What the system is to answer is put in by `strace`.
final class OddFileSystemTest {

    private static final String LATER = "{\"type\":\"generate\",\"model\":\"m\",\"scheduled_at\":"
            + "\"2099-01-01T00:00:00Z\",\"prompt\":\"" + "word ".repeat(1_000) + "\"}";

    @TempDir
    Path directory;

    @Test
    void directoryThatCannotBeSynced_isUsedWithAWarning() throws Exception {
        List<String> ids = new ArrayList<>();
        try (ServerProcess server = traced("fsync", "EINVAL")) {
            server.awaitLogged("event=directory_sync_unsupported directory=" + data());
            for (int i = 0; i < 60; i++) {
                ids.add(server.submit(LATER));
            }
            assertEquals(0, terminate(server), server::logged);
            assertEquals(1, server.logged().split("event=directory_sync_unsupported", -1).length - 1, server.logged());
        }
        allThere(ids);
    }

    @Test
    void quotaThatRefusesAWrite_isAnOrderlyEnd() throws Exception {
        List<String> ids = new ArrayList<>();
        try (ServerProcess server = traced("pwrite64", "EDQUOT:when=30+")) {
            while (server.process().isAlive()) {
                try {
                    HttpResponse<String> answer = server.post("/api/tasks", LATER);
                    if (answer.statusCode() == 201) {
                        ids.add(ServerProcess.object(answer.body()).text("task_id"));
                    }
                } catch (UncheckedIOException gone) {
                    server.awaitExit();
                }
            }
            assertEquals(1, server.awaitExit(), server::logged);
            assertTrue(server.logged().contains("Disk quota exceeded"), server.logged());
        }
        assertTrue(ids.size() > 5, ids.size() + " were taken");
        allThere(ids);
    }

    @Test
    void limitOfFileSizes_refusesWhatDoesNotFitAndSaysSo() throws Exception {
        List<String> ids = new ArrayList<>();
        try (ServerProcess server = start(List.of("bash", "-c", "ulimit -f 1024; exec \"$0\" \"$@\""), "16MiB")) {
            server.awaitLogged("event=journal_full reason=\"cannot make " + data());
            assertTrue(server.logged().contains("File too large"), server.logged());
            assertEquals(503, server.get("/readyz").statusCode());
            for (int i = 0; ; i++) {
                HttpResponse<String> answer = server.post("/api/tasks", LATER);
                if (answer.statusCode() != 201) {
                    assertEquals(507, answer.statusCode(), answer.body());
                    assertTrue(answer.body().contains("File too large"), answer.body());
                    break;
                }
                ids.add(ServerProcess.object(answer.body()).text("task_id"));
                assertTrue(i < 1_000, "it is never full");
            }
            assertEquals(0, server.terminate(), server::logged);
        }
        allThere(ids);
    }

    private Path data() {
        return directory.resolve("data");
    }

    private ServerProcess traced(String call, String error) throws Exception {
        List<String> strace = List.of("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + call, "-e", "inject="
                + call + ":error=" + error);
        List<String> probe = new ArrayList<>(strace);
        probe.add("true");
        boolean works;
        try {
            works = new ProcessBuilder(probe).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start().waitFor() == 0;
        } catch (IOException notThere) {
            works = false;
        }
        Assumptions.assumeTrue(works, "there is no strace, or it may not trace");
        return start(strace, "64KiB");
    }

    private ServerProcess start(List<String> before, String segmentSize) {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(Programs.server().toString(), "--port", "0", "--data-dir",
                data().toString(), "--ollama-host", "echo:"));
        return ServerProcess.of(command, Map.of("OLLAMA_QUEUE_STORAGE_SEGMENT_SIZE", segmentSize),
                directory.resolve("server.log"));
    }

    /// Its status is the traced program's; a signal must not end itself first.
    private static int terminate(ServerProcess server) throws InterruptedException {
        server.process().children().forEach(ProcessHandle::destroy);
        assertTrue(server.process().waitFor(60, TimeUnit.SECONDS));
        return server.process().exitValue();
    }

    private void allThere(List<String> ids) {
        try (ServerProcess server = ServerProcess.start(data(), "--ollama-host", "echo:")) {
            for (String id : ids) {
                assertEquals(200, server.get("/api/tasks/" + id).statusCode(), id);
            }
        }
    }
}
