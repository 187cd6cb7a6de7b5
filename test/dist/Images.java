package dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assumptions;

import support.Programs;

/// The images as `make images` leaves them, and their programs as processes.
final class Images {

    static final Path DIST = Path.of("build/dist").toAbsolutePath();
    static final Path SERVER = DIST.resolve("ollama-queue-server");
    static final Path CLIENT = DIST.resolve("ollama-queue");
    static final Path SERVER_BIN = SERVER.resolve("bin/ollama-queue-server");
    static final Path CLIENT_BIN = CLIENT.resolve("bin/ollama-queue");

    private static final int PATIENCE_S = 60;

    /// How a command ended, and what it printed.
    record Ended(String out, String err, int status) {
    }

    private Images() {
    }

    /// Skips a test if the images were not built from the current sources.
    static void assumeMade() {
        Assumptions.assumeTrue(Programs.imagesAreNew(),
                "the images are not there, or older than the modules: make images");
    }

    static void assumeRoot() {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "it takes root");
    }

    /// Runs a command in nothing but this environment and UTC, without stdin.
    static Ended run(Path directory, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("dist", ".out");
        Path err = Files.createTempFile("dist", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
            builder.environment().clear();
            builder.environment().put("TZ", "UTC");
            builder.environment().putAll(environment);
            Process process = builder.redirectInput(Path.of("/dev/null").toFile()).redirectOutput(out.toFile())
                    .redirectError(err.toFile()).start();
            if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("no end within " + PATIENCE_S + " s: " + command);
            }
            return new Ended(Files.readString(out, StandardCharsets.UTF_8),
                    Files.readString(err, StandardCharsets.UTF_8), process.exitValue());
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /// Runs a command that the tests themselves need; it must succeed.
    ///
    /// @return its stdout
    static String tool(String... command) throws IOException {
        Ended ended;
        try {
            ended = run(Path.of("").toAbsolutePath(), System.getenv(), List.of(command));
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
        if (ended.status != 0) {
            throw new AssertionError(List.of(command) + " ended with " + ended.status + ": " + ended.err);
        }
        return ended.out;
    }
}
