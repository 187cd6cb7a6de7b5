package server.executor.answer;

import java.io.ByteArrayOutputStream;
import java.util.Map;

import server.executor.wire.Joined;
import shared.json.JsonReader.Kind;
import shared.json.Slice;

/// The contents of a result in Ollama's form.
///
/// @param toolCalls an array with at least one call; null: none
/// @param members   the members of the whole result
record Said(String text, String thinking, Slice toolCalls, Map<String, Slice> members) {

    /// @throws IllegalArgumentException if it is not in Ollama's form
    static Said of(Slice result) {
        Map<String, Slice> members = Members.of(result, "the result");
        Map<String, Slice> message = members.containsKey("message")
                ? Members.of(members.get("message"), "message") : members;
        Slice calls = message.get("tool_calls");
        return new Said(text(message.get(message == members ? "response" : "content")), text(message.get("thinking")),
                calls != null && Members.kind(calls) == Kind.ARRAY && Joined.holdsItems(calls) ? calls : null, members);
    }

    /// Returns why the answer ended, such as `stop` or `length`.
    String doneReason() {
        Slice reason = members.get("done_reason");
        return Members.isText(reason) ? Members.text(reason, "") : "stop";
    }

    /// Returns a count of tokens; 0 if there is none.
    long count(String name) {
        Slice digits = members.get(name);
        return digits != null && digits.text().matches("\\d{1,18}") ? Long.parseLong(digits.text()) : 0;
    }

    /// Writes the texts of which no piece has been written.
    ByteArrayOutputStream unwritten(AnswerWriter writer, boolean thought, boolean spoke) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (!thought && !thinking.isEmpty()) {
            out.writeBytes(writer.piece(thinking, true));
        }
        if (!spoke && !text.isEmpty()) {
            out.writeBytes(writer.piece(text, false));
        }
        return out;
    }

    private static String text(Slice value) {
        return Members.isText(value) ? Members.text(value, "") : "";
    }
}
