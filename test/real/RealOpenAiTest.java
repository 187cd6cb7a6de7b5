package real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Await;
import support.ServerProcess;

/// The `openai` executor against servers that were not written here: the one at `OPENAI_BASE_URL` (llama.cpp's), and
/// Ollama's own `/v1`. Temperature 0 and a seed make their answers the same each time.
final class RealOpenAiTest {

    private static final String SETTINGS = "\"temperature\":0,\"seed\":1,";
    private static final String OPTIONS = "\"options\":{\"temperature\":0,\"seed\":1,\"num_predict\":12}";
    private static final String MESSAGES =
            "\"messages\":[{\"role\":\"system\",\"content\":\"Be kind\"},{\"role\":\"user\",\"content\":\"Say hé 👋\"}]";

    @TempDir
    Path directory;

    // ---- the server at OPENAI_BASE_URL

    @Test
    void chat_answerEqualsTheDirectOne() throws Exception {
        try (ServerProcess server = start(RealOpenAi.key(), RealOpenAi.base())) {
            Json.Obj task = completed(server, task("chat", RealOpenAi.CHAT, MESSAGES + "," + OPTIONS));
            Json.Obj direct = RealOpenAi.ask("/chat/completions", "{\"model\":\"" + RealOpenAi.CHAT + "\"," + SETTINGS
                    + "\"max_tokens\":12," + MESSAGES + "}");
            Json.Obj choice = first(direct, "choices");
            Json.Obj result = (Json.Obj) task.get("result");
            assertEquals(((Json.Obj) choice.get("message")).text("content"),
                    ((Json.Obj) result.get("message")).text("content"));
            assertEquals(choice.text("finish_reason"), result.text("done_reason"));
            Json.Obj usage = (Json.Obj) direct.get("usage");
            assertEquals(usage.get("prompt_tokens"), result.get("prompt_eval_count"));
            assertEquals(usage.get("completion_tokens"), result.get("eval_count"));
        }
    }

    @Test
    void generate_raw_answerEqualsTheDirectOne() throws Exception {
        try (ServerProcess server = start(RealOpenAi.key(), RealOpenAi.base())) {
            Json.Obj task = completed(server, task("generate", RealOpenAi.CHAT,
                    "\"prompt\":\"One two three\",\"raw\":true," + OPTIONS));
            Json.Obj direct = RealOpenAi.ask("/completions", "{\"model\":\"" + RealOpenAi.CHAT + "\"," + SETTINGS
                    + "\"max_tokens\":12,\"prompt\":\"One two three\"}");
            assertEquals(first(direct, "choices").text("text"), ((Json.Obj) task.get("result")).text("response"));
        }
    }

    @Test
    void generate_withASchema_answersInTheSchema() {
        try (ServerProcess server = start(RealOpenAi.key(), RealOpenAi.base())) {
            Json.Obj task = completed(server, task("generate", RealOpenAi.CHAT, "\"prompt\":\"Answer in JSON\","
                    + "\"format\":{\"type\":\"object\",\"properties\":{\"ok\":{\"type\":\"boolean\"}},"
                    + "\"required\":[\"ok\"]},\"keep_alive\":\"5m\"," + OPTIONS.replace("12", "60")));
            Json.Obj result = (Json.Obj) task.get("result");
            assertNotNull(((Json.Obj) Json.parse(result.text("response"))).get("ok"));
            assertTrue(result.get("notes").text().contains("keep_alive"), result.text());
        }
    }

    @Test
    void stream_piecesJoinedEqualTheResult() throws Exception {
        try (ServerProcess server = start(RealOpenAi.key(), RealOpenAi.base())) {
            String id = server.submit(task("chat", RealOpenAi.CHAT, MESSAGES + "," + OPTIONS));
            StringBuilder joined = new StringBuilder();
            server.chunks(id, Integer.MAX_VALUE).forEach(chunk -> joined.append(chunk.text("text")));
            Json.Obj result = (Json.Obj) server.awaitEnd(id).get("result");
            assertEquals(((Json.Obj) result.get("message")).text("content"), joined.toString());
        }
    }

    @Test
    void cancel_inMidAnswer_freesTheServer() throws Exception {
        try (ServerProcess server = start(RealOpenAi.key(), RealOpenAi.base(), "--workers", "1")) {
            String id = server.submit(task("generate", RealOpenAi.CHAT, "\"prompt\":\"Tell a story\",\"options\":"
                    + "{\"num_predict\":1500,\"temperature\":0}"));
            assertEquals(1, server.chunks(id, 1).size());
            assertEquals(200, server.post("/api/tasks/" + id + "/cancel", "").statusCode());
            assertEquals("cancelled", server.awaitEnd(id).text("status"));
            completed(server, task("generate", RealOpenAi.CHAT, "\"prompt\":\"x\"," + OPTIONS));
        }
    }

    @Test
    void wrongRequests_failAtOnceWithTheServersWords() {
        String tooLong = "word ".repeat(20_000);
        String[][] wrong = {
            {"embed", "\"input\":\"x\"", "embeddings"},
            {"generate", "\"prompt\":\"" + tooLong + "\"", "context"},
            {"generate", "\"prompt\":\"x\",\"template\":\"{{.Prompt}}\"", "template has no counterpart"},
        };
        try (ServerProcess server = start(RealOpenAi.key(), RealOpenAi.base())) {
            for (String[] request : wrong) {
                Json.Obj task = server.awaitEnd(server.submit(task(request[0], RealOpenAi.CHAT, request[1])));
                assertEquals("failed", task.text("status"));
                assertTrue(task.text("error").contains(request[2]), task.text("error"));
                assertEquals(0, task.integer("retry_count", -1));
            }
        }
    }

    @Test
    void wrongKey_setsTheModelAsideAndIsNotRepeatedAnywhere() {
        String base = RealOpenAi.base();
        try (ServerProcess server = start("sk-wrong-0123456789", base)) {
            String id = server.submit(task("chat", RealOpenAi.CHAT, MESSAGES));
            server.awaitLogged("event=model_set_aside");
            // The log speaks before the task is put back.
            Await.until(() -> "still running: " + server.get("/api/tasks/" + id).body(),
                    () -> "pending".equals(ServerProcess.object(server.get("/api/tasks/" + id).body()).text("status")));
            Json.Obj task = ServerProcess.object(server.get("/api/tasks/" + id).body());
            assertEquals("0", task.get("retry_count").text());
            assertTrue(task.text("error").contains("answered 401: Invalid API Key"), task.text("error"));
            assertFalse(task.text().contains("sk-wrong") || server.logged().contains("sk-wrong"));
        }
    }

    // ---- Ollama's own /v1

    @Test
    void ollamasChat_answerEqualsTheOneOfItsOwnApi() throws Exception {
        try (ServerProcess server = start("none", RealOllama.address())) {
            Json.Obj task = completed(server, task("chat", RealOllama.CHAT, MESSAGES + "," + OPTIONS));
            Json.Obj direct = RealOllama.ask("/api/chat", "{\"model\":\"" + RealOllama.CHAT + "\",\"stream\":false,"
                    + MESSAGES + "," + OPTIONS + "}");
            Json.Obj result = (Json.Obj) task.get("result");
            for (String same : List.of("message", "done_reason", "prompt_eval_count", "eval_count")) {
                assertEquals(direct.get(same), result.get(same), same);
            }
        }
    }

    @Test
    void ollamasGenerate_withSystem_equalsTheOneOfItsOwnApi() throws Exception {
        try (ServerProcess server = start("none", RealOllama.address())) {
            String rest = "\"prompt\":\"One two three\",\"system\":\"Count\"," + OPTIONS;
            Json.Obj task = completed(server, task("generate", RealOllama.CHAT, rest));
            Json.Obj direct = RealOllama.ask("/api/generate", "{\"model\":\"" + RealOllama.CHAT
                    + "\",\"stream\":false," + rest + "}");
            assertEquals(direct.text("response"), ((Json.Obj) task.get("result")).text("response"));
        }
    }

    @Test
    void ollamasEmbeddings_equalTheOnesOfItsOwnApi() throws Exception {
        try (ServerProcess server = start("none", RealOllama.address())) {
            for (String input : List.of("\"abc\"", "[\"abc\",\"a queue\"]")) {
                Json.Obj task = completed(server, task("embed", RealOllama.EMBED, "\"input\":" + input));
                Json.Obj direct = RealOllama.ask("/api/embed", "{\"model\":\"" + RealOllama.EMBED + "\",\"input\":"
                        + input + "}");
                assertEquals(direct.get("embeddings"), ((Json.Obj) task.get("result")).get("embeddings"));
            }
        }
    }

    @Test
    void ollamasMissingModel_isFoundMissing() {
        try (ServerProcess server = start("none", RealOllama.address())) {
            Json.Obj task = server.awaitEnd(server.submit(task("chat", "no-such-model", MESSAGES)));
            assertTrue(task.text("error").startsWith("model 'no-such-model' not found on any host"),
                    task.text("error"));
        }
    }

    private ServerProcess start(String key, String base, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--ollama-host",
                "openai:" + (base.contains("://") ? base : "http://" + base)));
        arguments.addAll(List.of(more));
        return ServerProcess.start(Map.of("OPENAI_API_KEY", key), directory.resolve("data"),
                arguments.toArray(String[]::new));
    }

    private static Json.Obj completed(ServerProcess server, String json) {
        Json.Obj task = server.awaitEnd(server.submit(json));
        assertEquals("completed", task.text("status"), task.text());
        return task;
    }

    private static Json.Obj first(Json.Obj answer, String list) {
        return (Json.Obj) ((Json.Arr) answer.get(list)).values().getFirst();
    }

    private static String task(String type, String model, String rest) {
        return "{\"type\":\"" + type + "\",\"model\":\"" + model + "\"," + rest + "}";
    }
}
