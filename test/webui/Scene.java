package webui;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

import shared.json.Json;
import shared.json.JsonWriter;
import support.Await;
import support.FakeOllama;
import support.FakeOllamaReply;
import support.FakeOllamaRequest;
import support.ServerProcess;

/// A server on an ordinary afternoon: 200 tasks of a small team, on two hosts that work and one that is away, and
/// their cron tasks. The same each time.
final class Scene implements AutoCloseable {

    private static final int TASKS = 200;
    private static final int DONE = 140;
    private static final List<String> CHAT_MODELS = List.of("qwen3:8b", "qwen3:8b", "llama3.2:3b", "mistral-small:24b");
    private static final List<String> PROMPTS = List.of(
            "Summarise the incident report of last night in five bullet points for the status page.",
            "Translate into German: \"The delivery will arrive between nine and eleven.\"",
            "Which of these log lines are errors of ours, and which are the client's?",
            "Write a commit message for this diff: retry on 503, honour Retry-After, cap at 30 s.",
            "Extract name, address and order number as JSON from the following mail.",
            "Explain what fdatasync guarantees and what it does not, in plain words.",
            "Classify the ticket: billing, bug, question or praise. Answer with one word.",
            "Rewrite the paragraph so that a twelve year old understands it.",
            "Compare PostgreSQL and SQLite for an embedded job queue; where does each one break?",
            "List the edge cases of daylight saving for a cron scheduler in Europe/Berlin.",
            "What is the time complexity of removing an arbitrary element from a binary heap?",
            "Draft a friendly reply to the customer who waits for her refund since Monday.");
    private static final String ANSWER = """
            ## What it guarantees

            A **durable write** is one that survives:

            1. the data lies on the *device*,
            2. so does what `open` needs:
               - its length
               - its blocks

            | call | data | metadata |
            |---|:-:|--:|
            | `fsync` | yes | all |
            | `fdatasync` | yes | some |

            ```c
            if (fdatasync(fd) < 0) {
                abort(); // never again on the same data, however long the line
            }
            ```

            > Group commit lets many share one wait, see https://lwn.net/Articles/457667/.

            A durable write is one that survives a loss of power. Calling fdatasync asks the kernel to hand a file's \
            data, and the metadata needed to read it back, to the device, and to return once the device says that it \
            is stable. It does not promise that the directory entry of a new file is there, nor that another file is.
            """.replace("\n", "\\n");
    private static final List<String> CRONS = List.of(
            cron("nightly-report", "30 2 * * *", "Europe/Berlin", "chat", "qwen3:8b", "Summary of {{date}}"),
            cron("triage inbox", "*/15 8-18 * * MON-FRI", "Europe/Berlin", "chat", "llama3.2:3b", "Sort what is new"),
            cron("embed new documents", "*/5 * * * *", "UTC", "embed", "nomic-embed-text",
                    "documents since {{datetime}}"),
            cron("standup digest", "45 8 * * MON-FRI", "America/New_York", "chat", "qwen3:8b",
                    "Yesterday in one line each"),
            cron("weekly-review", "0 16 * * 5", "Europe/Berlin", "chat", "mistral-small:24b", "Review of the week"),
            cron("warm up models", "@every 90m", "UTC", "generate", "mistral-small:24b", "ok"));

    private final List<FakeOllama> hosts = new ArrayList<>();
    private final Random random = new Random(7);
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile boolean holding;
    private final ServerProcess server;

    private Scene(Path folder) throws IOException {
        FakeOllama first = host("qwen3:8b", "llama3.2:3b", "nomic-embed-text");
        FakeOllama second = host("qwen3:8b", "mistral-small:24b", "nomic-embed-text", "llava:13b");
        Path config = folder.resolve("config.yaml");
        Files.writeString(config, "ollama:\n  hosts:\n"
                + "    - {name: gpu-1, url: \"" + first.url() + "\", max_concurrent: 3, parallel: 3}\n"
                + "    - {name: gpu-2, url: \"" + second.url() + "\", max_concurrent: 2, parallel: 2}\n"
                + "    - {name: attic, url: \"http://127.0.0.1:9\"}\n"
                + "queue: {workers: 5}\nremote_scheduling: {health_check_interval: 2s}\n");
        server = ServerProcess.start(folder.resolve("data"), "--config", config.toString());
    }

    static Scene set(Path folder) throws IOException {
        Scene scene = new Scene(folder);
        try {
            scene.play();
            return scene;
        } catch (RuntimeException | Error failure) {
            scene.close();
            throw failure;
        }
    }

    String url() {
        return server.url();
    }

    /// A finished task with an answer, and one that runs.
    String completed() {
        return first("completed&type=chat");
    }

    /// A relayed call.
    String call() {
        return first("completed&relayed=true");
    }

    String running() {
        return first("running&type=chat,generate");
    }

    /// One that waits for its turn.
    String waiting() {
        return first("pending&state=ready&type=chat");
    }

    String failed() {
        return first("failed&type=chat");
    }

    String cron() {
        return member(server.get("/api/cron").body(), "id");
    }

    private FakeOllama host(String... models) throws IOException {
        FakeOllama host = FakeOllama.start().models(models).otherwise(this::answer)
                .info("/api/version", (request, reply) -> reply.whole(200, "{\"version\":\"0.12.6\"}"))
                .info("/api/ps", (request, reply) -> reply.whole(200, "{\"models\":[{\"name\":\"" + models[0]
                        + "\",\"model\":\"" + models[0] + "\"}]}"));
        hosts.add(host);
        return host;
    }

    private void play() {
        List<String> last = new ArrayList<>();
        for (int i = 0; i < DONE; i++) {
            last.add(server.submit(task(i)));
        }
        last.forEach(server::awaitEnd);
        for (String client : List.of("anna@example.org", "open-webui", "nightly-index")) {
            server.post("/q/client=" + client + "/api/chat", "{\"model\":\"llama3.2:3b\",\"messages\":[{\"role\":"
                    + "\"user\",\"content\":\"Explain what a queue is.\"}]}");
        }
        CRONS.forEach(cron -> server.post("/api/cron", cron));
        String nightly = cron();
        for (int i = 0; i < 3; i++) {
            server.awaitEnd(member(server.post("/api/cron/" + nightly + "/run", "").body(), "id"));
        }
        holding = true;
        List<String> waiting = new ArrayList<>();
        for (int i = DONE; i < TASKS - 3; i++) {
            waiting.add(server.submit(task(i)));
        }
        for (int i = 20; i < waiting.size(); i += 6) {
            server.post("/api/tasks/" + waiting.get(i) + "/cancel", "");
        }
        awaitRunning(5);
    }

    private String task(int number) {
        String prompt = PROMPTS.get(random.nextInt(PROMPTS.size()));
        int kind = random.nextInt(10);
        String type = kind < 7 ? "chat" : kind < 9 ? "generate" : "embed";
        JsonWriter json = new JsonWriter().beginObject().name("type").string(type);
        json.name("model").string(type.equals("embed") ? "nomic-embed-text"
                : number > DONE && number % 19 == 5 ? "phi-9" : CHAT_MODELS.get(random.nextInt(CHAT_MODELS.size())));
        if (number % 7 == 3) {
            json.name("priority").string(List.of("low", "high", "critical").get(number % 3));
        }
        if (number % 17 == 4) {
            // fails at once: the host says that the request is wrong
            json.name("options").beginObject().name("temperature").string("warm").endObject();
        }
        if (number > DONE && number % 9 == 2) {
            json.name("scheduled_at").string(Instant.now().plus(Duration.ofMinutes(number)).toString());
        }
        json.name(type.equals("embed") ? "input" : "prompt").string(prompt);
        return json.endObject().toString();
    }

    private void answer(FakeOllamaRequest request, FakeOllamaReply reply) throws IOException, InterruptedException {
        if (request.body().contains("warm")) {
            reply.whole(500, "{\"error\":\"option \\\"temperature\\\" must be of type float32\"}");
        } else if (request.path().equals("/api/embed")) {
            reply.whole(200, "{\"model\":\"" + request.model() + "\",\"embeddings\":[[0.6,0.8]],"
                    + "\"total_duration\":34000000,\"load_duration\":1000,\"prompt_eval_count\":11}");
        } else {
            String[] words = ANSWER.split("(?= )");
            int length = 20 + random.nextInt(words.length - 20);
            for (int i = 0; i < length; i++) {
                reply.token(words[i]);
                if (holding && i > 30) {
                    end.await();
                }
            }
            reply.line("{\"model\":\"" + request.model() + "\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},"
                    + "\"response\":\"\",\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":23,"
                    + "\"eval_count\":" + length + ",\"eval_duration\":" + length * 21_000_000L + "}");
        }
    }

    private void awaitRunning(int count) {
        Await.until(() -> count + " tasks run: " + server.get("/api/status").body(), () ->
                ServerProcess.object(server.get("/api/status").body()).integer("running_tasks", 0) >= count);
    }

    private String first(String status) {
        return member(server.get("/api/tasks?limit=1&status=" + status).body(), "id");
    }

    /// Of an object, or of the first of an array.
    private static String member(String json, String name) {
        Json value = Json.parse(json);
        return ((Json.Obj) (value instanceof Json.Arr all ? all.values().getFirst() : value)).text(name);
    }

    private static String cron(String name, String expression, String zone, String type, String model, String prompt) {
        JsonWriter json = new JsonWriter().beginObject().name("name").string(name);
        json.name("cron_expr").string(expression).name("timezone").string(zone).name("task_template").beginObject();
        json.name("type").string(type).name("model").string(model);
        json.name(type.equals("embed") ? "input" : "prompt").string(prompt);
        return json.endObject().endObject().toString();
    }

    @Override
    public void close() {
        end.countDown();
        server.close();
        for (FakeOllama host : hosts) {
            try {
                host.close();
            } catch (IOException closed) {
                throw new UncheckedIOException(closed);
            }
        }
    }
}
