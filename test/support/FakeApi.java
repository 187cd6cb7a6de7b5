package support;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import shared.json.Json;
import shared.json.JsonWriter;

/// A small stand-in for the server's HTTP API, for tests of the client. Tasks end at once and answer with their prompt;
/// some model names request other behaviour:
///
/// | model | what happens |
/// |---|---|
/// | `fail` | the task fails |
/// | `hang` | it stays pending |
/// | `queued` | it is pending for two reads, at position 3 and 2 |
/// | `loading` | it is next for one read, and runs for one |
/// | `later`, `retrying` | it stays pending until an hour, half a minute after 2026-01-02T03:04:05Z |
/// | `lost`, `gateway` | the submit arrives, the first answer to it does not, or a proxy answers 504 |
/// | `restart` | the first two reads of the task are cut off |
/// | `torn` | its stream breaks off in the middle, once; then some events are repeated |
/// | `again` | its first attempt breaks off after a few words |
/// | `think` | it has thinking |
/// | `cut` | its answer ends at the length limit |
/// | `tools` | it calls a tool and says nothing |
///
/// A first path segment selects another kind of server: `/html` and `/redirect` are not ours, `/busy` answers 503 with
/// a page, `/socket` is the WebSocket port, `/locked` requires the token `secret`, `/cut` closes each connection,
/// `/rubbish` is text.
public final class FakeApi implements AutoCloseable {

    private record Task(String id, String type, String model, int priority, String status, String text, String body) {
    }

    private static final Set<String> PENDING = Set.of("hang", "later", "retrying");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);

    private final List<String> requests = new ArrayList<>();
    private final Map<String, Task> tasks = new LinkedHashMap<>();
    private final Map<String, String> keys = new HashMap<>();
    private final Map<String, Integer> visits = new HashMap<>();

    public FakeApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /// Returns the requests since the last call, each as `METHOD path body`.
    public synchronized List<String> takeRequests() {
        List<String> taken = List.copyOf(requests);
        requests.clear();
        return taken;
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String path = exchange.getRequestURI().toString();
            synchronized (this) {
                requests.add((exchange.getRequestMethod() + " " + path + " " + body).strip());
            }
            route(exchange, path, body);
        } catch (IOException | UncheckedIOException clientGone) {
            // as happens to a server all the time
        } catch (RuntimeException fault) {
            System.err.println("FakeApi: " + fault);
        }
    }

    private void route(HttpExchange exchange, String path, String body) throws IOException {
        if (path.startsWith("/html/")) {
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            answer(exchange, 200, "<h1>hello</h1>");
        } else if (path.startsWith("/busy/")) {
            answer(exchange, 503, "<h1>busy</h1>");
        } else if (path.startsWith("/rubbish/")) {
            answer(exchange, 200, "rubbish");
        } else if (path.startsWith("/redirect/")) {
            exchange.getResponseHeaders().set("Location", "http://elsewhere.example/");
            answer(exchange, 302, "");
        } else if (path.startsWith("/locked/")) {
            boolean right = "Bearer secret".equals(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            if (right) {
                route(exchange, path.substring("/locked".length()), body);
            } else {
                error(exchange, 401, "a token is needed");
            }
        } else if (path.startsWith("/socket/")) {
            exchange.getResponseHeaders().set("Upgrade", "websocket");
            error(exchange, 404, "WebSocket only");
        } else if (path.startsWith("/cut/")) {
            return;
        } else if (path.equals("/api/info")) {
            json(exchange, 200, "{\"version\":\"0.2.0\",\"limits\":{\"task_bytes\":2097152,\"batch_bytes\":3145729,"
                    + "\"batch_tasks\":4}}");
        } else if (path.equals("/api/status")) {
            json(exchange, 200, "{\"pending_tasks\":3,\"running_tasks\":1,\"completed_tasks\":10,\"failed_tasks\":0,"
                    + "\"cancelled_tasks\":2,\"total_tasks\":16,\"queues_by_priority\":{\"10\":1,\"5\":2},"
                    + "\"callers_waiting\":2,\"workers_active\":1,\"workers_idle\":3,\"mode\":\"paused\"}");
        } else if (path.equals("/api/backends")) {
            json(exchange, 200, "[{\"name\":\"gpu\",\"kind\":\"ollama\",\"url\":\"http://gpu:11434\","
                    + "\"enabled\":true,\"health\":\"up\",\"since\":\"2026-01-02T03:00:00.000Z\",\"error\":null,"
                    + "\"installed\":[\"gemma:latest\",\"qwen3:latest\"],\"loaded\":[\"qwen3:latest\"],"
                    + "\"slots\":4,\"parallel\":1,\"slots_used\":1,"
                    + "\"completed\":12,\"failed\":1,\"tokens_per_second\":25.3},"
                    + "{\"name\":\"cloud\",\"kind\":\"openai\",\"url\":\"https://api.example.org/v1\","
                    + "\"enabled\":true,\"health\":\"down\",\"since\":\"2026-01-02T03:04:00.000Z\","
                    + "\"error\":\"cannot connect to cloud\",\"installed\":null,\"loaded\":[],"
                    + "\"slots\":4,\"parallel\":4,\"slots_used\":0,"
                    + "\"completed\":0,\"failed\":3,\"tokens_per_second\":0}]");
        } else if (path.startsWith("/api/backends/")) {
            json(exchange, 200, "{\"name\":\"gpu\"}");
        } else if (path.startsWith("/api/events")) {
            everything(exchange);
        } else if (path.startsWith("/api/queue/")) {
            json(exchange, 200, "{\"mode\":\"" + path.substring(11) + "\"}");
        } else if (path.startsWith("/api/cron")) {
            cron(exchange, path, body);
        } else if (path.equals("/api/tasks/batch")) {
            batch(exchange, body);
        } else if (path.equals("/api/tasks") && exchange.getRequestMethod().equals("POST")) {
            submit(exchange, body);
        } else if (path.equals("/api/tasks") || path.startsWith("/api/tasks?")) {
            list(exchange);
        } else if (path.startsWith("/api/tasks/actions") || path.startsWith("/api/tasks/causes")) {
            FakeAnswers.Told told = FakeAnswers.ofMany(exchange.getRequestMethod(), path, body, () -> visit("action"));
            json(exchange, told.status(), told.json());
        } else if (path.startsWith("/api/tasks/")) {
            task(exchange, path.substring("/api/tasks/".length()), body);
        } else {
            error(exchange, 404, "no such path");
        }
    }

    /// Answers with one cron task, `hourly`, whatever is sent.
    private void cron(HttpExchange exchange, String path, String body) throws IOException {
        String cron = "{\"id\":\"cron_000000000001\",\"name\":\"hourly\",\"timezone\":\"UTC\","
                + "\"description\":\"every hour\",\"enabled\":"
                + !path.endsWith("/disable") + ",\"task_template\":{\"type\":\"chat\",\"prompt\":\"p\"},"
                + "\"next_run\":\"2026-01-02T04:00:00.000Z\",\"last_run\":null,\"run_count\":1,\"runs\":[{\"run\":1,"
                + "\"task_id\":\"task_000000000009\",\"due_at\":\"2026-01-02T03:00:00.000Z\",\"status\":\"failed\"}]}";
        if (path.contains("nix")) {
            error(exchange, 404, "no cron task nix");
        } else if (body.contains("\"never\"")) {
            error(exchange, "overlap must be skip, allow, queue or replace, not \"never\"", 11, "overlap");
        } else if (exchange.getRequestMethod().equals("DELETE")) {
            exchange.sendResponseHeaders(204, -1);
        } else if (path.endsWith("/run")) {
            json(exchange, 201, "{\"id\":\"task_000000000009\",\"task_id\":\"task_000000000009\"}");
        } else if (path.equals("/api/cron") && exchange.getRequestMethod().equals("GET")) {
            json(exchange, 200, "[" + cron + "]");
        } else {
            json(exchange, 200, cron);
        }
    }

    private void submit(HttpExchange exchange, String body) throws IOException {
        String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
        Json.Obj wanted = (Json.Obj) Json.parse(body);
        if ("".equals(wanted.text("model"))) {
            error(exchange, "model must not be empty", 24, "model");
            return;
        }
        Task task;
        boolean known;
        synchronized (this) {
            known = keys.containsKey(key);
            task = known ? tasks.get(keys.get(key)) : add(wanted, body);
            keys.put(key, task.id);
        }
        if (!known && task.model.equals("gateway")) {
            answer(exchange, 504, "<h1>504 Gateway Time-out</h1>");
        } else if (known || !task.model.equals("lost")) {
            json(exchange, 201, json(task).replaceFirst("}$", ",\"task_id\":\"" + task.id + "\"}"));
        }
    }

    private void batch(HttpExchange exchange, String body) throws IOException {
        if (body.contains("refused")) {
            error(exchange, 400, "refused (line " + body.split("refused")[0].lines().count() + ")");
            return;
        }
        List<Json> all = body.stripLeading().startsWith("[") ? ((Json.Arr) Json.parse(body)).values()
                : body.lines().filter(line -> !line.isBlank()).map(Json::parse).toList();
        JsonWriter answer = new JsonWriter().beginObject().name("count").number(all.size()).name("ids").beginArray();
        synchronized (this) {
            all.forEach(one -> answer.string(add((Json.Obj) one, one.text()).id));
        }
        json(exchange, 201, answer.endArray().endObject().toString());
    }

    private Task add(Json.Obj wanted, String body) {
        String model = wanted.text("model") == null ? "echo" : wanted.text("model");
        String text = wanted.text("prompt");
        if (text == null && wanted.get("messages") instanceof Json.Arr messages) {
            text = ((Json.Obj) messages.values().get(messages.values().size() - 1)).text("content");
        }
        String id = String.format("task_%012d", tasks.size() + 1);
        Task task = new Task(id, wanted.text("type"), model, (int) wanted.integer("priority", 5),
                model.equals("fail") ? "failed" : PENDING.contains(model) ? "pending" : "completed", text, body);
        tasks.put(id, task);
        return task;
    }

    /// Lists like the server, but without filters: 100 tasks by default, and all of them only as JSON lines.
    private synchronized void list(HttpExchange exchange) throws IOException {
        List<Task> newest = new ArrayList<>(tasks.values());
        java.util.Collections.reverse(newest);
        exchange.getResponseHeaders().set("X-Total-Count", Integer.toString(newest.size()));
        boolean lines = "application/x-ndjson".equals(exchange.getRequestHeaders().getFirst("Accept"));
        int limit = number(exchange, "limit", 100);
        if (!lines && (limit == 0 || limit > 1000)) {
            error(exchange, 400, "limit must be a whole number from 1 to 1000");
            return;
        }
        newest.removeIf(task -> Integer.parseInt(task.id.substring(5)) >= number(exchange, "after", Integer.MAX_VALUE));
        if (limit > 0 && number(exchange, "offset", 0) + limit < newest.size()) {
            exchange.getResponseHeaders().set("Link", "</api/tasks>; rel=\"next\"");
        }
        StringBuilder text = new StringBuilder();
        newest.stream().skip(number(exchange, "offset", 0)).limit(limit == 0 ? Integer.MAX_VALUE : limit)
                .forEach(task -> text.append(text.isEmpty() || lines ? "" : ",").append(summary(task))
                        .append(lines ? "\n" : ""));
        json(exchange, 200, lines ? text.toString() : "[" + text + "]");
    }

    private static int number(HttpExchange exchange, String name, int otherwise) {
        Matcher given = Pattern.compile("[?&]" + name + "=(?:task_)?(\\d+)")
                .matcher(exchange.getRequestURI().toString());
        return given.find() ? Integer.parseInt(given.group(1)) : otherwise;
    }

    private void task(HttpExchange exchange, String rest, String body) throws IOException {
        String[] parts = rest.split("[/?]");
        Task task = find(parts[0]);
        if (task == null) {
            error(exchange, 404, "no task " + parts[0]);
        } else if (parts.length > 1 && parts[1].equals("events")) {
            events(exchange, task);
        } else if (exchange.getRequestMethod().equals("GET")) {
            if (task.model.equals("restart") && visit(task.id) <= 2) {
                return;
            }
            if (task.model.equals("hang") && rest.contains("?wait=")) {
                pause();
            }
            json(exchange, 200, parts.length > 1 && parts[1].equals("explain") ? (task.model.equals("call")
                    ? FakeAnswers.RAN : FakeAnswers.EXPLAINED).replace("ID", task.id)
                    : task.model.equals("queued") || task.model.equals("loading") ? early(task, visit(task.id))
                    : json(task));
        } else if (parts[1].equals("cancel") && !task.status.equals("pending")) {
            error(exchange, 409, task.id + " is already " + task.status);
        } else {
            String status = parts[1].equals("cancel") ? "cancelled"
                    : parts[1].equals("retry") ? "pending" : task.status;
            int priority = body.isEmpty() ? task.priority
                    : (int) ((Json.Obj) Json.parse(body)).integer("priority", 0);
            Task changed = new Task(task.id, task.type, task.model, priority, status, task.text, task.body);
            synchronized (this) {
                tasks.put(task.id, changed);
            }
            json(exchange, 200, json(changed));
        }
    }

    private static String early(Task task, int visit) {
        boolean queued = task.model.equals("queued");
        String times = queued ? "\"position\":" + (4 - visit) + ",\"starts_in\":{\"low\":" + (4 - visit)
                + ",\"high\":130}" : visit == 1 ? "\"position\":1" : "\"done_in\":null";
        return visit > 2 ? json(task) : json(task).replaceFirst("}$", "," + times + "}").replace("\"completed\"",
                queued || visit == 1 ? "\"pending\"" : "\"running\"");
    }

    private void events(HttpExchange exchange, Task task) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        event(out, null, "task", "{\"seq\":1,\"what\":\"submitted\",\"task\":" + summary(task)
                .replaceFirst("completed|failed", "pending") + "}");
        out.write(": ping\n\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
        String text = task.text == null ? "" : task.text;
        switch (task.model) {
            case "hang" -> pause();
            case "fail", "tools" -> { }
            case "torn" -> {
                int cut = text.offsetByCodePoints(0, text.codePointCount(0, text.length()) / 2);
                if (visit(task.id) == 1) {
                    chunk(out, 1, 0, "text", text.substring(0, cut));
                    return;
                }
                // as from a server that repeats earlier pieces
                chunk(out, 1, 0, "text", text);
            }
            case "again" -> {
                chunk(out, 1, 0, "text", "a false");
                event(out, null, "task", "{\"seq\":2,\"what\":\"retrying\",\"task\":" + summary(task)
                        .replaceFirst("completed", "pending").replace("\"error\":null", "\"error\":\"broke off\"")
                        + "}");
                chunk(out, 2, 0, "text", text);
            }
            case "think" -> {
                chunk(out, 1, 0, "thinking", "hmm");
                chunk(out, 1, 3, "text", text);
            }
            default -> {
                int cut = text.length() / 2;
                if (!task.type.equals("embed")) {
                    chunk(out, 1, 0, "text", text.substring(0, cut));
                    chunk(out, 1, text.substring(0, cut).getBytes(StandardCharsets.UTF_8).length, "text",
                            text.substring(cut));
                }
            }
        }
        event(out, null, "task", "{\"seq\":3,\"what\":\"" + task.status + "\",\"task\":" + summary(task) + "}");
    }

    /// Sends streams that all end early, the first within an event; a subscriber that has reached event 11 is refused.
    private void everything(HttpExchange exchange) throws IOException {
        if (exchange.getRequestURI().toString().contains("task=hang")) {
            pause();
            return;
        }
        String after = String.valueOf(exchange.getRequestHeaders().getFirst("Last-Event-ID"));
        if (after.equals("11")) {
            error(exchange, 403, "enough");
            return;
        }
        if (after.equals("5")) {
            error(exchange, 400, "event 5 was not told whole, and is skipped");
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        String head = ",\"at\":\"2026-01-02T03:04:05.678Z\",\"what\":";
        switch (after) {
            case "4" -> {
                event(out, "5", "task", "{\"seq\":5" + head + "\"submitted\",\"task\":{\"id\":\"task_000000000001\","
                        + "\"type\":\"chat\",\"model\":\"qwen3\",\"preview\":\"Hello\\nyou\",\"executed_on\":null}}");
                event(out, "6", "task", "{\"seq\":6" + head + "\"failed\",\"task\":{\"id\":\"task_000000000001\","
                        + "\"type\":\"chat\",\"model\":\"qwen3\",\"executed_on\":\"gpu\",\"error\":\"too long\"}}");
                event(out, "6", "dropped", "{\"seq\":6,\"event\":\"dropped\",\"reason\":\"too slow\"}");
            }
            case "6" -> {
                event(out, "9", "reset", "{\"seq\":9,\"event\":\"reset\",\"oldest\":8}");
                event(out, "10", "cron", "{\"seq\":10" + head + "\"fired\",\"cron\":{\"name\":\"nightly\"}}");
                event(out, "11", "queue", "{\"seq\":11" + head + "\"paused\",\"mode\":\"paused\"}");
            }
            // an id without an event, and an event that breaks off, which its reader must ignore
            default -> out.write(": ping\nid: 4\n\nid: 5\nevent: task\ndata: {\"seq\":5".getBytes(
                    StandardCharsets.UTF_8));
        }
    }

    private static void chunk(OutputStream out, int attempt, int offset, String kind, String text) throws IOException {
        event(out, attempt + "." + (offset + text.getBytes(StandardCharsets.UTF_8).length), "chunk",
                new JsonWriter().beginObject().name("attempt").number(attempt).name("offset").number(offset)
                        .name(kind).string(text).endObject().toString());
    }

    private static void event(OutputStream out, String id, String name, String data) throws IOException {
        String place = id == null ? "" : "id: " + id + "\n";
        out.write((place + "event: " + name + "\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private synchronized Task find(String prefix) {
        String id = prefix.startsWith("task_") ? prefix : "task_" + prefix;
        return tasks.get(id);
    }

    private synchronized int visit(String id) {
        return visits.merge(id, 1, Integer::sum);
    }

    private void pause() {
        try {
            closed.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static String summary(Task task) {
        JsonWriter out = new JsonWriter().beginObject().name("id").string(task.id).name("type").string(task.type)
                .name("model").string(task.model).name("priority").number(task.priority)
                .name("status").string(task.status).name("preview").string(task.text)
                .name("created_at").string("2026-01-02T03:00:00.000Z").name("error").string(error(task));
        if (task.model.equals("call")) {
            out.name("client").string("me").name("endpoint").string("/v1/messages").name("relayed").bool(true);
        }
        return due(out, task).endObject().toString();
    }

    private static String json(Task task) {
        JsonWriter out = new JsonWriter().beginObject().name("id").string(task.id).name("type").string(task.type)
                .name("model").string(task.model).name("priority").number(task.priority)
                .name("status").string(task.status).name("payload").raw(task.body.getBytes(StandardCharsets.UTF_8))
                .name("created_at").string("2026-01-02T03:00:00.000Z");
        if (!task.model.equals("later")) {
            out.name("scheduled_at").nul();
        }
        out.name("result");
        boolean completed = task.status.equals("completed");
        if (!completed) {
            out.nul();
        } else if (task.model.equals("tools")) {
            out.raw("{\"message\":{\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"f\"}}]}}"
                    .getBytes(StandardCharsets.UTF_8));
        } else if (task.type.equals("embed")) {
            out.raw("{\"embeddings\":[[0.6,0.8]]}".getBytes(StandardCharsets.UTF_8));
        } else if (task.type.equals("chat")) {
            out.beginObject().name("message").beginObject().name("role").string("assistant").name("content")
                    .string(task.text).endObject().endObject();
        } else {
            out.beginObject().name("response").string(task.text).name("done_reason")
                    .string(task.model.equals("cut") ? "length" : "stop").endObject();
        }
        out.name("error").string(error(task)).name("attempts").beginArray();
        if (!task.status.equals("pending")) {
            out.beginObject().name("attempt").number(1).name("host").string("local").name("duration").string("1s200ms")
                    .name("error").string(error(task)).endObject();
        }
        return due(out.endArray().name("metadata").beginObject().endObject(), task).endObject().toString();
    }

    private static JsonWriter due(JsonWriter out, Task task) {
        return switch (task.model) {
            case "later" -> out.name("scheduled_at").string("2026-01-02T04:04:05.000Z");
            case "cut" -> out.name("cut").bool(true);
            case "warned" -> out.name("warnings").beginArray().string("priority 15 is lowered to 5").endArray();
            case "retrying" -> out.name("retry_at").string("2026-01-02T03:04:35.000Z");
            default -> out;
        };
    }

    private static String error(Task task) {
        return task.status.equals("failed") ? "model 'fail' not found on any host (asked: local)" : null;
    }

    private static void error(HttpExchange exchange, int status, String message) throws IOException {
        json(exchange, status, new JsonWriter().beginObject().name("error").string(message).endObject().toString());
    }

    /// Answers 400 with a place in the body.
    private static void error(HttpExchange exchange, String reason, int column, String path) throws IOException {
        json(exchange, 400, new JsonWriter().beginObject().name("error")
                .string(reason + " (line 1, column " + column + ", at " + path + ")").name("reason").string(reason)
                .name("line").number(1).name("column").number(column).name("path").string(path).endObject().toString());
    }

    private static void json(HttpExchange exchange, int status, String json) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        answer(exchange, status, json);
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
