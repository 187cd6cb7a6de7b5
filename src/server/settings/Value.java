package server.settings;

import java.util.List;

import shared.Problem;
import shared.config.Node;
import shared.config.Node.Items;

/// What a setting was given, and where.
///
/// @param read   null: none
/// @param texts  as somebody wrote it; secrets in a map are masked
/// @param name   as messages call it: `--port`, `OLLAMA_HOST`, `max_workers`, `ollama.hosts[0].url`
/// @param node   where it stands in the file; null if elsewhere
/// @param origin `default`, `flag --port`, `environment OLLAMA_HOST`, `config.yaml, line 3`
public record Value(Setting<?> setting, Object read, List<String> texts, String name, Node node, String origin,
        Source source) {

    /// The strongest first.
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

    /// Returns the same without effect, because a stronger one was given.
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

    /// @param index of several texts, the one that is wrong
    Problem wrong(int index, String reason) {
        Problem problem = Problem.badRequest(name + reason);
        Node at = node instanceof Items list && index < list.items().size() ? list.items().get(index) : node;
        return at == null ? problem : problem.at(at.place());
    }

    /// Without the value itself, which may be a secret.
    @Override
    public String toString() {
        return name + ": " + shown() + " (" + origin + ")";
    }
}
