package real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import shared.json.Json;
import support.Await;
import support.ServerProcess;

/// Third-party clients, once directly with a real Ollama and once through the queue: each answer, each piece and each
/// error is the same except for times and ids.
@Timeout(600)
final class RealClientsTest {

    private static final String SHORT = "gemma-short";
    private static final long CANCEL_MAX_MS = 2_000;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"with_ollama.py", "with_openai.py", "with_anthropic.py", "with_litellm.py",
        "with_langchain.py", "with_open_webui.py", "with_ollama.mjs", "with_openai.mjs"})
    void client_getsTheSameThroughTheQueue(String script) throws Exception {
        List<String> command = ClientPrograms.command(script);
        String ollama = RealOllama.address();
        try (FileChannel _ = RealOllama.alone();
                ServerProcess server = ServerProcess.start(directory.resolve("data"), "--ollama-host", ollama)) {
            List<String> direct = run(command, ollama, null);
            List<String> queued = run(command, server.url(), server);
            assertTrue(direct.size() >= 4, direct.toString());
            for (int i = 0; i < direct.size(); i++) {
                assertEquals(direct.get(i), queued.get(i), script);
            }
        }
    }

    /// @param server null: it is asked directly, and nothing is cancelled
    private List<String> run(List<String> command, String url, ServerProcess server) throws Exception {
        List<String> words = new ArrayList<>(command);
        words.addAll(List.of(url, RealOllama.CHAT, RealOllama.EMBED));
        if (server != null) {
            words.add("cancel");
        }
        Path errors = directory.resolve("stderr");
        ProcessBuilder builder = new ProcessBuilder(words).redirectError(errors.toFile());
        // else it asks for a list of prices at each start
        builder.environment().put("LITELLM_LOCAL_MODEL_COST_MAP", "True");
        Process process = builder.start();
        List<String> lines = new ArrayList<>();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (((Json.Obj) Json.parse(line)).get("left") instanceof Json.Num left) {
                checkCancelled(server, Long.parseLong(left.digits()));
                process.outputWriter().append('\n').flush();
            } else {
                lines.add(withoutTimesAndIds(line));
            }
        }
        assertEquals(0, process.waitFor(), Files.readString(errors));
        return lines;
    }

    private static void checkCancelled(ServerProcess server, long left) {
        Await.until("a task that has ended", () -> !newest(server).text("status").equals("running"));
        Json.Obj task = newest(server);
        assertEquals("cancelled", task.text("status"), task.text());
        long took = Instant.parse(task.text("completed_at")).toEpochMilli() - left;
        assertTrue(took <= CANCEL_MAX_MS, took + " ms: " + task.text());
    }

    private static Json.Obj newest(ServerProcess server) {
        return (Json.Obj) ((Json.Arr) Json.parse(server.get("/api/tasks?limit=1").body()))
                .values().getFirst();
    }

    private static String withoutTimesAndIds(String line) {
        return line.replaceAll("(\"(created_at|modified_at|expires_at)\": ?)\"[^\"]*\"", "$1\"\"")
                .replaceAll("(\"(\\w+_duration|created)\": ?)\\d+", "$10")
                .replaceAll("(\"id\": ?)\"(chatcmpl|cmpl)[^\"]*\"", "$1\"\"");
    }

    @Test
    void ollamaCommand_doesTheSameThroughTheQueue() throws Exception {
        String ollama = RealOllama.address();
        String program = ClientPrograms.ollama();
        try (FileChannel _ = RealOllama.alone()) {
            // with this model the command's answers are short
            RealOllama.ask("/api/create", "{\"model\":\"" + SHORT + "\",\"from\":\"" + RealOllama.CHAT
                    + "\",\"stream\":false,\"parameters\":{\"temperature\":0,\"seed\":1,\"num_predict\":4}}");
            Files.writeString(directory.resolve("config.yaml"), "relay: {model_management: true}\n");
            try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--ollama-host", ollama,
                    "--config", directory.resolve("config.yaml").toString())) {
                for (List<String> words : List.of(List.of("list"), List.of("show", SHORT),
                        List.of("run", SHORT, "Say hi"), List.of("ps"), List.of("run", "no-such-model", "x"),
                        List.of("pull", "no-such-model"), List.of("show", "no-such-model"), List.of("stop", SHORT),
                        List.of("cp", SHORT, SHORT + "2"), List.of("rm", "no-such-model"))) {
                    String direct = command(program, ollama, words);
                    assertEquals(direct, command(program, server.url(), words), words.toString());
                }
                assertTrue(command(program, server.url(), List.of("rm", SHORT + "2")).startsWith("0: "));
            }
            command(program, ollama, List.of("rm", SHORT));
        }
    }

    private static String command(String program, String url, List<String> words)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(program));
        all.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(all).redirectErrorStream(true);
        builder.environment().put("OLLAMA_HOST", url);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (words.getFirst().equals("show")) {
            // its parameters come in any order
            said = said.lines().sorted().collect(Collectors.joining("\n"));
        }
        // the spinner turns as often as it likes
        return process.waitFor() + ": " + said.replaceAll("\\x1b\\[[?0-9;]*[a-zA-Z]|[\\u2800-\\u28ff] ?", "")
                .replaceAll("(pulling manifest *)+", "pulling manifest ")
                .replaceAll("(\\d+|About an?|Less than a) (second|minute|hour|day)s? (ago|from now)", "TIME");
    }
}
