package client;

import shared.json.Json;

/// What a completed task answered, as text.
final class Answer {

    private Answer() {
    }

    /// The text of a chat or generate, an embed's vectors (a JSON array on each line); where a model called tools
    /// instead of speaking, the calls as JSON, one on each line.
    static String text(Json.Obj task) {
        if (!(task.get("result") instanceof Json.Obj result)) {
            return "";
        }
        Json.Obj message = result.get("message") instanceof Json.Obj object ? object : result;
        String text = message == result ? result.text("response") : message.text("content");
        if (text != null && !text.isEmpty()) {
            return text;
        }
        if (message.get("tool_calls") instanceof Json.Arr calls) {
            return lines(calls);
        }
        if (result.get("embeddings") instanceof Json.Arr vectors) {
            return lines(vectors);
        }
        return text != null ? text : result.text() + "\n";
    }

    private static String lines(Json.Arr values) {
        StringBuilder lines = new StringBuilder();
        values.values().forEach(value -> lines.append(value.text()).append('\n'));
        return lines.toString();
    }
}
