package server.executor.answer;

import java.io.ByteArrayOutputStream;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

import server.executor.wire.AnswerLines;
import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Writes the answers of Ollama's own API: lines of JSON, or one object.
final class OllamaWriter implements AnswerWriter {

    /// Members of a result that a stream's last line does not have, or that are written separately. `runs` is the
    /// queue's own.
    private static final Set<String> NOT_LAST = Set.of("model", "created_at", "message", "response", "thinking",
            "tool_calls", "done", "runs");

    private final String path;
    private final boolean isChat;
    private final String model;
    private final InstantSource clock;

    OllamaWriter(String path, String model, InstantSource clock) {
        this.path = path;
        this.isChat = path.equals("/api/chat");
        this.model = model;
        this.clock = clock;
    }

    @Override
    public String contentType(boolean streams) {
        return streams ? "application/x-ndjson" : "application/json; charset=utf-8";
    }

    @Override
    public byte[] piece(String text, boolean isThinking) {
        return line(said(isThinking ? "" : text, isThinking ? text : null, null).name("done").bool(false));
    }

    /// Writes tool calls on a line of their own before the last one, where clients expect them.
    @Override
    public byte[] end(Slice result, boolean thought, boolean spoke) {
        Said said = Said.of(result);
        ByteArrayOutputStream out = said.unwritten(this, thought, spoke);
        if (said.toolCalls() != null) {
            out.writeBytes(line(said("", null, said.toolCalls()).name("done").bool(false)));
        }
        JsonWriter last = said("", null, null).name("done").bool(true);
        said.members().forEach((name, value) -> {
            if (!NOT_LAST.contains(name)) {
                last.name(name).raw(value);
            }
        });
        out.writeBytes(line(last));
        return out.toByteArray();
    }

    @Override
    public byte[] whole(Slice result) {
        Map<String, Slice> members = Members.of(result, "the result");
        JsonWriter out = new JsonWriter(result.length() + 128).beginObject();
        if (path.equals("/api/embeddings")) {
            out.name("embedding").raw(first(members.get("embeddings")));
        } else {
            out.name("model").string(model);
            members.forEach((name, value) -> {
                if (!name.equals("model")) {
                    out.name(name).raw(value);
                }
            });
        }
        return out.endObject().toBytes();
    }

    /// Returns the only vector of a list; Ollama returns an empty list for an empty text.
    private static Slice first(Slice vectors) {
        Members.expect(vectors != null, "the result has no embeddings");
        JsonReader in = Members.reader(vectors);
        in.beginArray();
        return in.nextElement() ? in.raw() : vectors;
    }

    /// Returns an object that is complete up to the text.
    private JsonWriter said(String text, String thinking, Slice toolCalls) {
        JsonWriter out = new JsonWriter().beginObject().name("model").string(model)
                .name("created_at").string(clock.instant().toString());
        if (isChat) {
            out.name("message").beginObject().name("role").string("assistant").name("content").string(text);
        } else {
            out.name("response").string(text);
        }
        if (thinking != null) {
            out.name("thinking").string(thinking);
        }
        if (toolCalls != null) {
            out.name("tool_calls").raw(toolCalls);
        }
        return isChat ? out.endObject() : out;
    }

    private static byte[] line(JsonWriter object) {
        object.endObject();
        AnswerLines.joinLines(object.buffer(), 0, object.length());
        byte[] line = Arrays.copyOf(object.buffer(), object.length() + 1);
        line[object.length()] = '\n';
        return line;
    }
}
