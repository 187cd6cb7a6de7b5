package server.executor.openai;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import server.executor.Call;
import server.executor.answer.Members;
import shared.json.JsonReader.Kind;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Translates a task into OpenAI's API.
///
/// | task | becomes |
/// |---|---|
/// | chat | `/chat/completions` |
/// | generate | `/chat/completions` with the messages system and user |
/// | generate with `raw` or `suffix` | `/completions`, where the model gets the text unchanged |
/// | embed | `/embeddings` |
///
/// A generate becomes a chat because Ollama, too, puts the system message and prompt into the model's chat template;
/// with `raw` it does not, and `suffix` has its own template.
///
/// | Ollama's | becomes |
/// |---|---|
/// | `format` | `response_format` |
/// | `think` `"low"` … | `reasoning_effort` |
/// | `options.num_predict` above 0 | `max_tokens`; other values mean "no limit" and are dropped |
/// | `options.temperature top_p seed stop presence_penalty frequency_penalty` | the same |
/// | other `options`, `keep_alive`, `think` true or false, `truncate`, `shift` | left out, named in `notes` |
/// | in `/completions` also `think`, `logprobs`, `top_logprobs` | the same |
/// | fields of another type of task, and OpenAI's `encoding_format` | the same |
/// | `template`, `context`, `raw` with `system`, `images` or `format` | refused |
///
/// A field that only shapes or speeds up the answer may be left out; without a field that is refused, the answer would
/// be to another question.
///
/// Any other member is taken to be OpenAI's own (`reasoning_effort`, `tool_choice`, …) and reaches the host unchanged;
/// it overrides what an option became.
final class Translation {

    private static final Set<String> SAME = Set.of("temperature", "top_p", "seed", "stop", "presence_penalty",
            "frequency_penalty");

    private static final String STREAM_OPTIONS = "stream_options";

    private final Endpoint endpoint;
    private final boolean usage;
    private final Map<String, Slice> payload;
    private final JsonWriter out;
    private final Set<String> leftOut = new LinkedHashSet<>();
    private final String path;

    /// @param model the host's name for the model
    /// @param usage whether a stream should report its usage, which takes a field that some hosts refuse
    /// @throws IllegalArgumentException if OpenAI's API cannot express the task, with a message for the user
    Translation(Call call, String model, Endpoint endpoint, boolean usage) {
        this.endpoint = endpoint;
        this.usage = usage;
        payload = Members.of(call.payload(), "the payload");
        out = new JsonWriter(call.payload().length() + 1024).beginObject().name("model").string(model);
        path = switch (call.type()) {
            case CHAT -> chat();
            case GENERATE -> isTrue(payload.get("raw")) || isSaid(payload.get("suffix")) ? completion() : generate();
            case EMBED -> embed();
        };
        out.endObject();
    }

    /// Returns the path, relative to the endpoint's base URL.
    String path() {
        return path;
    }

    Slice body() {
        return new Slice(out.buffer(), 0, out.length());
    }

    /// Returns the fields of the task that are not sent to the host; empty if all are.
    Set<String> leftOut() {
        return leftOut;
    }

    /// Returns whether a host's error is about the field that asks for the usage, which is not a part of the task.
    boolean blamedForUsage(byte[] error) {
        return path.endsWith("/completions") && new String(error, StandardCharsets.UTF_8).contains(STREAM_OPTIONS);
    }

    private String chat() {
        Slice messages = payload.remove("messages");
        Members.expect(messages != null, "the task has no messages");
        stream();
        new OpenAiMessages(out.name("messages"), leftOut).write(messages);
        return chatSettings();
    }

    private String generate() {
        refuse("has no counterpart in OpenAI's API", "template", "context");
        payload.remove("raw");
        payload.remove("suffix");
        Slice system = payload.remove("system");
        Slice images = payload.remove("images");
        Slice prompt = payload.remove("prompt");
        boolean seen = Images.any(images, "images");
        Members.expect(prompt == null || Members.isText(prompt), "prompt must be a string");
        Members.expect(isSaid(prompt) || seen, "the task has no prompt");
        stream();
        out.name("messages").beginArray();
        if (isSaid(system)) {
            put(out.beginObject().name("role").string("system").name("content"), system).endObject();
        }
        out.beginObject().name("role").string("user").name("content");
        if (seen) {
            Images.write(out, isSaid(prompt) ? prompt : null, images, "images");
        } else {
            put(out, prompt);
        }
        out.endObject().endArray();
        return chatSettings();
    }

    private String chatSettings() {
        format();
        Map<String, Slice> settings = settings(endpoint.maxTokens());
        Slice think = payload.remove("think");
        if (Members.isText(think)) {
            settings.put("reasoning_effort", think);
        } else if (think != null) {
            leftOut.add("think");
        }
        rest(settings);
        return "/chat/completions";
    }

    private String completion() {
        refuse("has no counterpart in OpenAI's API", "template", "context");
        refuse("has no place in a generate with raw or suffix on an OpenAI-compatible host", "images", "format");
        Slice prompt = payload.remove("prompt");
        Slice suffix = payload.remove("suffix");
        Members.expect(!isSaid(payload.remove("system")), "system has no place in a generate with raw or suffix on an "
                + "OpenAI-compatible host; put it into the prompt");
        Members.expect(prompt == null || Members.isText(prompt), "prompt must be a string");
        Members.expect(isSaid(prompt) || isSaid(suffix), "the task has no prompt");
        payload.remove("raw");
        stream();
        if (prompt == null) {
            out.name("prompt").string("");
        } else {
            put(out.name("prompt"), prompt);
        }
        if (isSaid(suffix)) {
            put(out.name("suffix"), suffix);
        }
        leaveOut("think", "logprobs", "top_logprobs");
        rest(settings("max_tokens"));
        return "/completions";
    }

    private String embed() {
        Slice input = payload.remove("input");
        Members.expect(input != null, "the task has no input");
        put(out.name("input"), input);
        Slice dimensions = payload.remove("dimensions");
        if (dimensions != null) {
            put(out.name("dimensions"), dimensions);
        }
        // OpenAI's API does not truncate anyway
        if (!isTrue(payload.get("truncate"))) {
            payload.remove("truncate");
        }
        Slice options = payload.remove("options");
        if (options != null) {
            Members.of(options, "options").keySet().forEach(name -> leftOut.add("options." + name));
        }
        rest(new LinkedHashMap<>());
        return "/embeddings";
    }

    private void stream() {
        out.name("stream").bool(true);
        if (usage) {
            out.name(STREAM_OPTIONS).beginObject().name("include_usage").bool(true).endObject();
        }
    }

    private void format() {
        Slice format = payload.remove("format");
        if (format == null || format.text().equals("\"\"") || payload.containsKey("response_format")) {
            return;
        }
        out.name("response_format").beginObject().name("type");
        if (Members.kind(format) == Kind.OBJECT) {
            put(out.string("json_schema").name("json_schema").beginObject().name("name").string("answer")
                    .name("schema"), format).endObject();
        } else {
            Members.expect(format.text().equals("\"json\""), "format must be \"json\" or a JSON schema");
            out.string("json_object");
        }
        out.endObject();
    }

    /// Returns the settings that Ollama's options become.
    private Map<String, Slice> settings(String maxTokens) {
        Map<String, Slice> settings = new LinkedHashMap<>();
        Slice options = payload.remove("options");
        if (options != null) {
            Members.of(options, "options").forEach((name, value) -> {
                if (name.equals("num_predict")) {
                    if (!value.text().matches("-.*|0")) {
                        settings.put(maxTokens, value);
                    }
                } else if (!SAME.contains(name)) {
                    leftOut.add("options." + name);
                } else if (!value.text().matches("\\[\\s*]")) {
                    settings.put(name, value);
                }
            });
        }
        return settings;
    }

    /// Writes the settings and the rest of the payload.
    private void rest(Map<String, Slice> settings) {
        leaveOut("keep_alive", "truncate", "shift", "messages", "prompt", "input", "encoding_format");
        Members.expect(!payload.containsKey("n") || payload.get("n").text().equals("1"),
                "n must be 1, because a task has one answer");
        // the queue sets these itself
        for (String ours : new String[] {"n", "model", "stream", STREAM_OPTIONS}) {
            payload.remove(ours);
        }
        settings.putAll(payload);
        settings.forEach((name, value) -> put(out.name(name), value));
    }

    private void leaveOut(String... names) {
        for (String name : names) {
            if (payload.remove(name) != null) {
                leftOut.add(name);
            }
        }
    }

    private void refuse(String why, String... names) {
        for (String name : names) {
            Slice value = payload.remove(name);
            Members.expect(value == null || value.text().matches("\"\"|\\[\\s*]"), name + " " + why);
        }
    }

    private static JsonWriter put(JsonWriter out, Slice value) {
        return out.raw(value.bytes(), value.from(), value.to());
    }

    private static boolean isSaid(Slice text) {
        return text != null && !text.text().equals("\"\"");
    }

    private static boolean isTrue(Slice value) {
        return value != null && value.text().equals("true");
    }
}
