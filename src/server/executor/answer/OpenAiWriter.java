package server.executor.answer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Writes the answers of OpenAI's completions and embeddings: events with one chunk each, or one object.
final class OpenAiWriter implements AnswerWriter {

    private final String path;
    private final boolean isChat;
    private final String model;
    private final String id;
    private final long createdSeconds;
    private final boolean asksForUsage;
    private final boolean asksForBase64;

    /// @param body the call's body: it says whether a stream ends with its usage, and how vectors are encoded
    OpenAiWriter(String path, String model, Slice body, InstantSource clock) {
        this.path = path;
        this.isChat = path.equals("/v1/chat/completions");
        this.model = model;
        Instant now = clock.instant();
        createdSeconds = now.getEpochSecond();
        id = (isChat ? "chatcmpl-" : "cmpl-") + Long.toString(createdSeconds * 1_000_000_000 + now.getNano(), 36);
        Map<String, Slice> request = Members.of(body, "the body");
        Slice options = request.get("stream_options");
        asksForUsage = options != null && Members.kind(options) == Kind.OBJECT
                && says(Members.of(options, "stream_options").get("include_usage"), "true");
        asksForBase64 = says(request.get("encoding_format"), "\"base64\"");
    }

    private static boolean says(Slice value, String text) {
        return value != null && value.text().equals(text);
    }

    @Override
    public String contentType(boolean streams) {
        return streams ? "text/event-stream" : "application/json";
    }

    @Override
    public byte[] piece(String text, boolean isThinking) {
        if (!isChat) {
            return isThinking ? new byte[0] : event(choice(chunk(), text, null));
        }
        JsonWriter out = delta().name("content").string(isThinking ? "" : text);
        if (isThinking) {
            out.name("reasoning").string(text);
        }
        return event(closed(out.endObject(), null));
    }

    @Override
    public byte[] end(Slice result, boolean thought, boolean spoke) {
        Said said = Said.of(result);
        ByteArrayOutputStream out = said.unwritten(this, thought, spoke);
        if (isChat && said.toolCalls() != null) {
            JsonWriter calls = delta().name("content").string("");
            toolCalls(calls, said.toolCalls());
            out.writeBytes(event(closed(calls.endObject(), null)));
        }
        String reason = finishReason(said);
        out.writeBytes(event(isChat ? closed(delta().name("content").string("").endObject(), reason)
                : choice(chunk(), "", reason)));
        if (asksForUsage) {
            JsonWriter usage = chunk().name("choices").beginArray().endArray();
            usage(usage, said);
            out.writeBytes(event(usage));
        }
        out.writeBytes("data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    @Override
    public byte[] whole(Slice result) {
        Said said = Said.of(result);
        if (path.equals("/v1/embeddings")) {
            return embeddings(said);
        }
        JsonWriter out = new JsonWriter(result.length() + 512);
        if (isChat) {
            head(out, "chat.completion").name("choices").beginArray().beginObject().name("index").number(0)
                    .name("message").beginObject().name("role").string("assistant")
                    .name("content").string(said.text());
            if (!said.thinking().isEmpty()) {
                out.name("reasoning").string(said.thinking());
            }
            if (said.toolCalls() != null) {
                toolCalls(out, said.toolCalls());
            }
            closed(out.endObject(), finishReason(said));
        } else {
            choice(head(out, "text_completion"), said.text(), finishReason(said));
        }
        usage(out, said);
        return out.endObject().toBytes();
    }

    private byte[] embeddings(Said said) {
        Slice vectors = said.members().get("embeddings");
        Members.expect(vectors != null, "the result has no embeddings");
        JsonWriter out = new JsonWriter(vectors.length() + 512).beginObject().name("object").string("list")
                .name("data").beginArray();
        JsonReader in = Members.reader(vectors);
        in.beginArray();
        for (int i = 0; in.nextElement(); i++) {
            out.beginObject().name("object").string("embedding").name("embedding");
            if (asksForBase64) {
                out.string(base64(in));
            } else {
                out.raw(in.raw());
            }
            out.name("index").number(i).endObject();
        }
        long tokens = said.count("prompt_eval_count");
        return out.endArray().name("model").string(model).name("usage").beginObject()
                .name("prompt_tokens").number(tokens).name("total_tokens").number(tokens).endObject()
                .endObject().toBytes();
    }

    /// Encodes a vector as floats of 4 bytes, little-endian.
    private static String base64(JsonReader in) {
        List<Float> numbers = new ArrayList<>();
        in.beginArray();
        while (in.nextElement()) {
            numbers.add(Float.parseFloat(in.number()));
        }
        ByteBuffer bytes = ByteBuffer.allocate(numbers.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        numbers.forEach(bytes::putFloat);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private JsonWriter head(JsonWriter out, String object) {
        return out.beginObject().name("id").string(id).name("object").string(object)
                .name("created").number(createdSeconds).name("model").string(model);
    }

    private JsonWriter chunk() {
        return head(new JsonWriter(), isChat ? "chat.completion.chunk" : "text_completion");
    }

    /// Returns a chat's chunk, open inside its delta.
    private JsonWriter delta() {
        return chunk().name("choices").beginArray().beginObject().name("index").number(0)
                .name("delta").beginObject().name("role").string("assistant");
    }

    /// Ends the only choice, and the choices.
    private static JsonWriter closed(JsonWriter choice, String finishReason) {
        return choice.name("finish_reason").string(finishReason).endObject().endArray();
    }

    private static JsonWriter choice(JsonWriter out, String text, String finishReason) {
        return closed(out.name("choices").beginArray().beginObject().name("index").number(0)
                .name("text").string(text), finishReason);
    }

    /// Writes tool calls in OpenAI's form: the arguments as a string, and an index and a type for each call.
    private void toolCalls(JsonWriter out, Slice calls) {
        out.name("tool_calls").beginArray();
        JsonReader in = Members.reader(calls);
        in.beginArray();
        for (int i = 0; in.nextElement(); i++) {
            Map<String, Slice> call = Members.of(in.raw(), "tool_calls[]");
            Members.expect(call.containsKey("function"), "tool_calls[] has no function");
            Map<String, Slice> function = Members.of(call.get("function"), "tool_calls[].function");
            Slice arguments = function.get("arguments");
            out.beginObject().name("index").number(i)
                    .name("id").string(Members.isText(call.get("id")) ? Members.text(call.get("id"), "")
                            : "call_" + id.substring(id.indexOf('-') + 1) + "_" + i)
                    .name("type").string("function").name("function").beginObject()
                    .name("name").string(Members.text(function.get("name"), "tool_calls[].function.name"))
                    .name("arguments").string(arguments == null ? "{}"
                            : Members.isText(arguments) ? Members.text(arguments, "") : arguments.text())
                    .endObject().endObject();
        }
        out.endArray();
    }

    private static String finishReason(Said said) {
        return said.toolCalls() != null ? "tool_calls" : said.doneReason();
    }

    private static void usage(JsonWriter out, Said said) {
        long prompt = said.count("prompt_eval_count");
        long answer = said.count("eval_count");
        out.name("usage").beginObject().name("prompt_tokens").number(prompt)
                .name("completion_tokens").number(answer).name("total_tokens").number(prompt + answer).endObject();
    }

    private static byte[] event(JsonWriter chunk) {
        return ("data: " + chunk.endObject() + "\n\n").getBytes(StandardCharsets.UTF_8);
    }
}
