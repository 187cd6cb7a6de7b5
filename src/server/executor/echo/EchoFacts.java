package server.executor.echo;

import java.time.Instant;
import java.util.Set;

import server.executor.HostAnswer;
import server.executor.HostHead;
import server.executor.HostReport;
import shared.json.JsonWriter;

/// The answers that an Ollama server with the single model `echo` would give to questions about itself.
///
/// @param openedAt when the model was added
record EchoFacts(Instant openedAt) {

    static final String MODEL = "echo";

    /// The paths of the questions that it answers; `/v1/models/` is followed by a model's name.
    private static final Set<String> PATHS = Set.of("/api/version", "/api/tags", "/api/ps", "/api/show", "/v1/models");
    private static final String ONE_MODEL = "/v1/models/";

    private static final String DIGEST = "ec40".repeat(16);

    static boolean tells(String path) {
        return PATHS.contains(path) || path.startsWith(ONE_MODEL);
    }

    /// Returns the answer to a question; [#tells] must be true for its path.
    HostAnswer answer(String path) {
        JsonWriter out = new JsonWriter();
        switch (path) {
            case "/api/version" -> out.beginObject().name("version").string(HostReport.OLLAMA_VERSION).endObject();
            case "/api/tags" -> tags(out);
            case "/api/ps" -> out.beginObject().name("models").beginArray().endArray().endObject();
            case "/api/show" -> show(out);
            case "/v1/models" -> {
                out.beginObject().name("object").string("list").name("data").beginArray();
                model(out, MODEL);
                out.endArray().endObject();
            }
            default -> model(out, path.substring(ONE_MODEL.length()));
        }
        return json(200, out);
    }

    /// Returns the answer to a wrong request, in the form of the path's API.
    static HostAnswer refusal(String path, String message) {
        JsonWriter out = new JsonWriter().beginObject().name("error");
        if (path.startsWith("/v1/")) {
            out.beginObject().name("message").string(message).name("type").string("invalid_request_error")
                    .name("param").nul().name("code").nul().endObject();
        } else {
            out.string(message);
        }
        return json(400, out.endObject());
    }

    static HostAnswer json(int status, JsonWriter json) {
        byte[] body = json.toBytes();
        return new HostAnswer(new HostHead(status, "application/json; charset=utf-8", body.length, null, null), body);
    }

    private void tags(JsonWriter out) {
        out.beginObject().name("models").beginArray().beginObject().name("name").string(MODEL)
                .name("model").string(MODEL).name("modified_at").string(openedAt.toString())
                .name("size").number(0).name("digest").string(DIGEST);
        details(out);
        out.endObject().endArray().endObject();
    }

    private void show(JsonWriter out) {
        out.beginObject().name("modelfile").string("FROM " + MODEL + "\n").name("parameters").string("")
                .name("template").string("{{ .Prompt }}");
        details(out);
        out.name("model_info").beginObject().name("general.architecture").string(MODEL)
                .name("general.parameter_count").number(0).name("echo.context_length").number(1 << 20)
                .name("echo.embedding_length").number(WordVector.DIMENSIONS).endObject();
        out.name("capabilities").beginArray().string("completion").string("embedding").endArray()
                .name("modified_at").string(openedAt.toString()).endObject();
    }

    private static void details(JsonWriter out) {
        out.name("details").beginObject().name("parent_model").string("").name("format").string("")
                .name("family").string(MODEL).name("families").beginArray().string(MODEL).endArray()
                .name("parameter_size").string("0").name("quantization_level").string("").endObject();
    }

    private void model(JsonWriter out, String name) {
        out.beginObject().name("id").string(name).name("object").string("model")
                .name("created").number(openedAt.getEpochSecond()).name("owned_by").string("library").endObject();
    }
}
