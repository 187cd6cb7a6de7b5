package server.executor.relay;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import server.executor.answer.Members;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.JsonWriter;
import shared.json.Slice;

/// The names of the members in a body of Ollama's API. Ollama, as Go's `encoding/json`, takes them in any case:
/// `Messages` is `messages`. What answers such a call in its place reads them as they are documented. What Ollama does
/// not know stays as it is, and so do the keys of its maps: options, arguments, schemas.
///
/// @param inside the names at a place, in lower case, each with those inside of its value
public record OllamaNames(Map<String, OllamaNames> inside) {

    private static final OllamaNames NONE = new OllamaNames(Map.of());
    private static final OllamaNames TOOL = of("type id").with("function",
            of("name description parameters arguments index"));
    private static final OllamaNames BODY = of("model prompt suffix system template context stream raw format "
            + "keep_alive images options think input truncate dimensions shift logprobs top_logprobs")
            .with("tools", TOOL).with("messages", of("role content thinking images tool_name tool_call_id")
                    .with("tool_calls", TOOL));

    private static OllamaNames of(String names) {
        Map<String, OllamaNames> all = new HashMap<>();
        for (String name : names.split(" ")) {
            all.put(name, NONE);
        }
        return new OllamaNames(all);
    }

    private OllamaNames with(String name, OllamaNames itsOwn) {
        Map<String, OllamaNames> all = new HashMap<>(inside);
        all.put(name, itsOwn);
        return new OllamaNames(all);
    }

    /// Returns a call's body with its names as they are documented; that of a call of another API unchanged.
    ///
    /// @param body a JSON object
    public static Slice documented(String path, Slice body) {
        if (!path.startsWith("/api/")) {
            return body;
        }
        JsonWriter out = new JsonWriter(body.length());
        BODY.write(Members.reader(body), out);
        return out.slice();
    }

    private void write(JsonReader in, JsonWriter out) {
        Kind kind = in.peek();
        if (inside.isEmpty() || in.isDeep() || kind != Kind.OBJECT && kind != Kind.ARRAY) {
            out.raw(in.raw());
        } else if (kind == Kind.ARRAY) {
            in.beginArray();
            out.beginArray();
            while (in.nextElement()) {
                write(in, out);
            }
            out.endArray();
        } else {
            in.beginObject();
            out.beginObject();
            for (String name = in.nextName(); name != null; name = in.nextName()) {
                // also the long s is an s to Go
                String lower = name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
                inside.getOrDefault(lower, NONE).write(in, out.name(inside.containsKey(lower) ? lower : name));
            }
            out.endObject();
        }
    }
}
