package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.FakeOllama;
import support.FakeOllamaAnswer;
import support.FakeOllamaRequest;
import support.FakeOpenAi;
import support.FakeOpenAiAnswer;
import support.ServerProcess;

/// The log of a real server after a day's typical work, at the most verbose level: every line is an event with
/// unambiguous fields, and none contains a prompt, an answer or a secret.
@Tag("process")
final class LogsTest {

    private static final String STATE = "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7";
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    /// Part of everything that must not be logged.
    private static final String MARKER = "xyzzy";
    private static final String TOKEN = "token-" + MARKER;

    @TempDir
    Path folder;
    private FakeOllama ollama;
    private FakeOpenAi endpoint;
    private ServerProcess server;

    @BeforeEach
    void start() throws IOException {
        String words = "cannot answer 'prompt " + MARKER + "'";
        ollama = FakeOllama.start().models("good", "wrong", "quota", "broken")
                .on("good", FakeOllamaAnswer.tokens("answer ", MARKER))
                .on("wrong", FakeOllamaAnswer.status(400, words))
                .on("quota", FakeOllamaAnswer.status(429, words))
                .on("broken", FakeOllamaAnswer.status(500, words));
        endpoint = FakeOpenAi.start(0, "key-" + MARKER).otherwise(FakeOpenAiAnswer.tokens("answer ", MARKER));
        Path settings = Files.writeString(folder.resolve("config.yaml"), """
                log_level: debug
                log_format: json
                server: {token: %s}
                ollama: {host: "%s"}
                remote_scheduling:
                  enabled: true
                  endpoints:
                    - {name: far, base_url: "%s", api_key: key-%s}
                """.formatted(TOKEN, ollama.url(), endpoint.url(), MARKER));
        server = ServerProcess.start(folder.resolve("data"), "--ws-port", "0", "--config", settings.toString());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        ollama.close();
        endpoint.close();
    }

    /// @param headers names and values in turn
    private HttpResponse<String> ask(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .header("Content-Type", "application/json").header("Authorization", "Bearer " + TOKEN);
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return server.send(request);
    }

    private static String task(String model, String more) {
        return "{\"type\":\"chat\",\"model\":\"" + model + "\",\"prompt\":\"prompt " + MARKER + "\",\"max_retries\":0,"
                + "\"metadata\":{\"note\":\"" + MARKER + "\"}" + more + "}";
    }

    private Json.Obj ended(String id) {
        return ServerProcess.object(ask("GET", "/api/tasks/" + id + "?wait=30s", null).body());
    }

    private String submit(String body, String... headers) {
        HttpResponse<String> answer = ask("POST", "/api/tasks", body, headers);
        assertEquals(201, answer.statusCode(), answer.body());
        return ServerProcess.object(answer.body()).text("task_id");
    }

    @Test
    void requestIdAndTrace_areKeptWithTheTask_andReachTheHost() throws Exception {
        String id = submit(task("good", ""), "X-Request-Id", "given-1", "traceparent", PARENT,
                "tracestate", STATE);
        Json.Obj done = ended(id);
        assertEquals("completed", done.text("status"));
        assertEquals("given-1", done.text("request_id"));
        assertEquals(PARENT, done.text("traceparent"));
        assertEquals(PARENT, request("/api/chat").header("traceparent"));
        assertEquals(STATE, request("/api/chat").header("tracestate"));

        String made = ended(submit(task("good", ""), "traceparent", "no trace")).text("request_id");
        assertTrue(made.matches("req_[0-9a-f]{16}"), made);
        assertNull(request("/api/chat").header("traceparent"));

        HttpResponse<String> batch = ask("POST", "/api/tasks/batch", "[" + task("good", "") + ","
                + task("any", ",\"remote_execution\":true") + "]", "X-Request-Id", "given-2", "traceparent", PARENT);
        for (Json each : ((Json.Arr) ServerProcess.object(batch.body()).get("ids")).values()) {
            Json.Obj one = ended(((Json.Str) each).value());
            assertEquals("given-2", one.text("request_id"), one.text());
            assertEquals(PARENT, one.text("traceparent"));
        }
        assertTrue(endpoint.http().requests().stream().anyMatch(request ->
                PARENT.equals(request.header("traceparent"))));

        HttpResponse<String> call = ask("POST", "/api/chat", "{\"model\":\"good\",\"messages\":[{\"role\":\"user\","
                + "\"content\":\"x\"}]}", "X-Request-Id", "given-3", "traceparent", PARENT, "tracestate", STATE);
        assertEquals(STATE, request("/api/chat").header("tracestate"));
        Json.Obj called = ended(call.headers().firstValue("X-Queue-Task").orElseThrow());
        assertEquals("given-3", called.text("request_id"));
        assertEquals(PARENT, called.text("traceparent"));
    }

    /// Returns the last request with this path.
    private FakeOllamaRequest request(String path) {
        return ollama.requests().stream().filter(request -> request.path().equals(path)).toList().getLast();
    }

    @Test
    void everyLine_isAnEvent_andNoneTellsWhatIsSecret() throws Exception {
        for (String model : List.of("good", "wrong", "broken")) {
            ended(submit(task(model, ""), "Idempotency-Key", MARKER + model));
        }
        submit(task("quota", ""));
        ended(submit(task("any", ",\"remote_execution\":true")));
        for (String model : List.of("good", "wrong", "broken")) {
            ask("POST", "/q/client=me,priority=low/v1/chat/completions", "{\"model\":\"" + model + "\",\"messages\":"
                    + "[{\"role\":\"user\",\"content\":\"prompt " + MARKER + "\"}]}", "X-Request-Id", "given-4");
        }
        ask("POST", "/api/tasks", "{\"type\":\"chat\",\"prompt\":\"" + MARKER + "\"", "X-Request-Id", "given-5");
        ask("POST", "/api/tasks", task("good", ",\"" + MARKER + "\":1"));
        ask("GET", "/api/tasks?q=" + MARKER, null);
        ask("GET", "/api/tasks/x%20%22y%22=z", null);
        assertEquals(401, ask("GET", "/api/info", null, "Authorization", "Bearer wrong-" + MARKER).statusCode());
        server.awaitLogged("\"event\":\"model_set_aside\"");
        server.close();

        List<String> lines = Files.readAllLines(folder.resolve("server.log"));
        assertTrue(lines.size() > 20, lines.toString());
        for (String line : lines) {
            assertFalse(line.contains(MARKER), line);
            Map<String, Json> members = ((Json.Obj) Json.parse(line)).members();
            assertTrue(members.keySet().containsAll(List.of("time", "level", "logger", "event")), line);
            assertFalse(members.containsKey("message") || members.containsKey("stack"), line);
        }
        assertLogged(lines, "\"event\":\"request\",\"method\":\"POST\",\"path\":\"/q/client=me,priority=low/v1/chat/"
                + "completions\",\"status\":\"200\",", "\"request_id\":\"given-4\"}");
        assertLogged(lines, "\"event\":\"request\",\"method\":\"POST\",\"path\":\"/api/tasks\",\"status\":\"400\",",
                "\"request_id\":\"given-5\"}");
        assertLogged(lines, "\"event\":\"model_set_aside\",", "\"model\":\"quota\",\"error\":\"answered 429; "
                + "see backends\"}");
        assertLogged(lines, "\"event\":\"attempt_ended\",", "\"outcome\":\"final\"}");
        assertLogged(lines, "\"event\":\"wrong_token\",", "\"count\":\"1\"}");
    }

    private static void assertLogged(List<String> lines, String part, String end) {
        assertTrue(lines.stream().anyMatch(line -> line.contains(part) && line.endsWith(end)), () -> part + "…" + end
                + " is not in\n"
                + String.join("\n", lines));
    }
}
