package real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import support.ServerProcess;

/// Pages that may use a real Ollama may use the queue in its place, and no others.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RealOriginsTest {

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private ServerProcess server;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = ServerProcess.start(directory.resolve("data"), "--ollama-host", RealOllama.address());
    }

    @AfterAll
    void stop() {
        server.close();
        client.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost", "https://localhost:8443", "http://127.0.0.1:3000", "https://127.0.0.1",
        "http://0.0.0.0:1", "app://obsidian.md", "file://", "file:///", "tauri://localhost", "vscode-webview://1abc",
        "vscode-file://vscode-app", "https://example.org", "chrome-extension://abcdefgh", "null",
        "http://localhost.evil.example", "http://127.0.0.1.evil.example:80", "ftp://localhost"})
    void page_isAnsweredAsOllamaAnswersIt(String origin) throws Exception {
        for (String path : List.of("/api/tags", "/v1/models")) {
            HttpResponse<Void> its = ask(RealOllama.address() + path, "GET", origin);
            HttpResponse<Void> ours = ask(server.url() + path, "GET", origin);
            assertEquals(its.statusCode(), ours.statusCode(), path);
            assertEquals(first(its, "Access-Control-Allow-Origin"), first(ours, "Access-Control-Allow-Origin"), path);
        }
        HttpResponse<Void> its = ask(RealOllama.address() + "/api/chat", "OPTIONS", origin);
        HttpResponse<Void> ours = ask(server.url() + "/api/chat", "OPTIONS", origin);
        assertEquals(its.statusCode(), ours.statusCode());
        assertEquals(first(its, "Access-Control-Allow-Origin"), first(ours, "Access-Control-Allow-Origin"));
        assertEquals(first(its, "Access-Control-Max-Age"), first(ours, "Access-Control-Max-Age"));
        for (String what : List.of("Access-Control-Allow-Methods", "Access-Control-Allow-Headers")) {
            assertTrue(names(ours, what).containsAll(names(its, what)), () -> what + ": " + names(its, what)
                    + ", ours: " + names(ours, what));
        }
    }

    private HttpResponse<Void> ask(String url, String method, String origin) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(url)).method(method, BodyPublishers.noBody())
                .header("Origin", origin).header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "content-type").build(), BodyHandlers.discarding());
    }

    private static String first(HttpResponse<?> answer, String header) {
        return answer.headers().firstValue(header).orElse("none");
    }

    private static Set<String> names(HttpResponse<?> answer, String header) {
        return new TreeSet<>(List.of(first(answer, header).toLowerCase(Locale.ROOT).split(" *, *")));
    }
}
