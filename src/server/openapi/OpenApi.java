package server.openapi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import server.access.Scope;
import server.http.Answer;
import server.http.Routes;
import server.http.Routes.Row;
import server.http.WebRequest;
import shared.Version;
import shared.json.JsonWriter;

/// The description of the API. A row's `about` has a sentence, the request and the answers:
///
/// ```
/// submits a task | Submit Idempotency-Key | 201 Submitted 409 429 507
/// ```
///
/// The request is the type of its body, if it has one, and the headers that have a meaning. Each status is followed by
/// the types of its answers: a type of [Shapes] is JSON; `text`, `html`, `file`, `events` and `lines` are themselves;
/// no type means an error for statuses from 400 on, and no body for lower ones. Answers that every route may give are
/// not repeated.
public final class OpenApi {

    /// The statuses with which any request may be refused.
    private static final List<Integer> ALWAYS = List.of(400, 403, 408, 431, 500, 503);
    /// The statuses for requests without the right token, and for too many of them.
    private static final List<Integer> GUARDED = List.of(401, 429);
    private static final List<Integer> WITH_BODY = List.of(413, 415);
    private static final int FIRST_ERROR = 400;
    private static final String ERROR = "Error";
    /// The security schemes: ways to send a token.
    private static final String TOKEN = "token";
    private static final String KEY = "key";
    private static final String PARAMETERS = "parameters";

    private static final Map<Integer, String> MEANINGS = Map.ofEntries(Map.entry(200, "Done."),
            Map.entry(201, "Created, and durable."), Map.entry(202, "Accepted, and durable; the work continues."),
            Map.entry(204, "Done; the answer is empty."), Map.entry(304, "Not modified."),
            Map.entry(400, "Malformed; the error names the field or the position."),
            Map.entry(401, "A token is needed."), Map.entry(403, "Not allowed."), Map.entry(404, "Not found."),
            Map.entry(408, "The request arrived too slowly."), Map.entry(409, "It conflicts with the current state."),
            Map.entry(413, "Too large."), Map.entry(415, "Unsupported content type."),
            Map.entry(429, "Too many; Retry-After says when to try again."),
            Map.entry(431, "The headers are too large."), Map.entry(500, "A fault of the server, or of its disk."),
            Map.entry(502, "The host failed."), Map.entry(503, "Not now; Retry-After says when to try again."),
            Map.entry(504, "The host did not answer in time."), Map.entry(507, "The disk is full."));

    private static final Map<String, String> MEDIA = Map.of("text", Answer.TEXT, "html", "text/html; charset=utf-8",
            "file", "application/octet-stream", "events", "text/event-stream", "lines", Answer.NDJSON,
            "script", "text/javascript", "style", "text/css", "image", "image/svg+xml");

    private final Routes routes;
    private final Shapes shapes;

    /// @param routes must have all routes when [#show] is called
    public OpenApi(Routes routes, Shapes shapes) {
        this.routes = routes;
        this.shapes = shapes;
    }

    /// Returns an answer with the description.
    public Answer show(WebRequest request) {
        JsonWriter out = new JsonWriter(128 << 10).beginObject().name("openapi").string("3.1.0");
        out.name("info").beginObject().name("title").string("ollama-queue").name("version").string(Version.TEXT);
        out.name("summary").string("A durable queue in front of Ollama and OpenAI-compatible hosts.");
        out.name("license").beginObject().name("name").string("MIT").name("identifier").string("MIT").endObject();
        out.endObject().name("servers").beginArray();
        server(out, "/").endObject().endArray();
        Map<String, List<Row>> paths = new TreeMap<>();
        routes.rows().stream().filter(row -> !row.about().isEmpty()).forEach(row ->
                paths.computeIfAbsent(row.path().replace("*}", "}"), path -> new ArrayList<>()).add(row));
        Set<Integer> errors = new TreeSet<>();
        out.name("paths").beginObject();
        paths.forEach((path, rows) -> {
            out.name(path).beginObject();
            rows.forEach(row -> operation(out.name(row.method().toLowerCase(Locale.ROOT)), path, row, errors));
            out.endObject();
        });
        out.endObject().name("components").beginObject();
        shapes.write(out.name("schemas"));
        out.name("responses").beginObject();
        errors.forEach(status -> answer(out.name(status.toString()), status, Set.of(ERROR)));
        out.endObject();
        out.name("securitySchemes").beginObject().name(TOKEN).beginObject().name("type").string("http")
                .name("scheme").string("bearer").endObject();
        out.name(KEY).beginObject().name("type").string("apiKey").name("in").string("header").name("name")
                .string("x-api-key").endObject().endObject();
        return Answer.json(200, out.endObject().endObject());
    }

    /// Writes the description of a route.
    ///
    /// @param errors receives the statuses that must be described in `components`
    private void operation(JsonWriter out, String path, Row row, Set<Integer> errors) {
        String[] about = row.about().split(" ?\\| ?", 3);
        Set<String> bodies = new LinkedHashSet<>();
        Set<String> headers = new LinkedHashSet<>();
        for (String word : about[1].split(" ")) {
            if (!word.isEmpty()) {
                (word.contains("-") ? headers : bodies).add(word);
            }
        }
        out.beginObject().name("operationId").string(id(row.method(), path)).name("summary").string(about[0]);
        out.name("security").beginArray();
        for (String scheme : row.scope() == Scope.OPEN ? List.<String>of() : row.isRelayed() ? List.of(TOKEN, KEY)
                : List.of(TOKEN)) {
            out.beginObject().name(scheme).beginArray().string(row.scope().text).endArray().endObject();
        }
        out.endArray().name("parameters").beginArray();
        if (path.contains("{id}")) {
            parameter(out, "id", "path", "text");
        }
        row.parameters().stream().sorted().forEach(name -> parameter(out, name, "query",
                shapes.typeOf(PARAMETERS, name)));
        headers.forEach(name -> parameter(out, name, "header", "text"));
        parameter(out, "X-Request-Id", "header", "text");
        out.endArray();
        if (row.isRelayed()) {
            out.name("servers").beginArray();
            server(out, "/").endObject();
            server(out, "/q/{asked}").name("variables").beginObject().name("asked").beginObject();
            out.name("default").string("priority=normal").name("description")
                    .string("priority, client and on, as in priority=low,client=nightly").endObject().endObject();
            out.endObject().endArray();
        }
        if (!bodies.isEmpty()) {
            out.name("requestBody").beginObject();
            content(out, bodies);
            out.endObject();
        }
        out.name("responses").beginObject();
        answers(about[2], path, row, !bodies.isEmpty()).forEach((status, types) -> {
            out.name(status.toString());
            if (types.equals(Set.of(ERROR))) {
                errors.add(status);
                out.beginObject().name("$ref").string("#/components/responses/" + status).endObject();
            } else {
                answer(out, status, types);
            }
        });
        out.endObject().endObject();
    }

    private static void answer(JsonWriter out, int status, Set<String> types) {
        out.beginObject().name("description").string(MEANINGS.get(status));
        content(out, types);
        out.endObject();
    }

    /// Returns the types of the answers by status.
    private static Map<Integer, Set<String>> answers(String written, String path, Row row, boolean hasBody) {
        Map<Integer, Set<String>> answers = new TreeMap<>();
        String error = row.isRelayed() ? "object" : ERROR;
        List<Integer> errors = new ArrayList<>(ALWAYS);
        if (row.scope() != Scope.OPEN) {
            errors.addAll(GUARDED);
        }
        if (path.contains("{id}")) {
            errors.add(404);
        }
        if (hasBody) {
            errors.addAll(WITH_BODY);
        }
        errors.forEach(status -> answers.computeIfAbsent(status, key -> new LinkedHashSet<>()).add(error));
        Set<String> types = Set.of();
        for (String word : written.split(" ")) {
            if (word.matches("\\d{3}")) {
                types = answers.computeIfAbsent(Integer.valueOf(word), key -> new LinkedHashSet<>());
                if (Integer.parseInt(word) >= FIRST_ERROR) {
                    types.add(error);
                }
            } else {
                types.add(word);
            }
        }
        return answers;
    }

    private static void content(JsonWriter out, Set<String> types) {
        Map<String, List<String>> byMedia = new LinkedHashMap<>();
        types.forEach(type -> byMedia.computeIfAbsent(MEDIA.getOrDefault(type, Answer.JSON), media -> new ArrayList<>())
                .add(type));
        if (byMedia.isEmpty()) {
            return;
        }
        out.name("content").beginObject();
        byMedia.forEach((media, all) -> {
            out.name(media).beginObject().name("schema");
            if (all.size() == 1) {
                Shapes.type(out, MEDIA.containsKey(all.getFirst()) ? "text" : all.getFirst());
            } else {
                out.beginObject().name("anyOf").beginArray();
                all.forEach(type -> Shapes.type(out, type));
                out.endArray().endObject();
            }
            out.endObject();
        });
        out.endObject();
    }

    private static JsonWriter server(JsonWriter out, String url) {
        return out.beginObject().name("url").string(url);
    }

    private static void parameter(JsonWriter out, String name, String in, String type) {
        out.beginObject().name("name").string(name).name("in").string(in);
        if (in.equals("path")) {
            out.name("required").bool(true);
        }
        Shapes.type(out.name("schema"), type);
        out.endObject();
    }

    /// Returns an id such as `getApiTasksIdEvents`.
    private static String id(String method, String path) {
        StringBuilder id = new StringBuilder(method.toLowerCase(Locale.ROOT));
        for (String word : path.split("[^A-Za-z0-9]+")) {
            id.append(word.isEmpty() ? "" : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return id.toString();
    }
}
