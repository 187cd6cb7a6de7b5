package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Await;
import support.Programs;
import support.ServerProcess;

/// A server that may open only a few files, and more connections than that.
final class DescriptorsTest {

    private static final int OPEN_MAX = 256;
    private static final int HELD = 400;
    private static final int TASKS = 80;

    @TempDir
    Path directory;

    @Test
    void moreConnectionsThanDescriptors_tasksRun_andTheListenerNeitherSpinsNorFails() throws Exception {
        List<Socket> held = new ArrayList<>();
        String launcher = Programs.server().toString();
        try (ServerProcess server = ServerProcess.of(List.of("bash", "-c", "ulimit -n " + OPEN_MAX
                + "; exec \"$0\" \"$@\"", launcher, "--port", "0", "--data-dir", directory.resolve("data").toString(),
                "--ollama-host", "echo:?delay=20ms"), Map.of("OLLAMA_QUEUE_STORAGE_SEGMENT_SIZE", "64KiB"),
                directory.resolve("server.log"))) {
            assertTrue(server.logged().contains("event=connections_capped setting=12000"), server.logged());
            assertTrue(server.logged().contains("open_files_max=" + OPEN_MAX), server.logged());
            String task = "{\"type\":\"generate\",\"model\":\"m\",\"prompt\":\"" + "word ".repeat(8) + "\"}";
            server.post("/api/tasks/batch", "[" + (task + ",").repeat(TASKS - 1) + task + "]");
            int[] ports = {URI.create(server.url()).getPort(), (int) ServerProcess.object(server.get("/api/info")
                    .body()).integer("ws_port", 0)};
            for (int i = 0; i < HELD; i++) {
                held.add(new Socket(InetAddress.getByName("localhost"), ports[i % 2]));
            }
            // connections that were accepted before are done meanwhile, and nothing uses the listener
            Await.until("its processor is idle", () -> idle(server));
            assertTrue(open(server) < OPEN_MAX - 16, open(server) + " files are open");
            for (Socket socket : held) {
                socket.close();
            }
            Await.until("it answers", () -> healthy(server));
            for (Json one : ((Json.Arr) Json.parse(server.get("/api/tasks?limit=1000&full=true").body())).values()) {
                Json.Obj ended = server.awaitEnd(((Json.Obj) one).text("id"));
                assertEquals("completed", ended.text("status"), ended.toString());
                assertEquals(1, ((Json.Arr) ended.get("attempts")).values().size(), ended.toString());
            }
            // what was compiled meanwhile has been
            Await.until("its processor is idle again", () -> idle(server));
            assertFalse(server.logged().contains("Too many open files"), server.logged());
            assertEquals(0, server.terminate());
        } finally {
            for (Socket socket : held) {
                socket.close();
            }
        }
    }

    private static boolean healthy(ServerProcess server) {
        try {
            return server.get("/healthz").statusCode() == 200;
        } catch (UncheckedIOException closed) {
            return false;
        }
    }

    /// Returns whether it uses less than a tenth of a processor for half a second.
    private static boolean idle(ServerProcess server) {
        long before = ticks(server);
        long end = System.nanoTime() + 500_000_000;
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
        return ticks(server) - before < 5;
    }

    /// Returns the processor time that it has used, in hundredths of a second.
    private static long ticks(ServerProcess server) {
        try {
            String stat = Files.readString(Path.of("/proc/" + server.process().pid() + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private static long open(ServerProcess server) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + server.process().pid() + "/fd"))) {
            return files.count();
        }
    }
}
