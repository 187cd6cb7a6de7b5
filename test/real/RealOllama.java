package real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import shared.json.Json;

/// The Ollama at `OLLAMA_HOST`, asked directly, for comparison; and killed and started again, if the file
/// `OLLAMA_PID_FILE` says which process it is. Its models are named by `OLLAMA_CHAT_MODEL` (gemma) and
/// `OLLAMA_EMBED_MODEL` (minilm).
final class RealOllama {

    static final String CHAT = System.getenv().getOrDefault("OLLAMA_CHAT_MODEL", "gemma");
    static final String EMBED = System.getenv().getOrDefault("OLLAMA_EMBED_MODEL", "minilm");

    private RealOllama() {
    }

    /// Its address; skips the test where there is none, fails it in CI.
    static String address() {
        return variable("OLLAMA_HOST", "no real Ollama: set OLLAMA_HOST");
    }

    static String variable(String name, String reason) {
        String value = System.getenv(name);
        if (value == null && System.getenv("CI") != null) {
            fail(reason);
        }
        assumeTrue(value != null, reason);
        return value;
    }

    static Json.Obj ask(String path, String body) throws IOException, InterruptedException {
        try (HttpClient http = client()) {
            HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create(address() + path))
                    .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), answer.body());
            return (Json.Obj) Json.parse(answer.body());
        }
    }

    /// One for each question, so that no thread of it outlives its test.
    private static HttpClient client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    static boolean answers() throws InterruptedException {
        return answers(address());
    }

    private static boolean answers(String address) throws InterruptedException {
        try (HttpClient http = client()) {
            return http.send(HttpRequest.newBuilder(URI.create(address + "/api/version")).build(),
                    HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException down) {
            return false;
        }
    }

    /// Has the Ollama alone until it is closed: the classes run side by side, and one kills it.
    static FileChannel alone() throws IOException {
        FileChannel file = FileChannel.open(Path.of("build/real.lock"), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        file.lock();
        return file;
    }

    /// SIGKILL for the process that serves now.
    ///
    /// @return what starts the same program again, in the same environment
    static ProcessBuilder kill() throws IOException, InterruptedException {
        ProcessHandle handle = handle();
        ProcessBuilder again = same(handle);
        handle.descendants().forEach(ProcessHandle::destroyForcibly);
        handle.destroyForcibly();
        while (handle.isAlive() || answers()) {
            Thread.onSpinWait();
        }
        // an orphan in a session of its own: it serves the later classes too, and the runner ends what a class started
        again.command().addAll(0, List.of("sh", "-c", "setsid \"$@\" >/dev/null 2>&1 </dev/null & echo $!", "sh"));
        return again;
    }

    private static ProcessHandle handle() throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readString(pidFile()).strip())).orElseThrow();
    }

    /// The command that starts the same program, in the same environment.
    private static ProcessBuilder same(ProcessHandle handle) throws IOException {
        Path proc = Path.of("/proc/" + handle.pid());
        List<String> command = new ArrayList<>(List.of(Files.readString(proc.resolve("cmdline")).split("\0")));
        ProcessBuilder again = new ProcessBuilder(command);
        again.command().set(0, Files.readSymbolicLink(proc.resolve("exe")).toString());
        again.environment().clear();
        for (String entry : Files.readString(proc.resolve("environ"), StandardCharsets.UTF_8).split("\0")) {
            again.environment().put(entry.substring(0, entry.indexOf('=')), entry.substring(entry.indexOf('=') + 1));
        }
        return again;
    }

    /// Starts another Ollama next to it, with the same models.
    ///
    /// @param log where its log goes
    record Other(Process process, String url, Path log) implements AutoCloseable {

        static Other start(Map<String, String> environment, Path log) throws IOException, InterruptedException {
            ProcessBuilder builder = same(handle()).redirectErrorStream(true).redirectOutput(log.toFile());
            String address;
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                address = "127.0.0.1:" + free.getLocalPort();
            }
            builder.environment().putAll(environment);
            builder.environment().put("OLLAMA_HOST", address);
            Other other = new Other(builder.start(), "http://" + address, log);
            while (!answers(other.url)) {
                Thread.onSpinWait();
            }
            return other;
        }

        /// How many times it loaded a model.
        long loads() throws IOException {
            return Files.readString(log).lines().filter(line -> line.contains("llama runner started")).count();
        }

        @Override
        public void close() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().join();
        }
    }

    /// Starts it again and waits until it answers.
    static void start(ProcessBuilder again) throws IOException, InterruptedException {
        Process shell = again.start();
        Files.writeString(pidFile(), new String(shell.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        while (!answers()) {
            Thread.onSpinWait();
        }
    }

    private static Path pidFile() {
        return Path.of(variable("OLLAMA_PID_FILE", "cannot kill Ollama: set OLLAMA_PID_FILE"));
    }
}
