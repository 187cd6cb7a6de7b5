package server.executor.answer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import server.executor.wire.AnswerLines;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.JsonWriter;
import shared.json.Slice;

/// The tool calls of an answer. Their arguments come as pieces of a string and become an object, as in Ollama's
/// answers.
final class ToolCalls {

    private final List<ToolCall> calls = new ArrayList<>();

    private static final class ToolCall {
        private final String index;
        private String id;
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();

        ToolCall(String index) {
            this.index = index;
        }
    }

    boolean isEmpty() {
        return calls.isEmpty();
    }

    /// Adds a piece of a call. Its `index` says which call it belongs to; a host that sends each call whole may omit
    /// it.
    void add(Slice piece) {
        Map<String, Slice> members = Members.of(piece, "tool_calls[]");
        Slice index = members.get("index");
        String id = Members.text(members.get("id"), "tool_calls[].id");
        ToolCall call = callOf(index == null ? null : index.text(), id);
        call.id = id == null || id.isEmpty() ? call.id : id;
        if (members.containsKey("function")) {
            Map<String, Slice> function = Members.of(members.get("function"), "tool_calls[].function");
            String name = Members.text(function.get("name"), "tool_calls[].function.name");
            call.name = name == null || name.isEmpty() ? call.name : name;
            Slice arguments = function.get("arguments");
            if (arguments != null) {
                call.arguments.append(Members.isText(arguments) ? Members.text(arguments, "") : arguments.text());
            }
        }
    }

    /// Writes the calls as an array.
    ///
    /// @param notes receives a note about each call that is not in Ollama's form
    void writeTo(JsonWriter out, List<String> notes) {
        out.beginArray();
        for (ToolCall call : calls) {
            out.beginObject();
            if (call.id != null) {
                out.name("id").string(call.id);
            }
            out.name("function").beginObject().name("name").string(call.name).name("arguments");
            arguments(call, out, notes);
            out.endObject().endObject();
        }
        out.endArray();
    }

    private ToolCall callOf(String index, String id) {
        ToolCall last = calls.isEmpty() ? null : calls.getLast();
        for (ToolCall call : calls) {
            if (index != null && index.equals(call.index)) {
                return call;
            }
        }
        if (index == null && last != null && (id == null || id.equals(last.id))) {
            return last;
        }
        calls.add(new ToolCall(index));
        return calls.getLast();
    }

    private static void arguments(ToolCall call, JsonWriter out, List<String> notes) {
        String text = call.arguments.isEmpty() ? "{}" : call.arguments.toString();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            JsonReader in = new JsonReader(bytes);
            if (in.peek() == Kind.OBJECT) {
                Slice object = in.raw();
                in.end();
                AnswerLines.joinLines(bytes, object.from(), object.to());
                out.raw(bytes, object.from(), object.to());
                return;
            }
        } catch (JsonException notJson) {
            // then they are kept as the model wrote them
        }
        notes.add("the arguments of the call to " + call.name
                + " are not a JSON object and are kept as text");
        out.string(text);
    }
}
