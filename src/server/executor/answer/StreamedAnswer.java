package server.executor.answer;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;

import server.executor.AnswerRoom;
import server.executor.HostFailure;
import server.executor.Limits;
import server.executor.Outcome.Cause;
import server.executor.Pieces;
import server.executor.wire.AnswerLines;
import server.executor.wire.ErrorText;
import server.executor.wire.Joined;
import server.executor.wire.Refusal;
import shared.TaskType;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Joins the objects of a chat's or generate's answer into one: texts are joined, lists concatenated; of any other
/// member the last value counts. A whole answer is handled as a stream of one object.
public final class StreamedAnswer {

    private static final String MESSAGE = "message";

    private final TaskType type;
    private final String host;
    private final Limits limits;
    private final AnswerRoom.Portion room;
    private final Pieces pieces;

    /// In order of first appearance, which is Ollama's order. The value of the member `message` is null here.
    private final Map<String, Joined> members = new LinkedHashMap<>();
    private final Map<String, Joined> message = new LinkedHashMap<>();
    private long size;
    private boolean says;
    private boolean done;
    private String doneReason = "";

    /// @param host the host's name in messages
    public StreamedAnswer(TaskType type, String host, Limits limits, AnswerRoom.Portion room, Pieces pieces) {
        this.type = type;
        this.host = host;
        this.limits = limits;
        this.room = room;
        this.pieces = pieces;
    }

    /// Reads the lines of a stream up to the last one.
    ///
    /// @return the result
    /// @throws HostFailure if the stream ends before that
    public Slice read(InputStream body) throws IOException, InterruptedException {
        AnswerLines lines = new AnswerLines(body, host, limits.line(), room);
        for (Slice line = lines.next(); line != null; line = lines.next()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (add(line)) {
                return result();
            }
        }
        throw new HostFailure(Cause.PASSING,
                "the connection to " + host + " was lost in the middle of the answer (its last line is missing)");
    }

    /// Adds the next object of the stream and passes on the text in it. The object may be overwritten afterwards.
    ///
    /// @return whether it was the last one
    public boolean add(Slice line) throws HostFailure {
        JsonReader in = new JsonReader(line.bytes(), line.from(), line.to(), limits.depth());
        try {
            in.beginObject();
            for (String name = in.nextName(); name != null; name = in.nextName()) {
                member(name, in);
            }
            in.end();
        } catch (JsonException notJson) {
            throw new HostFailure(Cause.PASSING, host + " sent an answer that is not valid in Ollama's API: "
                    + notJson.getMessage());
        }
        if (size > limits.answer()) {
            throw new HostFailure(Cause.FINAL, host + " sent an answer larger than " + Limits.shown(limits.answer()));
        }
        room.answer(size, host);
        if (done && !says && (doneReason.equals("load") || doneReason.equals("unload"))) {
            throw new HostFailure(Cause.FINAL, host + " has only " + doneReason + "ed the model, because the task "
                    + "has no " + (type == TaskType.CHAT ? "messages" : "prompt"));
        }
        return done;
    }

    /// Returns the result joined so far.
    public Slice result() {
        JsonWriter out = new JsonWriter((int) size + 1024).beginObject();
        members.forEach((name, value) -> {
            out.name(name);
            if (value != null) {
                value.writeTo(out);
            } else {
                out.beginObject();
                message.forEach((inner, innerValue) -> innerValue.writeTo(out.name(inner)));
                out.endObject();
            }
        });
        out.endObject();
        return new Slice(out.buffer(), 0, out.length());
    }

    private void member(String name, JsonReader in) throws HostFailure {
        Kind kind = in.peek();
        switch (name) {
            case "error" -> {
                Slice error = in.raw();
                if (kind != Kind.NULL) {
                    throw broken(ErrorText.of(error));
                }
            }
            case MESSAGE -> {
                if (kind == Kind.OBJECT) {
                    messageMembers(in);
                } else {
                    in.skip();
                }
            }
            case "response" -> text(members, name, in, true);
            case "thinking" -> text(members, name, in, false);
            case "logprobs" -> items(members, name, in);
            case "done" -> {
                Slice value = in.raw();
                done = value.text().equals("true");
                last(members, name, value);
            }
            case "done_reason" -> {
                Slice value = in.raw();
                doneReason = kind == Kind.STRING ? string(value) : "";
                last(members, name, value);
            }
            default -> last(members, name, in.raw());
        }
    }

    /// Ollama 0.11 reports a wrong format in the stream's first line; later versions answer 500.
    private HostFailure broken(String error) {
        return !says && Refusal.blamesRequest(error)
                ? new HostFailure(Cause.FINAL, host + " refused: " + error)
                : new HostFailure(Cause.PASSING, host + " broke off: " + error);
    }

    private void messageMembers(JsonReader in) {
        members.put(MESSAGE, null);
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "content" -> text(message, name, in, true);
                case "thinking" -> text(message, name, in, false);
                case "tool_calls" -> items(message, name, in);
                default -> last(message, name, in.raw());
            }
        }
    }

    private void text(Map<String, Joined> into, String name, JsonReader in, boolean spoken) {
        Kind kind = in.peek();
        Slice piece = in.raw();
        Joined before = into.get(name);
        if (kind != Kind.STRING || before == null || !before.isText()) {
            lastUnlessEmpty(into, name, piece, kind);
        } else {
            before.addText(piece);
            size += piece.length();
        }
        String text = kind == Kind.STRING ? string(piece) : "";
        if (!text.isEmpty()) {
            says = true;
            if (spoken) {
                pieces.text(text);
            } else {
                pieces.thinking(text);
            }
        }
    }

    private void items(Map<String, Joined> into, String name, JsonReader in) {
        Kind kind = in.peek();
        Slice piece = in.raw();
        Joined before = into.get(name);
        if (kind != Kind.ARRAY || before == null || !before.isArray()) {
            lastUnlessEmpty(into, name, piece, kind);
        } else {
            before.addItems(piece);
            size += piece.length();
        }
        says |= kind == Kind.ARRAY && Joined.holdsItems(piece);
    }

    /// A null in a later object only says that there is nothing more to join.
    private void lastUnlessEmpty(Map<String, Joined> into, String name, Slice value, Kind kind) {
        if (kind != Kind.NULL || !into.containsKey(name)) {
            last(into, name, value);
        }
    }

    private void last(Map<String, Joined> into, String name, Slice value) {
        Joined before = into.put(name, new Joined(value));
        size += value.length() - (before == null ? -name.length() - 4 : before.length());
    }

    private static String string(Slice value) {
        return new JsonReader(value.bytes(), value.from(), value.to()).string();
    }
}
