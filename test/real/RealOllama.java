package real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import shared.json.Json;

/// The Ollama at `OLLAMA_HOST`, asked directly, for comparison; and killed and started again, if the file
/// `OLLAMA_PID_FILE` says which process it is. Its models are named by `OLLAMA_CHAT_MODEL` (gemma) and
/// `OLLAMA_EMBED_MODEL` (minilm).
final class RealOllama {

    static final String CHAT = System.getenv().getOrDefault("OLLAMA_CHAT_MODEL", "gemma");
    static final String EMBED = System.getenv().getOrDefault("OLLAMA_EMBED_MODEL", "minilm");

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

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
        HttpResponse<String> answer = HTTP.send(HttpRequest.newBuilder(URI.create(address() + path))
                .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer.body());
        return (Json.Obj) Json.parse(answer.body());
    }

    static boolean answers() throws InterruptedException {
        try {
            return HTTP.send(HttpRequest.newBuilder(URI.create(address() + "/api/version")).build(),
                    HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException down) {
            return false;
        }
    }

    /// SIGKILL for the process that serves now.
    ///
    /// @return what starts the same program again, in the same environment
    static ProcessBuilder kill() throws IOException, InterruptedException {
        ProcessHandle handle = ProcessHandle.of(Long.parseLong(Files.readString(pidFile()).strip())).orElseThrow();
        Path proc = Path.of("/proc/" + handle.pid());
        List<String> command = Arrays.asList(Files.readString(proc.resolve("cmdline")).split("\0"));
        ProcessBuilder again = new ProcessBuilder(command);
        again.command().set(0, Files.readSymbolicLink(proc.resolve("exe")).toString());
        again.environment().clear();
        for (String entry : Files.readString(proc.resolve("environ"), StandardCharsets.UTF_8).split("\0")) {
            again.environment().put(entry.substring(0, entry.indexOf('=')), entry.substring(entry.indexOf('=') + 1));
        }
        handle.descendants().forEach(ProcessHandle::destroyForcibly);
        handle.destroyForcibly();
        while (handle.isAlive() || answers()) {
            Thread.onSpinWait();
        }
        again.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        return again;
    }

    /// Starts it again and waits until it answers.
    static void start(ProcessBuilder again) throws IOException, InterruptedException {
        Files.writeString(pidFile(), again.start().pid() + "\n");
        while (!answers()) {
            Thread.onSpinWait();
        }
    }

    private static Path pidFile() {
        return Path.of(variable("OLLAMA_PID_FILE", "cannot kill Ollama: set OLLAMA_PID_FILE"));
    }
}
