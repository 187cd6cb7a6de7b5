package client;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import shared.ResultText;
import shared.json.Json;

/// A complete task as text: a line for every member that has a value, then attempts, request and answer. Members that
/// this client does not know are shown, too.
final class TaskText {

    private static final int COLUMN = 15;
    private static final List<String> LAST = List.of("payload", "attempts", "result", "preview");

    private TaskText() {
    }

    static String whole(Json.Obj task, Terminal terminal) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, Json> member : task.members().entrySet()) {
            boolean empty = member.getValue() instanceof Json.Obj object && object.members().isEmpty();
            if (!LAST.contains(member.getKey()) && !empty) {
                Instant time = isTime(member.getKey()) ? TaskTable.time(task, member.getKey()) : null;
                text.append(time == null ? value(member.getKey(), member.getValue())
                        : member(member.getKey(), terminal.shown(time)));
            }
        }
        text.append(attempts(task));
        if (task.get("payload") instanceof Json.Obj payload) {
            payload.members().forEach((name, value) -> text.append(payload(name, value)));
        }
        String answer = answer(task).stripTrailing();
        if (task.get("result") != null && !(answer.isEmpty() && "failed".equals(task.text("status")))) {
            text.append('\n').append(answer).append('\n');
        }
        return text.toString();
    }

    /// Returns a line for each attempt.
    static String attempts(Json.Obj task) {
        StringBuilder text = new StringBuilder();
        if (task.get("attempts") instanceof Json.Arr attempts) {
            for (Json attempt : attempts.values()) {
                text.append(member("attempt", attempt instanceof Json.Obj object ? attempt(object) : attempt.text()));
            }
        }
        return text.toString();
    }

    /// Returns an estimate: `5s to 12s`.
    static String span(Json.Obj span) {
        String low = TaskTable.span(seconds(span.get("low")));
        String high = TaskTable.spanAtMost(seconds(span.get("high")));
        return low.equals(high) ? low : low + " to " + high;
    }

    private static Duration seconds(Json value) {
        return Duration.ofMillis((long) (1_000 * Double.parseDouble(value.text())));
    }

    private static boolean isTime(String member) {
        return member.endsWith("_at") || member.endsWith("_run") || member.equals("finish_by");
    }

    /// Returns the text of a chat or generate, or an embed's vectors (a JSON array on each line). If a model only
    /// called tools, returns the calls as JSON, one per line. A host's answer to a failed call is not an answer.
    static String answer(Json.Obj task) {
        if (!(task.get("result") instanceof Json.Obj result) || "failed".equals(task.text("status"))) {
            return "";
        }
        String text = ResultText.of(result).text();
        if (!text.isEmpty()) {
            return text;
        }
        if (ResultText.isStream(result)) {
            return result.text("text");
        }
        Json.Obj said = first(result, "choices");
        Json.Obj message = said.get("message") instanceof Json.Obj object ? object : said;
        if (message.get("tool_calls") instanceof Json.Arr calls) {
            return lines(calls.values());
        }
        if (result.get("embeddings") instanceof Json.Arr vectors) {
            return lines(vectors.values());
        }
        if (result.get("data") instanceof Json.Arr items) {
            return lines(items.values().stream().map(item -> item instanceof Json.Obj object
                    && object.get("embedding") != null ? object.get("embedding") : item).toList());
        }
        boolean spoke = said.text("text") != null || message.text("content") != null || said.text("response") != null;
        return spoke ? "" : result.get("embedding") != null ? result.get("embedding").text() + "\n"
                : result.text() + "\n";
    }

    /// Returns the first object of an array; the argument itself if there is none.
    private static Json.Obj first(Json.Obj of, String name) {
        return of.get(name) instanceof Json.Arr array && !array.values().isEmpty()
                && array.values().get(0) instanceof Json.Obj object ? object : of;
    }

    private static String lines(List<Json> values) {
        StringBuilder lines = new StringBuilder();
        values.forEach(value -> lines.append(value.text()).append('\n'));
        return lines.toString();
    }

    /// Returns a name and its value, with the value in a column of its own.
    static String member(String name, String value) {
        String label = name.replace('_', ' ');
        return label + " ".repeat(Math.max(1, COLUMN - label.length()))
                + value.stripTrailing().replace("\n", "\n" + " ".repeat(COLUMN)) + "\n";
    }

    private static String value(String name, Json value) {
        boolean isSpan = value instanceof Json.Obj object && object.get("low") != null && object.get("high") != null;
        return value instanceof Json.Null ? "" : member(name, isSpan ? span((Json.Obj) value) : plain(value));
    }

    /// Returns a string's text, or any other value's JSON.
    static String plain(Json value) {
        return value instanceof Json.Str string ? string.value() : value.text();
    }

    private static String payload(String name, Json value) {
        if (!name.equals("messages") || !(value instanceof Json.Arr messages)) {
            return value(name, value);
        }
        StringBuilder text = new StringBuilder();
        for (Json message : messages.values()) {
            boolean simple = message instanceof Json.Obj object && object.text("role") != null
                    && object.text("content") != null;
            text.append(simple ? member(((Json.Obj) message).text("role"), ((Json.Obj) message).text("content"))
                    : member("message", message.text()));
        }
        return text.toString();
    }

    /// Returns an attempt, such as `1 on gpu (local_first_policy), 1.2s: connection lost`.
    private static String attempt(Json.Obj attempt) {
        String error = attempt.text("error");
        return attempt.integer("attempt", 0) + (attempt.text("host") == null ? "" : " on " + attempt.text("host"))
                + (attempt.text("rule") == null ? "" : " (" + attempt.text("rule") + ")")
                + (attempt.text("duration") == null ? "" : ", " + attempt.text("duration"))
                + (error == null ? "" : ": " + error);
    }
}
