package server.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

import shared.Problem;
import shared.TaskType;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Builds the body of Ollama's request from a submission's `payload` and the fields beside it. Values keep their bytes;
/// a payload that needs no change is passed on as it is, without a copy.
///
/// These things change a payload: `model` and `stream` (also inside `options`) are removed; fields given beside it are
/// added; a bare array becomes a chat's messages; and in a chat, `system` becomes the first message and `prompt` the
/// last one, with the `images`, which without a prompt go with the last user message. Line ends become spaces.
final class PayloadBuilder {

    /// The fields of a request that a submission may give beside `payload`, with the kinds of value that Ollama
    /// accepts.
    private static final Map<String, Set<Kind>> KINDS = Map.ofEntries(
            Map.entry("messages", Set.of(Kind.ARRAY)),
            Map.entry("prompt", Set.of(Kind.STRING)),
            Map.entry("system", Set.of(Kind.STRING)),
            Map.entry("input", Set.of(Kind.STRING, Kind.ARRAY)),
            Map.entry("options", Set.of(Kind.OBJECT)),
            Map.entry("format", Set.of(Kind.STRING, Kind.OBJECT)),
            Map.entry("tools", Set.of(Kind.ARRAY)),
            Map.entry("images", Set.of(Kind.ARRAY)),
            Map.entry("think", Set.of(Kind.BOOLEAN, Kind.STRING)),
            Map.entry("keep_alive", Set.of(Kind.STRING, Kind.NUMBER)),
            Map.entry("template", Set.of(Kind.STRING)),
            Map.entry("raw", Set.of(Kind.BOOLEAN)),
            Map.entry("suffix", Set.of(Kind.STRING)),
            Map.entry("context", Set.of(Kind.ARRAY)),
            Map.entry("truncate", Set.of(Kind.BOOLEAN)),
            Map.entry("dimensions", Set.of(Kind.NUMBER)));

    static final Set<String> FIELDS = KINDS.keySet();

    /// The fields that hold what the model is asked; each type of task takes its own.
    private static final Set<String> TEXTS = Set.of("messages", "prompt", "input");

    private final FieldReader fields;
    private final JsonReader json;
    private final ChatTurns messages;

    /// The request's members, from both places.
    private final Map<String, Slice> members = new LinkedHashMap<>();
    /// The payload as it was given; null if it must be assembled.
    private Slice whole;
    /// Whether the reader is inside the payload.
    private boolean inPayload;
    private boolean bareMessages;
    /// Whether something was removed from it.
    private boolean dropped;
    /// The names of the fields that were given beside it.
    private final List<String> beside = new ArrayList<>();
    private String model;
    private Slice firstInput;
    /// Why the payload is not one of Ollama's requests; null if it is one.
    private JsonException wrong;

    PayloadBuilder(FieldReader fields) {
        this.fields = fields;
        json = fields.json;
        messages = new ChatTurns(json);
    }

    /// Returns the `model` inside the payload; null if there is none.
    String model() {
        return model;
    }

    /// Reads the value of `payload`. Whether it must be one of Ollama's requests is decided later.
    void readPayload() {
        long mark = json.mark();
        inPayload = true;
        try {
            readRequest();
        } catch (JsonException notOllamas) {
            json.back(mark);
            whole = json.raw();
            wrong = notOllamas;
        }
        inPayload = false;
    }

    private void readRequest() {
        int from = json.position();
        if (json.peek() == Kind.ARRAY) {
            bareMessages = true;
            add("messages");
            return;
        }
        json.beginObject();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            if (name.equals("stream")) {
                json.skip();
                dropped = true;
            } else if (name.equals("model")) {
                model = fields.absent() ? null : fields.text(SubmissionReader.MODEL_LENGTH_MAX);
                dropped = true;
            } else {
                add(name);
            }
        }
        whole = json.since(from);
    }

    /// Reads the value of a field beside `payload`; returns false if the request has no such field.
    boolean readField(String name) {
        if (!KINDS.containsKey(name)) {
            return false;
        }
        expectKinds(name);
        if (add(name)) {
            beside.add(name);
        }
        return true;
    }

    /// @throws JsonException if the payload is not one of Ollama's requests, as it must be without an endpoint
    void checkRequest() {
        if (wrong != null) {
            throw wrong;
        }
    }

    /// Returns the whole body for another endpoint, unchanged.
    Slice body() {
        if (!beside.isEmpty()) {
            throw Problem.badRequest("with endpoint, payload is the whole request, so " + beside.getFirst()
                    + " must not be given beside it");
        }
        if (whole == null || whole.bytes()[whole.from()] != '{') {
            throw Problem.badRequest("with endpoint, payload must be the whole request, an object");
        }
        return whole;
    }

    /// Returns the request's body for Ollama's endpoint of this type.
    Slice build(TaskType type) {
        if (bareMessages && type != TaskType.CHAT) {
            throw Problem.badRequest("payload must be an object; only a chat's may be its array of messages");
        }
        check(type);
        boolean turns = type == TaskType.CHAT
                && (given("system") || given("prompt") || given("images"));
        if (whole != null && !dropped && beside.isEmpty() && !turns) {
            return Values.oneLine(whole);
        }
        JsonWriter out = new JsonWriter(size());
        out.beginObject();
        if (turns) {
            out.name("messages");
            messages.write(out, filled("system"), filled("prompt"), filled("images"));
        }
        for (Map.Entry<String, Slice> member : members.entrySet()) {
            if (!turns || !isTurn(member.getKey())) {
                out.name(member.getKey()).raw(member.getValue());
            }
        }
        out.endObject();
        Values.oneLine(out.buffer(), out.length());
        return new Slice(out.buffer(), 0, out.length());
    }

    /// Returns the beginning of what the model is asked.
    String preview(TaskType type) {
        Slice text = switch (type) {
            case CHAT -> filled("prompt") != null ? filled("prompt") : messages.lastText();
            case GENERATE -> members.get("prompt");
            case EMBED -> firstInput;
        };
        return text == null ? "" : Preview.ofJson(text);
    }

    /// See [Terms#runner].
    RunnerOptions runner(TaskType type) {
        RunnerOptions.Reading runner = new RunnerOptions.Reading();
        members.forEach((name, value) -> runner.read(RunnerOptions.folded(name), JsonReader.ofOwn(value)));
        return runner.options(type, null);
    }

    // ---- reading

    /// Reads a value. If both places give the same name, a null or empty one is ignored.
    ///
    /// @return whether the value was added to the members
    private boolean add(String name) {
        int from = json.position();
        Slice value = json.peek() == Kind.NULL ? json.raw() : value(name);
        Slice other = members.get(name);
        boolean idle = Values.isNull(value) || name.equals("options") && Values.isEmpty(value);
        if (idle && (other != null || !inPayload)) {
            return false;
        }
        if (other != null && !Values.isNull(other) && !(name.equals("options") && Values.isEmpty(other))) {
            throw json.errorAt(from, name + " is given both in payload and at the top level");
        }
        members.put(name, value);
        return true;
    }

    /// Reads a value, checking those that matter here.
    private Slice value(String name) {
        switch (name) {
            case "prompt", "system", "images", "messages", "input", "options" -> expectKinds(name);
            default -> {
                return json.raw();
            }
        }
        return switch (name) {
            case "messages" -> messages.read();
            case "input" -> input();
            case "options" -> options();
            default -> json.raw();
        };
    }

    private void expectKinds(String name) {
        Set<Kind> kinds = KINDS.get(name);
        if (kinds.contains(json.peek())) {
            return;
        }
        StringJoiner words = new StringJoiner(" or ");
        for (Kind kind : Kind.values()) {
            if (kinds.contains(kind)) {
                words.add(kind.article);
            }
        }
        throw json.mustBe(words.toString());
    }

    private Slice input() {
        if (json.peek() == Kind.STRING) {
            firstInput = json.raw();
            return firstInput;
        }
        int from = json.position();
        json.beginArray();
        while (json.nextElement()) {
            Slice text = json.raw(Kind.STRING);
            firstInput = firstInput == null ? text : firstInput;
        }
        return json.since(from);
    }

    /// Returns the options without `stream`.
    private Slice options() {
        int from = json.position();
        Map<String, Slice> kept = new LinkedHashMap<>();
        boolean stream = false;
        json.beginObject();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            Slice value = json.raw();
            if (name.equals("stream")) {
                stream = true;
            } else {
                kept.put(name, value);
            }
        }
        Slice whole = json.since(from);
        if (!stream) {
            return whole;
        }
        dropped |= inPayload;
        JsonWriter out = new JsonWriter(whole.length() + 16);
        out.beginObject();
        kept.forEach((name, value) -> out.name(name).raw(value));
        out.endObject();
        return new Slice(out.buffer(), 0, out.length());
    }

    // ---- building

    private void check(TaskType type) {
        List<String> takes = switch (type) {
            case CHAT -> List.of("messages", "prompt");
            case GENERATE -> List.of("prompt");
            case EMBED -> List.of("input");
        };
        for (String name : beside) {
            if (TEXTS.contains(name) && !takes.contains(name)) {
                throw Problem.badRequest("a task of type " + type.text + " does not take " + name + "; it takes "
                        + String.join(" or ", takes));
            }
        }
        // Ollama answers a request without text at once, by loading the model: that must not pass for an answer
        boolean asked = false;
        String empty = "";
        for (String name : takes) {
            if (filled(name) != null) {
                asked = true;
            } else if (given(name)) {
                empty = "; " + name + " is empty";
            }
        }
        if (!asked) {
            throw Problem.badRequest("a task of type " + type.text + " needs " + String.join(" or ", takes) + empty);
        }
    }

    private static boolean isTurn(String name) {
        return name.equals("messages") || name.equals("system") || name.equals("prompt") || name.equals("images");
    }

    private int size() {
        int size = 64;
        for (Map.Entry<String, Slice> member : members.entrySet()) {
            size += member.getKey().length() + member.getValue().length() + 4;
        }
        return size;
    }

    /// Returns what was given under this name; null if nothing was, or a null, or an empty value.
    private Slice filled(String name) {
        Slice value = members.get(name);
        return Values.isNull(value) || Values.isEmpty(value) ? null : value;
    }

    private boolean given(String name) {
        return !Values.isNull(members.get(name));
    }
}
