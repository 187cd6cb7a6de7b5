package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import support.Programs;
import support.ServerProcess;

/// Disks that refuse in other ways than a full one: by a quota, a limit of file sizes, directories that cannot be
/// synced. `strace` injects the system's errors.
final class OddFileSystemTest {

    private static final String LATER = "{\"type\":\"generate\",\"model\":\"m\",\"scheduled_at\":"
            + "\"2099-01-01T00:00:00Z\",\"prompt\":\"" + "word ".repeat(1_000) + "\"}";

    @TempDir
    Path directory;

    /// A disk that does not support `fallocate` either, such as NFS.
    ///
    /// @param from    the number of a thread's sync from which on the system refuses
    /// @param atStart whether the start makes such a sync
    @ParameterizedTest
    @CsvSource({"1,true", "4,false"})
    void directoryThatCannotBeSynced_isUsedWithAWarning(int from, boolean atStart) throws Exception {
        List<String> ids = new ArrayList<>();
        try (ServerProcess server = start(traced("fsync:error=EINVAL:when=" + from + "+",
                "fallocate:error=EOPNOTSUPP"), "64KiB")) {
            assertEquals(atStart, server.logged().contains("event=directory_sync_unsupported"), server::logged);
            for (int i = 0; i < 60; i++) {
                ids.add(server.submit(LATER));
            }
            server.awaitLogged("event=directory_sync_unsupported directory=" + data());
            assertEquals(0, terminate(server), server::logged);
            assertEquals(1, server.logged().split("event=directory_sync_unsupported", -1).length - 1, server.logged());
        }
        allThere(ids);
    }

    @ParameterizedTest
    @CsvSource({"pwrite64:error=EDQUOT,Disk quota exceeded", "fdatasync:error=EINVAL,Invalid argument"})
    void refusalInTheMidst_isAnOrderlyEnd(String refusal, String word) throws Exception {
        List<String> ids = new ArrayList<>();
        try (ServerProcess server = start(traced(refusal + ":when=30+"), "64KiB")) {
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
            assertTrue(server.logged().contains("the journal can no longer be written: cannot ")
                    && server.logged().contains(".journal: " + word), server.logged());
        }
        assertTrue(ids.size() > 5, ids.size() + " were taken");
        allThere(ids);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "fdatasync:error=EIO | cannot sync DATA/0000000001.journal.part: Input/output error",
            "fsync:error=EIO | cannot sync directory DATA: Input/output error",
            "ulimit -f 1 | cannot write DATA/0000000001.journal.part: File too large",
            "ulimit -n 63 | this process may open only 63 files, and a server needs 64 at least: raise it with "
                    + "ulimit -n"})
    void refusalAtTheStart_isAWordAndNoStart(String refusal, String word) throws Exception {
        List<String> command = new ArrayList<>(refusal.startsWith("ulimit") ? limited(refusal) : traced(refusal));
        command.addAll(server());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("HOME", directory.toString());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(1, process.waitFor(), said);
        assertTrue(said.contains(word.replace("DATA", data().toString())), said);
        // nobody would do that
        assertFalse(said.contains("tries again") || said.contains("by itself"), said);
    }

    @Test
    void limitOfFileSizes_refusesWhatDoesNotFitAndSaysSo() throws Exception {
        List<String> ids = new ArrayList<>();
        try (ServerProcess server = start(limited("ulimit -f 1024"), "16MiB")) {
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

    private static List<String> limited(String limit) {
        return List.of("bash", "-c", limit + "; exec \"$0\" \"$@\"");
    }

    /// @param refusals system calls, each with `:error=` and its error
    private static List<String> traced(String... refusals) throws Exception {
        // all other calls run without being traced
        List<String> strace = new ArrayList<>(List.of("strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e",
                "trace=" + Stream.of(refusals).map(refusal -> refusal.replaceFirst(":.*", ""))
                        .collect(Collectors.joining(","))));
        for (String refusal : refusals) {
            strace.addAll(List.of("-e", "inject=" + refusal));
        }
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
        return strace;
    }

    private List<String> server() {
        return List.of(Programs.server().toString(), "--port", "0", "--data-dir", data().toString(), "--ollama-host",
                "echo:");
    }

    private ServerProcess start(List<String> before, String segmentSize) {
        List<String> command = new ArrayList<>(before);
        command.addAll(server());
        return ServerProcess.of(command, Map.of("OLLAMA_QUEUE_STORAGE_SEGMENT_SIZE", segmentSize),
                directory.resolve("server.log"));
    }

    /// Sends SIGTERM to the traced program. strace's status is the program's; a signal must not end strace first.
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
