package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import support.NotifyListener;
import support.ServerProcess;

/// What the server reports to systemd over `NOTIFY_SOCKET`.
final class SupervisorTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void socket_ofAPath_hearsReadySignsOfLifeAndStopping() {
        String path = directory.resolve("notify").toString();
        try (NotifyListener listener = new NotifyListener(path);
                ServerProcess server = start(Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "100000"))) {
            assertEquals("READY=1", next(listener, server));
            assertEquals(200, server.get("/readyz").statusCode());
            assertEquals("WATCHDOG=1", next(listener, server));
            assertEquals("WATCHDOG=1", next(listener, server));
            server.process().destroy();
            // read while it stops, as systemd does: the socket holds about ten messages, then the sender has to wait
            String last = next(listener, server);
            while (last.equals("WATCHDOG=1")) {
                last = next(listener, server);
            }
            assertEquals("STOPPING=1", last);
            assertEquals(0, server.awaitExit());
            assertTrue(!server.logged().contains("event=notify"), server.logged());
        }
    }

    @Test
    void socket_ofAnAbstractName_hearsReadyAndNoSignOfLifeThatNobodyAskedFor() {
        String name = "@ollama-queue-test-" + ProcessHandle.current().pid();
        try (NotifyListener listener = new NotifyListener(name);
                ServerProcess server = start(Map.of("NOTIFY_SOCKET", name))) {
            assertEquals("READY=1", next(listener, server));
            assertEquals(0, server.terminate());
            assertEquals("STOPPING=1", next(listener, server));
        }
    }

    @Test
    void socket_whereNobodyListens_isLoggedAndTheServerGoesOn() {
        String path = directory.resolve("nobody").toString();
        try (ServerProcess server = start(Map.of("NOTIFY_SOCKET", path))) {
            server.awaitLogged("event=notify_failed what=\"READY=1\" socket=" + path);
            assertEquals(200, server.get("/readyz").statusCode());
            assertEquals(0, server.terminate());
        }
    }

    /// Returns the next message; if none comes, fails with what the server is doing.
    private static String next(NotifyListener listener, ServerProcess server) {
        try {
            return listener.receive(PATIENCE);
        } catch (AssertionError none) {
            throw new AssertionError(none.getMessage() + "; the server: " + server.condition());
        }
    }

    private ServerProcess start(Map<String, String> environment) {
        return ServerProcess.start(environment, directory.resolve("data"), "--ollama-host", "echo:");
    }
}
