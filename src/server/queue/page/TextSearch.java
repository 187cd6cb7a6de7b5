package server.queue.page;

import java.util.Locale;
import java.util.Set;

import server.task.Task;
import shared.json.JsonReader;
import shared.json.Slice;

/// Finds a text in a task's id, model, cron task's name or prompt, in any case.
final class TextSearch {

    /// The members of a payload whose text is the prompt, at whatever depth they stand.
    private static final Set<String> PROMPTS = Set.of("prompt", "content", "input", "system", "suffix", "text",
            "instructions");

    private final String wanted;

    TextSearch(String text) {
        wanted = text.toLowerCase(Locale.ROOT);
    }

    boolean inNames(Task task) {
        return task.name().contains(wanted) || in(task.model()) || task.cron() != null && in(task.cron().name());
    }

    boolean inPayload(Slice payload) {
        return in(JsonReader.ofOwn(payload), false);
    }

    private boolean in(JsonReader json, boolean prompt) {
        switch (json.peek()) {
            case OBJECT -> {
                json.beginObject();
                for (String name = json.nextName(); name != null; name = json.nextName()) {
                    if (in(json, PROMPTS.contains(name))) {
                        return true;
                    }
                }
            }
            case ARRAY -> {
                json.beginArray();
                while (json.nextElement()) {
                    if (in(json, prompt)) {
                        return true;
                    }
                }
            }
            case STRING -> {
                if (prompt) {
                    return in(json.string());
                }
                json.skip();
            }
            case NUMBER, BOOLEAN, NULL -> json.skip();
        }
        return false;
    }

    private boolean in(String text) {
        return text.toLowerCase(Locale.ROOT).contains(wanted);
    }
}
