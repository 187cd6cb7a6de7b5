package server.executor.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import server.executor.answer.Members;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Converts Ollama's messages to OpenAI's form. Images become parts of the content, a tool call's arguments become a
/// string. Tool calls and the messages that answer them get ids, which Ollama does not require: a call gets its
/// position, an answer the id of the first open call of its tool.
final class OpenAiMessages {

    private final JsonWriter out;
    private final Set<String> leftOut;
    private final List<OpenCall> open = new ArrayList<>();
    private int calls;

    private record OpenCall(String tool, String id) {
    }

    /// @param leftOut receives the names of fields without a counterpart
    OpenAiMessages(JsonWriter out, Set<String> leftOut) {
        this.out = out;
        this.leftOut = leftOut;
    }

    /// Writes the array of messages.
    void write(Slice messages) {
        JsonReader in = Members.reader(messages);
        Members.expect(in.peek() == Kind.ARRAY, "messages must be an array");
        in.beginArray();
        out.beginArray();
        int count = 0;
        while (in.nextElement()) {
            String where = "messages[" + count++ + "]";
            message(Members.of(in.raw(), where), where);
        }
        out.endArray();
        Members.expect(count > 0, "the task has no messages");
    }

    private void message(Map<String, Slice> message, String where) {
        String role = Members.text(message.remove("role"), where + ".role");
        Members.expect(role != null, where + " has no role");
        Slice content = message.remove("content");
        Slice images = message.remove("images");
        Slice toolCalls = message.remove("tool_calls");
        if (toolCalls != null && toolCalls.text().matches("\\[\\s*]")) {
            // OpenAI refuses an empty list
            toolCalls = null;
        }
        if (message.remove("thinking") != null) {
            leftOut.add("messages[].thinking");
        }
        Members.expect(content == null || Members.isText(content), where + ".content must be a string");
        out.beginObject().name("role").string(role);
        if (Images.any(images, where + ".images")) {
            Images.write(out.name("content"), content, images, where + ".images");
        } else if (content != null) {
            out.name("content").raw(content.bytes(), content.from(), content.to());
        } else if (toolCalls == null) {
            out.name("content").string("");
        }
        if (toolCalls != null) {
            toolCalls(toolCalls, where + ".tool_calls");
        }
        if (role.equals("tool")) {
            answer(message, where);
        }
        message.forEach((name, value) -> out.name(name).raw(value.bytes(), value.from(), value.to()));
        out.endObject();
    }

    private void toolCalls(Slice toolCalls, String where) {
        JsonReader in = Members.reader(toolCalls);
        Members.expect(in.peek() == Kind.ARRAY, where + " must be an array");
        in.beginArray();
        out.name("tool_calls").beginArray();
        for (int i = 0; in.nextElement(); i++) {
            String place = where + "[" + i + "]";
            Map<String, Slice> call = Members.of(in.raw(), place);
            Members.expect(call.containsKey("function"), place + " has no function");
            Map<String, Slice> function = Members.of(call.get("function"), place + ".function");
            String tool = Members.text(function.get("name"), place + ".function.name");
            String id = Members.text(call.get("id"), place + ".id");
            id = id == null ? "call_" + calls : id;
            calls++;
            open.add(new OpenCall(tool, id));
            out.beginObject().name("id").string(id).name("type").string("function")
                    .name("function").beginObject().name("name").string(tool)
                    .name("arguments").string(arguments(function.get("arguments"))).endObject().endObject();
        }
        out.endArray();
    }

    private static String arguments(Slice arguments) {
        return arguments == null ? "{}" : Members.isText(arguments) ? Members.text(arguments, "") : arguments.text();
    }

    private void answer(Map<String, Slice> message, String where) {
        Slice ours = message.remove("tool_name");
        String tool = Members.text(ours == null ? message.get("name") : ours, where + ".tool_name");
        String id = Members.text(message.remove("tool_call_id"), where + ".tool_call_id");
        if (id == null) {
            id = open.stream().filter(call -> tool == null || tool.equals(call.tool())).findFirst().map(OpenCall::id)
                    .orElseThrow(() -> new IllegalArgumentException(where + " answers no tool call: a message with "
                            + "tool_calls" + (tool == null ? "" : " of " + tool) + " must come before it"));
        }
        String answered = id;
        open.removeIf(call -> call.id().equals(answered));
        out.name("tool_call_id").string(id);
    }
}
