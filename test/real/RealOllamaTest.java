package real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.ServerProcess;

/// The life cycle against a real Ollama. Where the same request is asked directly too, the answers must be equal:
/// temperature 0 and a seed make Ollama's the same each time.
final class RealOllamaTest {

    private static final String FIXED = "\"options\":{\"temperature\":0,\"seed\":1,\"num_predict\":12}";
    private static final String LONG = "\"options\":{\"temperature\":0,\"seed\":1,\"num_predict\":40}";

    @TempDir
    Path directory;

    @Test
    void chat_answerEqualsTheDirectOne() throws Exception {
        try (ServerProcess server = start()) {
            String rest = "\"messages\":[{\"role\":\"user\",\"content\":\"Say hi to the quéue 👋\"}]," + FIXED;
            Json.Obj task = server.awaitEnd(server.submit(task("chat", RealOllama.CHAT, rest)));
            Json.Obj direct = RealOllama.ask("/api/chat", direct(RealOllama.CHAT, rest));
            assertEquals("completed", task.text("status"), task.text());
            Json.Obj result = (Json.Obj) task.get("result");
            assertEquals(direct.get("message"), result.get("message"));
            assertEquals(direct.get("eval_count"), result.get("eval_count"));
            assertEquals(direct.get("done_reason"), result.get("done_reason"));
            assertNotNull(task.get("executed_on"));
        }
    }

    @Test
    void generate_withASchema_answersInTheSchemaAsDirectly() throws Exception {
        try (ServerProcess server = start()) {
            String rest = "\"prompt\":\"Answer in JSON\",\"format\":{\"type\":\"object\",\"properties\":"
                    + "{\"ok\":{\"type\":\"boolean\"}},\"required\":[\"ok\"]}," + FIXED.replace("12", "40");
            Json.Obj task = server.awaitEnd(server.submit(task("generate", RealOllama.CHAT, rest)));
            Json.Obj direct = RealOllama.ask("/api/generate", direct(RealOllama.CHAT, rest));
            String response = ((Json.Obj) task.get("result")).text("response");
            assertEquals(direct.text("response"), response);
            assertNotNull(((Json.Obj) Json.parse(response)).get("ok"));
        }
    }

    @Test
    void embed_vectorsEqualTheDirectOnes() throws Exception {
        try (ServerProcess server = start()) {
            String rest = "\"input\":[\"abc\",\"a queue\"]";
            Json.Obj task = server.awaitEnd(server.submit(task("embed", RealOllama.EMBED, rest)));
            Json.Obj direct = RealOllama.ask("/api/embed", "{\"model\":\"" + RealOllama.EMBED + "\"," + rest + "}");
            assertEquals(direct.get("embeddings"), ((Json.Obj) task.get("result")).get("embeddings"));
        }
    }

    @Test
    void stream_piecesJoinedEqualTheResult() throws Exception {
        try (ServerProcess server = start()) {
            String id = server.submit(task("generate", RealOllama.CHAT, "\"prompt\":\"One two three\"," + FIXED));
            StringBuilder joined = new StringBuilder();
            int pieces = 0;
            for (Json.Obj chunk : server.chunks(id, Integer.MAX_VALUE)) {
                joined.append(chunk.text("text"));
                pieces++;
            }
            Json.Obj result = (Json.Obj) server.awaitEnd(id).get("result");
            assertEquals(result.text("response"), joined.toString());
            assertTrue(pieces >= 1, "pieces: " + pieces);
        }
    }

    @Test
    void cancel_inMidAnswer_endsTheRequestAndFreesOllama() throws Exception {
        try (ServerProcess server = start("--workers", "1")) {
            String id = server.submit(task("generate", RealOllama.CHAT, "\"prompt\":\"Tell a story\","
                    + FIXED.replace("12", "4000")));
            assertEquals(1, server.chunks(id, 1).size());
            assertEquals(200, server.post("/api/tasks/" + id + "/cancel", "").statusCode());
            assertEquals("cancelled", server.awaitEnd(id).text("status"));
            // with one worker, and an Ollama that runs one request at a time, this runs only once the other is gone
            Json.Obj next = server.awaitEnd(server.submit(task("generate", RealOllama.CHAT, "\"prompt\":\"x\","
                    + FIXED.replace("12", "2"))));
            assertEquals("completed", next.text("status"));
        }
    }

    @Test
    void missingModel_failsAtOnceAndSaysWhoWasAsked() {
        try (ServerProcess server = start()) {
            Json.Obj task = server.awaitEnd(server.submit(task("chat", "no-such-model", "\"prompt\":\"x\"")));
            assertEquals("failed", task.text("status"));
            assertTrue(task.text("error").startsWith("model 'no-such-model' not found on any host (asked: "),
                    task.text("error"));
            assertEquals(0, task.integer("retry_count", -1));
        }
    }

    @Test
    void wrongRequests_failAtOnceWithOllamasWords() {
        String[][] wrong = {
            {"chat", RealOllama.EMBED, "\"prompt\":\"x\"", "does not support chat"},
            {"embed", RealOllama.CHAT, "\"input\":\"x\"", ""},
            {"generate", RealOllama.CHAT, "\"prompt\":\"x\",\"options\":{\"temperature\":\"hot\"}", "temperature"},
            {"generate", RealOllama.CHAT, "\"prompt\":\"x\",\"format\":\"xml\"", "format"},
            {"generate", RealOllama.CHAT, "\"prompt\":\"x\",\"keep_alive\":\"soon\"", "duration"},
        };
        try (ServerProcess server = start()) {
            for (String[] request : wrong) {
                Json.Obj task = server.awaitEnd(server.submit(task(request[0], request[1], request[2])));
                assertEquals("failed", task.text("status"), task.text());
                assertTrue(task.text("error").contains(request[3]), task.text("error"));
                assertEquals(0, task.integer("retry_count", -1), task.text());
            }
        }
    }

    @Test
    void serverKilled_inMidAnswer_taskRunsAgainAndCompletes() throws Exception {
        Path data = directory.resolve("data");
        String id;
        try (ServerProcess server = ServerProcess.start(data, "--ollama-host", RealOllama.address())) {
            id = server.submit(task("generate", RealOllama.CHAT, "\"prompt\":\"Tell a story\"," + LONG));
            assertEquals(2, server.chunks(id, 2).size());
            server.kill();
        }
        try (ServerProcess server = ServerProcess.start(data, "--ollama-host", RealOllama.address())) {
            Json.Obj task = server.awaitEnd(id);
            assertEquals("completed", task.text("status"), task.text());
            assertEquals(2, ((Json.Arr) task.get("attempts")).values().size(), task.text());
        }
    }

    @Test
    void ollamaKilled_inMidAnswer_tasksWaitAndComplete() throws Exception {
        try (ServerProcess server = start()) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                ids.add(server.submit(task("generate", RealOllama.CHAT, "\"prompt\":\"Tell a story\"," + LONG)));
            }
            server.chunks(ids.getFirst(), 2);
            try (FileChannel _ = RealOllama.alone()) {
                ProcessBuilder again = RealOllama.kill();
                String late = server.submit(task("generate", RealOllama.CHAT, "\"prompt\":\"x\"," + FIXED));
                while (!server.get("/api/tasks/" + late).body().contains("\"waiting\"")) {
                    Thread.onSpinWait();
                }
                RealOllama.start(again);
                ids.add(late);
            }
            for (String id : ids) {
                assertEquals("completed", server.awaitEnd(id).text("status"), id);
            }
        }
    }

    @Test
    void hundredTasks_ofMixedPriority_allCompleteHighestFirst() {
        try (ServerProcess server = start("--workers", "1")) {
            StringBuilder batch = new StringBuilder("[");
            for (int i = 0; i < 100; i++) {
                batch.append(i == 0 ? "" : ",").append(task("generate", RealOllama.CHAT, "\"prompt\":\"" + i
                        + "\",\"priority\":" + i % 4 + ",\"options\":{\"num_predict\":1}"));
            }
            assertEquals(200, server.post("/api/queue/pause", "").statusCode());
            Json.Obj answer = ServerProcess.object(server.post("/api/tasks/batch", batch + "]").body());
            assertEquals(200, server.post("/api/queue/resume", "").statusCode());
            List<Json.Obj> tasks = new ArrayList<>();
            List<Json> ids = ((Json.Arr) answer.get("ids")).values();
            // in the order of their turns: on a busy machine all of them take longer than one is waited for
            for (int turn = 0; turn < ids.size(); turn++) {
                int i = turn % 25 * 4 + 3 - turn / 25;
                tasks.add(server.awaitEnd(((Json.Str) ids.get(i)).value()));
            }
            tasks.forEach(task -> assertEquals("completed", task.text("status"), task.text()));
            tasks.sort((one, other) -> one.text("started_at").compareTo(other.text("started_at")));
            for (int i = 1; i < tasks.size(); i++) {
                assertTrue(tasks.get(i - 1).integer("priority", 0) >= tasks.get(i).integer("priority", 0)
                        || tasks.get(i - 1).text("started_at").equals(tasks.get(i).text("started_at")));
            }
        }
    }

    private ServerProcess start(String... more) {
        List<String> arguments = new ArrayList<>(List.of("--ollama-host", RealOllama.address()));
        arguments.addAll(List.of(more));
        return ServerProcess.start(directory.resolve("data"), arguments.toArray(String[]::new));
    }

    private static String task(String type, String model, String rest) {
        return "{\"type\":\"" + type + "\",\"model\":\"" + model + "\"," + rest + "}";
    }

    private static String direct(String model, String rest) {
        return "{\"model\":\"" + model + "\",\"stream\":false," + rest + "}";
    }
}
