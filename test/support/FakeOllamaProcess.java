package support;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A [FakeOllama] in its own process, which can be killed. It ends with this process at the latest.
public final class FakeOllamaProcess implements AutoCloseable {

    private final Process process;
    private final String url;

    private FakeOllamaProcess(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /// Starts it and waits until it listens.
    ///
    /// @param port  0 for any free port
    /// @param model the only model that it has
    public static FakeOllamaProcess start(int port, String model) throws IOException {
        String classes = System.getProperty("java.class.path") + File.pathSeparator
                + Path.of("build/modules/ollamaqueue.shared").toAbsolutePath();
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-D" + FakeOllama.ENDS_WITH_STDIN + "=true",
                "-cp", classes, FakeOllama.class.getName(), Integer.toString(port), model)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String line = process.inputReader(StandardCharsets.UTF_8).readLine();
        if (line == null) {
            throw new AssertionError("the fake Ollama did not start");
        }
        return new FakeOllamaProcess(process, line.replaceFirst(".* ", ""));
    }

    public String url() {
        return url;
    }

    public int port() {
        return Integer.parseInt(url.replaceFirst(".*:", ""));
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /// Sends SIGKILL.
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
