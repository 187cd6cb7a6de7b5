package server.task;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

import shared.Problem;
import shared.TaskType;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Gathers the body of Ollama's request from a submit's `payload` and from the fields beside it. Values stay the bytes
/// that they were; a payload that needs no change is handed on as it stands, without a copy.
///
/// What changes a payload: `model` and `stream` (also inside `options`) are taken out, fields that were given beside it
/// are put in, a bare array is a chat's messages, and of a chat `system` becomes the first message, `prompt` the last
/// one, with the `images`; without a prompt these go to the last user message. Line ends become spaces.
final class PayloadBuilder {

    /// The fields of a request that a submit may give beside `payload`, with the kinds that Ollama takes.
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

    /// What a model is asked; each type of task takes its own.
    private static final Set<String> TEXTS = Set.of("messages", "prompt", "input");

    private final FieldReader fields;
    private final JsonReader json;

    /// The request's members, from both places.
    private final Map<String, Slice> members = new LinkedHashMap<>();
    /// The payload as it stood; null if it must be put together.
    private Slice whole;
    /// Whether the reader is inside of it.
    private boolean inPayload;
    private boolean bareMessages;
    /// Whether something was taken out of it.
    private boolean dropped;
    /// The names that were given beside it.
    private final List<String> beside = new ArrayList<>();
    private String model;

    /// The last user message, and its content; its content alone is the last message's where no user speaks.
    private Slice lastUser;
    private Slice lastContent;
    private boolean lastUserHasImages;
    private Slice firstInput;

    PayloadBuilder(FieldReader fields) {
        this.fields = fields;
        json = fields.json;
    }

    /// The `model` inside the payload; null if there is none.
    String model() {
        return model;
    }

    /// Reads the value of `payload`.
    void readPayload() {
        int from = json.position();
        inPayload = true;
        if (json.peek() == Kind.ARRAY) {
            bareMessages = true;
            add("messages");
            inPayload = false;
            return;
        }
        fields.expect("payload", Kind.OBJECT);
        json.beginObject();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            if (name.equals("stream")) {
                json.skip();
                dropped = true;
            } else if (name.equals("model")) {
                model = fields.absent() ? null : fields.text("payload.model", SubmissionReader.MODEL_LENGTH_MAX);
                dropped = true;
            } else {
                add(name);
            }
        }
        whole = json.since(from);
        inPayload = false;
    }

    /// Reads the value of a field beside `payload`; false if it is none of the request's.
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

    /// The request's body for Ollama's endpoint of this type.
    Slice build(TaskType type) {
        if (bareMessages && type != TaskType.CHAT) {
            throw Problem.badRequest("payload must be an object; only a chat's may be its array of messages");
        }
        check(type);
        boolean turns = type == TaskType.CHAT
                && (given("system") || given("prompt") || given("images"));
        if (whole != null && !dropped && beside.isEmpty() && !turns) {
            return oneLine(whole);
        }
        JsonWriter out = new JsonWriter(size());
        out.beginObject();
        if (turns) {
            out.name("messages");
            writeMessages(out);
        }
        for (Map.Entry<String, Slice> member : members.entrySet()) {
            if (!turns || !isTurn(member.getKey())) {
                write(out.name(member.getKey()), member.getValue());
            }
        }
        out.endObject();
        oneLine(out.buffer(), 0, out.length());
        return new Slice(out.buffer(), 0, out.length());
    }

    /// The beginning of what the model is asked.
    String preview(TaskType type) {
        Slice text = switch (type) {
            case CHAT -> filled("prompt") ? members.get("prompt") : lastContent;
            case GENERATE -> members.get("prompt");
            case EMBED -> firstInput;
        };
        return text == null ? "" : Preview.ofJson(text);
    }

    // ---- reading

    /// Reads a value. Of two of one name from two places, one that says nothing gives way.
    ///
    /// @return whether it is one of the members now
    private boolean add(String name) {
        int from = json.position();
        Slice value = json.peek() == Kind.NULL ? json.raw() : value(name);
        Slice other = members.get(name);
        boolean idle = isNull(value) || name.equals("options") && empty(value);
        if (idle && (other != null || !inPayload)) {
            return false;
        }
        if (other != null && !isNull(other) && !(name.equals("options") && empty(other))) {
            throw json.errorAt(from, name + " is given both in payload and beside it");
        }
        members.put(name, value);
        return true;
    }

    /// Looks into the values that have a meaning here.
    private Slice value(String name) {
        return switch (name) {
            case "prompt", "system", "images" -> {
                expectKinds(name);
                yield json.raw();
            }
            case "messages" -> messages();
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
                words.add(FieldReader.word(kind));
            }
        }
        throw json.error(name + " must be " + words + ", not " + FieldReader.word(json.peek()));
    }

    private Slice messages() {
        expectKinds("messages");
        int from = json.position();
        json.beginArray();
        while (json.nextElement()) {
            fields.expect("a message", Kind.OBJECT);
            message();
        }
        return json.since(from);
    }

    private void message() {
        int from = json.position();
        boolean user = false;
        boolean images = false;
        Slice content = null;
        json.beginObject();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            switch (name) {
                case "role" -> {
                    fields.expect("role", Kind.STRING);
                    user = json.string().equals("user");
                }
                case "content" -> {
                    boolean text = json.peek() == Kind.STRING;
                    Slice value = json.raw();
                    content = text ? value : null;
                }
                case "images" -> {
                    images = true;
                    json.skip();
                }
                default -> json.skip();
            }
        }
        if (user || lastUser == null) {
            lastContent = content;
        }
        if (user) {
            lastUser = json.since(from);
            lastUserHasImages = images;
        }
    }

    private Slice input() {
        expectKinds("input");
        if (json.peek() == Kind.STRING) {
            firstInput = json.raw();
            return firstInput;
        }
        int from = json.position();
        json.beginArray();
        while (json.nextElement()) {
            fields.expect("each input", Kind.STRING);
            Slice text = json.raw();
            firstInput = firstInput == null ? text : firstInput;
        }
        return json.since(from);
    }

    /// The options without `stream`.
    private Slice options() {
        expectKinds("options");
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
        kept.forEach((name, value) -> write(out.name(name), value));
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
        // Ollama answers a request without its text at once, by loading the model: that must not pass for an answer.
        boolean asked = false;
        String empty = "";
        for (String name : takes) {
            asked |= filled(name);
            if (given(name) && !filled(name)) {
                empty = "; " + name + " is empty";
            }
        }
        if (!asked) {
            throw Problem.badRequest("a task of type " + type.text + " needs " + String.join(" or ", takes) + empty);
        }
        if (type == TaskType.CHAT && filled("images") && !filled("prompt")) {
            if (lastUser == null) {
                throw Problem.badRequest("images need a prompt or a user message to go with");
            }
            if (lastUserHasImages) {
                throw Problem.badRequest("images are given both in the last user message and beside the messages");
            }
        }
    }

    private void writeMessages(JsonWriter out) {
        out.beginArray();
        if (filled("system")) {
            out.beginObject().name("role").string("system");
            write(out.name("content"), members.get("system"));
            out.endObject();
        }
        boolean prompt = filled("prompt");
        Slice images = filled("images") ? members.get("images") : null;
        if (filled("messages")) {
            Slice messages = members.get("messages");
            if (images == null || prompt) {
                out.raw(messages.bytes(), messages.from() + 1, messages.to() - 1);
            } else {
                out.raw(withImages(messages, images));
            }
        }
        if (prompt) {
            out.beginObject().name("role").string("user");
            write(out.name("content"), members.get("prompt"));
            if (images != null) {
                write(out.name("images"), images);
            }
            out.endObject();
        }
        out.endArray();
    }

    /// The messages without their brackets, the images put in before the last user message's closing brace. (It has a
    /// member before them, its role.)
    private byte[] withImages(Slice messages, Slice images) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(messages.length() + images.length() + 16);
        int split = lastUser.to() - 1;
        out.write(messages.bytes(), messages.from() + 1, split - messages.from() - 1);
        out.writeBytes(",\"images\":".getBytes(StandardCharsets.US_ASCII));
        out.write(images.bytes(), images.from(), images.length());
        out.write(messages.bytes(), split, messages.to() - 1 - split);
        return out.toByteArray();
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

    /// Whether this was given and says something.
    private boolean filled(String name) {
        Slice value = members.get(name);
        return value != null && !isNull(value) && !empty(value);
    }

    private boolean given(String name) {
        Slice value = members.get(name);
        return value != null && !isNull(value);
    }

    private static void write(JsonWriter out, Slice value) {
        out.raw(value.bytes(), value.from(), value.to());
    }

    // ---- slices

    private static boolean isNull(Slice value) {
        return value.bytes()[value.from()] == 'n';
    }

    /// Whether an object, an array or a string has nothing inside.
    static boolean empty(Slice value) {
        if (value.bytes()[value.from()] == '"') {
            return value.length() == 2;
        }
        for (int i = value.from() + 1; i < value.to() - 1; i++) {
            byte b = value.bytes()[i];
            if (b != ' ' && b != '\t' && b != '\n' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    /// The same JSON without line ends, which stand only outside of strings; itself if it has none.
    private static Slice oneLine(Slice json) {
        for (int i = json.from(); i < json.to(); i++) {
            if (json.bytes()[i] == '\n' || json.bytes()[i] == '\r') {
                byte[] copy = json.toBytes();
                return Slice.of(oneLine(copy, 0, copy.length));
            }
        }
        return json;
    }

    /// Puts spaces in the place of line ends.
    static byte[] oneLine(byte[] json, int from, int to) {
        for (int i = from; i < to; i++) {
            if (json[i] == '\n' || json[i] == '\r') {
                json[i] = ' ';
            }
        }
        return json;
    }
}
