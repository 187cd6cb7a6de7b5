package server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import server.http.Wire;
import server.http.Wire.Reply;
import server.task.Task;
import shared.json.Json;
import support.Await;
import support.FakeOllama;
import support.FakeOllamaAnswer;
import support.FakeOllamaRequest;

/// The requests of Open WebUI's backend (0.6, `routers/ollama.py`) to an Ollama, as its libraries aiohttp and requests
/// send them. It reads the answers with `response.json()`, which accepts only `application/json`.
final class OpenWebUiTest {

    private static final String WHO = """
            Content-Type: application/json\r
            Authorization: Bearer sk-none\r
            X-OpenWebUI-User-Name: %C3%84nne M%C3%BCller\r
            X-OpenWebUI-User-Id: 8d6f2c1e-0a4b\r
            X-OpenWebUI-User-Email: anne@example.org\r
            X-OpenWebUI-User-Role: admin\r
            """;
    private static final String AIOHTTP = """
            Accept: */*\r
            Accept-Encoding: gzip, deflate\r
            User-Agent: Python/3.11 aiohttp/3.14.5\r
            """;
    private static final String REQUESTS = """
            User-Agent: python-requests/2.34.2\r
            Accept-Encoding: gzip, deflate\r
            Accept: */*\r
            Connection: keep-alive\r
            """;
    private static final String CHAT = "{\"model\": \"qwen3:latest\", \"messages\": [{\"role\": \"user\", \"content\": "
            + "\"Say hi to the qu\\u00e9ue \\ud83d\\udc4b\"}], \"stream\": true, \"options\": {\"num_predict\": 4}}";
    private static final String TITLE = "{\"model\": \"qwen3:latest\", \"messages\": [{\"role\": \"user\", "
            + "\"content\": \"### Task:\\nGenerate a title\"}], \"stream\": false, \"options\": {\"seed\": 1}}";
    private static final String MODEL = "{\"name\":\"qwen3:latest\",\"model\":\"qwen3:latest\",\"size\":1,"
            + "\"digest\":\"d\",\"expires_at\":\"2026-01-02T03:04:05.678901+01:00\"}";

    private FakeOllama host;
    private RelayRig rig;

    @BeforeEach
    void start() throws IOException {
        host = FakeOllama.start();
        host.info("/api/tags", (request, reply) -> reply.whole(200, "{\"models\":[" + MODEL + "]}"));
        host.info("/api/ps", (request, reply) -> reply.whole(200, "{\"models\":[" + MODEL + "]}"));
        rig = new RelayRig(host.url());
        Await.until("the host is looked at", () -> rig.hosts.backends().getFirst().installed() != null);
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
        host.close();
    }

    private Reply ask(String method, String path, String headers, String body) throws IOException {
        try (Wire wire = rig.wire()) {
            return wire.raw(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + rig.port() + "\r\n" + headers
                    + (body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n") + "\r\n" + body).reply(true);
        }
    }

    private static Json.Obj json(int status, Reply reply) {
        assertEquals(status, reply.status(), reply.body());
        assertTrue(reply.headers().get("content-type").matches("application/json(;.*)?"), reply.headers().toString());
        return (Json.Obj) Json.parse(reply.body());
    }

    @Test
    void verifyListsAndShow_areAnsweredAsOllamaDoes() throws Exception {
        Json.Obj version = json(200, ask("GET", "/api/version", "Authorization: Bearer sk-none\r\n" + AIOHTTP, ""));
        assertTrue(version.text("version").matches("\\d+(\\.\\d+)*(-.*)?"), version.text());
        for (String path : List.of("/api/tags", "/api/ps")) {
            Json.Arr models = (Json.Arr) json(200, ask("GET", path, WHO + AIOHTTP, "")).get("models");
            Json.Obj model = (Json.Obj) models.values().getFirst();
            assertEquals("qwen3:latest qwen3:latest", model.text("name") + " " + model.text("model"), path);
            // it reads the time and its offset
            OffsetDateTime.parse(model.text("expires_at"));
        }
        host.otherwise((request, reply) -> reply.whole(200, "{\"capabilities\":[\"completion\"]}"));
        json(200, ask("POST", "/api/show", REQUESTS + WHO, "{\"model\": \"qwen3:latest\"}"));
        assertEquals(List.of(), rig.tasks());
    }

    @Test
    void chat_isTheUsersTask_andGoesBeforeTheChoresOfThePage() throws Exception {
        host.otherwise(FakeOllamaAnswer.tokens("Hi", " there"));
        Reply stream = ask("POST", "/api/chat", WHO + "X-OpenWebUI-Chat-Id: c0ffee-1\r\n" + AIOHTTP, CHAT);
        assertEquals(200, stream.status());
        assertEquals(List.of("Hi", " there", ""), stream.body().lines().map(line -> ((Json.Obj) ((Json.Obj) Json
                .parse(line)).get("message")).text("content")).toList());
        FakeOllamaRequest seen = host.takeRequest();
        assertEquals(CHAT, seen.body());
        for (String kept : List.of("authorization", "accept-encoding", "x-openwebui-user-email",
                "x-openwebui-chat-id")) {
            assertNull(seen.header(kept), kept);
        }
        host.otherwise((request, reply) -> reply.whole(200,
                "{\"message\":{\"role\":\"assistant\",\"content\":\"A title\"},\"done\":true}"));
        json(200, ask("POST", "/api/chat", WHO + "X-OpenWebUI-Chat-Id: c0ffee-1\r\n" + AIOHTTP, TITLE));
        assertEquals(TITLE, host.takeRequest().body());
        assertEquals(List.of("5 anne@example.org COMPLETED", "10 anne@example.org COMPLETED"),
                rig.tasks().stream().map(OpenWebUiTest::told).toList());
    }

    private static String told(Task task) {
        return task.priority() + " " + task.terms().caller().client() + " " + task.status();
    }

    @Test
    void embeddings_areTheHosts() throws Exception {
        host.otherwise((request, reply) -> reply.whole(200, "{\"embeddings\":[[0.5]]}"));
        json(200, ask("POST", "/api/embed", REQUESTS + WHO, "{\"model\":\"minilm\",\"input\":[\"abc\"]}"));
        json(200, ask("POST", "/api/embeddings", REQUESTS + WHO, "{\"model\":\"minilm\",\"prompt\":\"abc\"}"));
        assertEquals(Set.of("embed"), rig.tasks().stream().map(task -> task.type().name().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet()));
    }

    @Test
    void unload_isNoTask_andItsAnswerIsOneObject() throws Exception {
        host.otherwise((request, reply) -> reply.whole(200, "{\"done\":true,\"done_reason\":\"unload\"}"));
        assertEquals("unload", json(200, ask("POST", "/api/generate", WHO + AIOHTTP,
                "{\"model\": \"qwen3:latest\", \"keep_alive\": 0, \"prompt\": \"\"}")).text("done_reason"));
        // for a model that no host has, too
        host.otherwise(FakeOllamaAnswer.missing("nix"));
        String said = json(404, ask("POST", "/api/generate", WHO + AIOHTTP,
                "{\"model\": \"nix:latest\", \"keep_alive\": 0, \"prompt\": \"\"}")).text("error");
        assertTrue(said.contains("nix"), said);
        assertEquals(List.of(), rig.tasks());
    }

    @Test
    void aMissingModel_isAStatusWithErrorInIt_alsoForAStream() throws Exception {
        host.otherwise(FakeOllamaAnswer.missing("nix"));
        for (String body : List.of(CHAT, TITLE)) {
            String error = json(404, ask("POST", "/api/chat", WHO + AIOHTTP, body.replace("qwen3", "nix")))
                    .text("error");
            assertTrue(error.contains("nix"), error);
        }
    }
}
