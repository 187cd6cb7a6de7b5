package shared;

import java.util.Locale;

/// What a task asks of a model; each type is one of Ollama's endpoints.
public enum TaskType {
    CHAT, GENERATE, EMBED;

    /// The name in JSON and on command lines: `chat`, `generate`, `embed`.
    public final String text = name().toLowerCase(Locale.ROOT);

    /// Reads a type by its [#text].
    ///
    /// @throws Problem (400) if there is no type of this name
    public static TaskType parse(String text) {
        for (TaskType type : values()) {
            if (type.text.equals(text)) {
                return type;
            }
        }
        throw Problem.badRequest("type must be chat, generate or embed, not \"" + Problem.shown(text) + "\"");
    }
}
