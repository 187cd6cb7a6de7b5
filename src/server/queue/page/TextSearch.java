package server.queue.page;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

import server.task.Attempt;
import server.task.Task;
import server.task.TaskDocument;
import shared.ResultText;
import shared.json.JsonReader;
import shared.json.Slice;

/// Finds a text, ignoring case, in a task's names, error, metadata, prompt or answer.
final class TextSearch {

    /// The members of a payload whose text is the prompt, at any depth.
    private static final Set<String> PROMPTS = Set.of("prompt", "content", "input", "system", "suffix", "text",
            "instructions");

    /// Marks an answer that is stored as the stream that arrived, where a word may be split.
    private static final byte[] STREAM = "\"content_type\"".getBytes(StandardCharsets.US_ASCII);

    private final String wanted;
    /// The text as bytes; null if JSON may write it in more than one way.
    private final byte[] plain;

    TextSearch(String text) {
        wanted = text.toLowerCase(Locale.ROOT);
        plain = wanted.chars().allMatch(c -> c >= ' ' && c < 0x7f && c != '"' && c != '\\' && c != '/')
                ? wanted.getBytes(StandardCharsets.US_ASCII) : null;
    }

    /// Returns false only if no text of this JSON can contain it, which is determined without parsing.
    boolean mayBeIn(Slice json) {
        boolean may = plain == null;
        for (int at = json.from(); at < json.to() && !may; at++) {
            byte first = json.bytes()[at];
            may = lower(first) == plain[0] && isAt(plain, json, at)
                    || first == '\\' && at + 1 < json.to() && json.bytes()[at + 1] == 'u'
                    || first == '"' && isAt(STREAM, json, at);
        }
        return may;
    }

    private static boolean isAt(byte[] wanted, Slice json, int at) {
        if (at + wanted.length > json.to()) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (lower(json.bytes()[at + i]) != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte c) {
        return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
    }

    /// Returns whether it is in what memory holds.
    boolean inMemory(Task task) {
        return task.name().contains(wanted) || in(task.model()) || task.cron() != null && in(task.cron().name())
                || in(task.terms().caller().client()) || in(task.state().host()) || in(task.state().error())
                || task.metadata() != null && inValues(JsonReader.ofOwn(Slice.of(task.metadata())));
    }

    /// Returns whether it is in the answer or in an attempt's error.
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

    /// Returns whether it is in any text or number.
    private boolean inValues(JsonReader json) {
        return in(json, null, true);
    }

    /// Passes over what is nested too deep to be entered.
    ///
    /// @param texts the members whose texts are searched; null: all, and numbers too
    private boolean in(JsonReader json, Set<String> texts, boolean counts) {
        if (json.isDeep()) {
            json.skip();
            return false;
        }
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
