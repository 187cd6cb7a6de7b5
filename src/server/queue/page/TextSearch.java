package server.queue.page;

import java.util.Locale;
import java.util.Set;

import server.task.Attempt;
import server.task.Task;
import server.task.TaskDocument;
import shared.ResultText;
import shared.json.JsonReader;
import shared.json.Slice;

/// Finds a text, in any case, in a task's names, error, metadata, prompt or answer.
final class TextSearch {

    /// The members of a payload whose text is the prompt, at whatever depth they stand.
    private static final Set<String> PROMPTS = Set.of("prompt", "content", "input", "system", "suffix", "text",
            "instructions");

    private final String wanted;

    TextSearch(String text) {
        wanted = text.toLowerCase(Locale.ROOT);
    }

    /// Whether it is in what memory holds.
    boolean inMemory(Task task) {
        return task.name().contains(wanted) || in(task.model()) || task.cron() != null && in(task.cron().name())
                || in(task.terms().caller().client()) || in(task.state().host()) || in(task.state().error())
                || task.metadata() != null && inValues(JsonReader.ofOwn(Slice.of(task.metadata())));
    }

    /// Whether it is in the answer or in an attempt's error.
    boolean inEnd(TaskDocument document) {
        for (Attempt attempt : document.attempts()) {
            if (in(attempt.host()) || in(attempt.error())) {
                return true;
            }
        }
        ResultText result = document.result() == null ? null : ResultText.of(document.result());
        return result != null && (in(result.text()) || in(result.thinking()));
    }

    boolean inPayload(Slice payload) {
        return in(JsonReader.ofOwn(payload), PROMPTS, false);
    }

    /// Whether it is in any text or number.
    private boolean inValues(JsonReader json) {
        return in(json, null, true);
    }

    /// @param texts the members whose texts count; null: all, and numbers too
    private boolean in(JsonReader json, Set<String> texts, boolean counts) {
        switch (json.peek()) {
            case OBJECT -> {
                json.beginObject();
                for (String name = json.nextName(); name != null; name = json.nextName()) {
                    if (in(json, texts, texts == null || texts.contains(name))) {
                        return true;
                    }
                }
            }
            case ARRAY -> {
                json.beginArray();
                while (json.nextElement()) {
                    if (in(json, texts, counts)) {
                        return true;
                    }
                }
            }
            case STRING -> {
                if (counts) {
                    return in(json.string());
                }
                json.skip();
            }
            case NUMBER -> {
                if (texts == null) {
                    return in(json.number());
                }
                json.skip();
            }
            case BOOLEAN, NULL -> json.skip();
        }
        return false;
    }

    private boolean in(String text) {
        return text != null && text.toLowerCase(Locale.ROOT).contains(wanted);
    }
}
