package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.FakeOllama;
import support.LoadingOllama;
import support.Npm;
import support.ServerProcess;

/// The server's answers at every route match its `/openapi.json`.
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(180)
final class OpenApiTest {

    private static final String TASK = "{\"type\":\"generate\",\"model\":\"m\",\"prompt\":\"Hello\"}";
    private static final String CHAT = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    private static final String PROMPT = "{\"model\":\"m\",\"prompt\":\"Hi\",\"input\":\"Hi\"}";
    /// The paths of Ollama's, OpenAI's and Anthropic's APIs.
    private static final String HOSTS =
            "/(v1|api/(pull|push|create|copy|delete|blobs|show|chat|gen|embed|ps|tags|version)).*";
    private static final String MODEL = "{\"model\":\"m\"}";

    /// The bodies to send where one is accepted, by method and path.
    private static final Map<String, String> BODIES = Map.ofEntries(Map.entry("post /api/tasks", TASK),
            Map.entry("post /api/tasks/batch", "[" + TASK + "]"),
            Map.entry("post /api/tasks/{id}/priority", "{\"priority\":\"high\"}"),
            Map.entry("post /api/tasks/actions", "{\"filter\":{\"status\":\"pending\"},\"action\":\"cancel\","
                    + "\"dry_run\":true}"),
            Map.entry("post /api/cron", "{\"name\":\"other\",\"cron_expr\":\"@daily\",\"task_template\":" + TASK + "}"),
            Map.entry("put /api/cron/{id}", "{\"cron_expr\":\"@hourly\",\"metadata\":{\"a\":1}}"),
            Map.entry("post /api/tokens", "{\"name\":\"ci\",\"scope\":\"admin\"}"),
            Map.entry("post /api/chat", CHAT), Map.entry("post /v1/chat/completions", CHAT),
            Map.entry("post /v1/messages", CHAT), Map.entry("post /v1/messages/count_tokens", CHAT),
            Map.entry("post /api/generate", PROMPT), Map.entry("post /api/embed", PROMPT),
            Map.entry("post /api/embeddings", PROMPT), Map.entry("post /v1/completions", PROMPT),
            Map.entry("post /v1/embeddings", PROMPT), Map.entry("post /v1/responses", PROMPT),
            Map.entry("post /api/show", MODEL), Map.entry("post /api/pull", MODEL), Map.entry("post /api/push", MODEL),
            Map.entry("post /api/create", MODEL), Map.entry("post /api/copy", MODEL),
            Map.entry("delete /api/delete", MODEL),
            Map.entry("post /api/blobs/{id}", MODEL));

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Path directory;
    private ServerProcess server;
    private Json.Obj api;
    private String pending;
    private String done;
    private String token = "none";
    private int sent;
    /// A host with a model that is loaded.
    private FakeOllama loaded;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        directory = folder;
        loaded = FakeOllama.start().models("r");
        LoadingOllama.of(loaded, 1, 1, Duration.ZERO, Duration.ZERO);
        server = ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:", "--ollama-host",
                loaded.url());
        String host = loaded.url().replaceFirst(".*//", "");
        server.awaitEnd(server.submit(TASK.replace("\"m\"", "\"r\",\"on\":\"" + host + "\"")));
        api = ServerProcess.object(server.get("/openapi.json").body());
        done = server.submit(TASK.replace("\"prompt\"", "\"metadata\":{\"a\":[1]},\"client\":\"c\",\"timeout\":"
                + "\"90s\",\"finish_by\":\"2h\",\"prompt\""));
        server.awaitEnd(done);
        pending = server.submit(TASK.replace("\"prompt\"", "\"scheduled_at\":\"2126-01-02T03:04:05Z\",\"prompt\""));
        assertEquals(201, server.post("/api/cron", "{\"name\":\"n\",\"cron_expr\":\"0 9 * * *\","
                + "\"task_template\":" + TASK + "}").statusCode());
        assertEquals(201, server.post("/api/cron/n/run", "").statusCode());
    }

    @AfterAll
    void stop() throws IOException {
        client.close();
        server.close();
        loaded.close();
    }

    @Test
    void everyRoute_answersAsDescribed() throws Exception {
        List<String> operations = new ArrayList<>();
        object(api, "paths").members().forEach((path, methods) -> ((Json.Obj) methods).members().keySet()
                .forEach(method -> operations.add(method + " " + path)));
        // read before deleting, and end what ends tasks last
        operations.sort((one, other) -> Integer.compare(rank(one), rank(other)));
        assertTrue(operations.size() > 60, operations.toString());
        assertEquals(200, check("post /api/tasks", "/api/tasks?dry_run=true", TASK));
        for (String query : List.of("", "?full=true", "?state=scheduled", "?q=Hello", "?sort=priority")) {
            assertEquals(200, check("get /api/tasks", "/api/tasks" + query, ""), query);
        }
        for (String operation : operations) {
            String path = operation.substring(operation.indexOf(' ') + 1);
            Json.Obj described = described(operation);
            String body = BODIES.getOrDefault(operation, "");
            assertEquals(described.get("requestBody") != null, !body.isEmpty(), operation + ": say here what to send");
            int status = check(operation, path, body);
            boolean ours = !path.matches(HOSTS);
            assertTrue(!ours || status < 300 || status == 409 && operation.contains("/retry")
                    || status == 404 && operation.contains("actions/"), operation + ": " + status);
            if (operation.equals("delete /api/tokens/{id}")) {
                // it was the last one with access
                continue;
            }
            if (ours && !path.equals("/")) {
                assertEquals(400, check(operation, path + "?nonsense=1", body), operation);
            }
            if (described.get("requestBody") != null && ours) {
                assertEquals(400, check(operation, path, "{\"nonsense\":"), operation);
            }
            if (path.contains("{id}") && path.startsWith("/api/tasks/")) {
                assertEquals(404, check(operation, path.replace("{id}", "zzzzzzzzzzzz"), body), operation);
            }
        }
    }

    private static int rank(String operation) {
        // once there is a token, the server requires one
        return operation.startsWith("post /api/tokens") ? 5 : operation.startsWith("delete /api/tokens") ? 6
                : operation.matches("delete .*") ? 4 : operation.matches(".*/(retry|stop)") ? 3
                : operation.matches(".*/(cancel|drain)") ? 2 : operation.startsWith("get ") ? 0 : 1;
    }

    /// Sends a request and compares its answer with the description.
    ///
    /// @return the answer's status
    private int check(String operation, String target, String body) throws IOException, InterruptedException {
        String path = target.replace("{id}", idFor(operation))
                + (target.equals("/api/cron/preview") ? "?expr=0+9+*+*+*" : "");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json").header("Authorization", "Bearer " + token)
                .method(operation.split(" ")[0].toUpperCase(Locale.ROOT),
                        body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (described(operation).text().contains("\"Idempotency-Key\"")) {
            request.header("Idempotency-Key", "key " + sent++);
        }
        HttpResponse<InputStream> answer = client.send(request.build(), BodyHandlers.ofInputStream());
        String what = operation + " as " + path + ": " + answer.statusCode();
        Json.Obj response = object(object(described(operation), "responses"), "" + answer.statusCode());
        assertNotNull(response, what + " is not described");
        response = response.text("$ref") == null ? response : object(object(object(api, "components"), "responses"),
                response.text("$ref").replaceFirst(".*/", ""));
        try (InputStream in = answer.body()) {
            String type = answer.headers().firstValue("Content-Type").orElse(null);
            Json.Obj content = object(response, "content");
            if (type == null || content == null) {
                assertEquals(content == null, type == null, what + ", " + type);
                return answer.statusCode();
            }
            Json.Obj media = content.members().entrySet().stream().filter(one -> bare(one.getKey()).equals(bare(type)))
                    .map(one -> (Json.Obj) one.getValue()).findFirst().orElse(null);
            assertNotNull(media, what + ": " + type + " is not described");
            if (operation.startsWith("head ")) {
                return answer.statusCode();
            }
            if (bare(type).equals("application/json")) {
                String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                if (Json.parse(text) instanceof Json.Obj object && object.text("token") != null) {
                    token = object.text("token");
                }
                String wrong = wrong(Json.parse(text), object(media, "schema"), "");
                assertEquals(null, wrong, what + " " + text);
            }
        }
        return answer.statusCode();
    }

    private String idFor(String operation) {
        String path = operation.substring(operation.indexOf(' ') + 1);
        return path.startsWith("/api/cron") ? "n" : path.startsWith("/api/backends") ? "echo"
                : path.startsWith("/api/tokens") ? "ci" : path.startsWith("/api/blobs") ? "sha256:" + "0".repeat(64)
                : path.startsWith("/api/tasks/actions") ? "action_000000000000" : !path.startsWith("/api/tasks") ? "m"
                : operation.startsWith("delete") ? done : pending;
    }

    private static String bare(String type) {
        return type.replaceFirst(";.*", "");
    }

    private Json.Obj described(String operation) {
        String[] words = operation.split(" ");
        return object(object(object(api, "paths"), words[1]), words[0]);
    }

    private static Json.Obj object(Json.Obj in, String name) {
        return (Json.Obj) in.get(name);
    }

    // ---- the subset of JSON Schema that the description uses

    /// Returns how a value violates its schema; null if it does not.
    private String wrong(Json value, Json.Obj schema, String at) {
        if (schema.text("$ref") != null) {
            String name = schema.text("$ref").replaceFirst(".*/", "");
            Json.Obj named = object(object(object(api, "components"), "schemas"), name);
            return named == null ? "no schema " + name : wrong(value, named, at);
        }
        if (schema.get("anyOf") instanceof Json.Arr any) {
            List<String> all = new ArrayList<>();
            for (Json one : any.values()) {
                String wrong = wrong(value, (Json.Obj) one, at);
                if (wrong == null) {
                    return null;
                }
                all.add(wrong);
            }
            return String.join(" and ", all);
        }
        String type = schema.text("type");
        String kind = switch (value) {
            case Json.Obj object -> "object";
            case Json.Arr array -> "array";
            case Json.Str string -> "string";
            case Json.Num number -> number.digits().matches("-?\\d+") ? "integer" : "number";
            case Json.Bool bool -> "boolean";
            case Json.Null nothing -> "null";
            case Json.Deep deep -> "too deep";
        };
        if (type != null && !type.equals(kind) && !(type.equals("number") && kind.equals("integer"))) {
            return at + " is of type " + kind + ", not " + type;
        }
        if (schema.get("enum") instanceof Json.Arr words && !words.values().contains(value)) {
            return at + " is none of " + words.text();
        }
        if (value instanceof Json.Arr array && schema.get("items") instanceof Json.Obj items) {
            return array.values().stream().map(one -> wrong(one, items, at + "[]")).filter(wrong -> wrong != null)
                    .findFirst().orElse(null);
        }
        return value instanceof Json.Obj object ? wrongMember(object, schema, at) : null;
    }

    private String wrongMember(Json.Obj object, Json.Obj schema, String at) {
        Json.Obj properties = object(schema, "properties");
        Json.Obj others = schema.get("additionalProperties") instanceof Json.Obj any ? any : null;
        for (Map.Entry<String, Json> member : object.members().entrySet()) {
            Json.Obj own = properties == null ? others : object(properties, member.getKey());
            if (own == null && properties != null) {
                return at + "." + member.getKey() + " is not described";
            }
            String wrong = own == null ? null : wrong(member.getValue(), own, at + "." + member.getKey());
            if (wrong != null) {
                return wrong;
            }
        }
        return schema.get("required") instanceof Json.Arr required ? required.values().stream()
                .map(name -> ((Json.Str) name).value()).filter(name -> !object.members().containsKey(name))
                .map(name -> at + "." + name + " is missing").findFirst().orElse(null) : null;
    }

    // ---- an independent validator

    @Test
    void redocly_isContent() throws Exception {
        Path npm = Npm.folder("@redocly/cli", "2.77.0");
        Path file = Files.writeString(directory.resolve("openapi.json"), api.text());
        // a path without {id} comes before one with it, as OpenAPI requires, too
        ProcessBuilder lint = new ProcessBuilder("node", npm.resolve("bin/cli.js").toString(), "lint",
                "--skip-rule=no-ambiguous-paths", file.toString()).redirectErrorStream(true);
        lint.environment().putAll(Map.of("REDOCLY_TELEMETRY", "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE", "true"));
        Process redocly = lint.start();
        try {
            redocly.getOutputStream().close();
            String said = new String(redocly.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(redocly.waitFor(60, TimeUnit.SECONDS), said);
            assertEquals(0, redocly.exitValue(), said);
            assertTrue(said.contains("is valid") && !said.contains("Warning was"), said);
        } finally {
            redocly.destroyForcibly();
        }
    }
}
