package server.settings;

import java.util.List;

import shared.Problem;
import shared.config.Node;
import shared.config.Node.Items;

/// The value of a setting, and its source.
///
/// @param read   the value; null: none
/// @param texts  the value as it was written; secrets in a map are masked
/// @param name   its name in messages: `--port`, `OLLAMA_HOST`, `max_workers`, `ollama.hosts[0].url`
/// @param node   its node in the file; null if it was not given there
/// @param origin `default`, `flag --port`, `environment OLLAMA_HOST`, `config.yaml, line 3`
public record Value(Setting<?> setting, Object read, List<String> texts, String name, Node node, String origin,
        Source source) {

    /// The sources, the strongest first.
    enum Source { FLAG, ENVIRONMENT, FILE, DEFAULT }

    static Value usual(Setting<?> setting) {
        return new Value(setting, setting.usual(), setting.fallback() == null ? List.of()
                : List.of(setting.fallback()), setting.key(), null, "default", Source.DEFAULT);
    }

    static Value inFile(Setting<?> setting, String name, Node node, List<String> texts) {
        return new Value(setting, null, texts, name, node, node.place().file() + ", line " + node.place().line(),
                Source.FILE);
    }

    Value as(Object newRead, List<String> newTexts) {
        return new Value(setting, newRead, newTexts, name, node, origin, source);
    }

    /// Returns the same value without effect, because a stronger one was given.
    Value beside(Value stronger) {
        return new Value(setting, setting.usual(), texts, name, node, origin + ", without effect beside "
                + stronger.origin, source);
    }

    boolean isGiven() {
        return source != Source.DEFAULT && !(setting.type().optional() && String.join("", texts).isBlank());
    }

    /// Returns the value for people, without secrets; null if there is none.
    public String shown() {
        String text = String.join(",", texts);
        return text.isEmpty() ? null : setting.type().hidden() && setting.type().check() == null ? Setting.MASK
                : Setting.masked(text);
    }

    /// @param index which of several texts is wrong
    Problem wrong(int index, String reason) {
        Problem problem = Problem.badRequest(name + reason);
        Node at = node instanceof Items list && index < list.items().size() ? list.items().get(index) : node;
        return at == null ? problem : problem.at(at.place());
    }

    /// Returns it with secrets masked.
    @Override
    public String toString() {
        return name + ": " + shown() + " (" + origin + ")";
    }
}
