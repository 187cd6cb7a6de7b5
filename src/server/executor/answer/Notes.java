package server.executor.answer;

import java.util.List;
import java.util.Set;

import shared.json.JsonWriter;

/// What a reader of a result should know although Ollama's form has no place for it: a member `notes`, if there is
/// anything.
public final class Notes {

    private Notes() {
    }

    /// Writes the member, if it is not empty.
    public static void write(JsonWriter out, Set<String> leftOut, List<String> notes) {
        if (leftOut.isEmpty() && notes.isEmpty()) {
            return;
        }
        out.name("notes").beginArray();
        if (!leftOut.isEmpty()) {
            out.string("left out, because OpenAI's API has no counterpart: " + String.join(", ", leftOut));
        }
        notes.forEach(out::string);
        out.endArray();
    }
}
