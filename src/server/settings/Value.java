package server.settings;

import shared.Problem;
import shared.config.Node;
import shared.config.Node.Items;

/// A setting's value and where it comes from.
///
/// @param read   null: none
/// @param shown  for people; null: none
/// @param name   as messages call it: `--port`, `OLLAMA_HOST`, `max_workers`, `ollama.hosts[0].url`
/// @param node   where it stands in the file; null if elsewhere
/// @param origin `default`, `flag --port`, `environment OLLAMA_HOST`, `config.yaml, line 3`
public record Value(Setting<?> setting, Object read, String shown, String name, Node node, String origin,
        Source source) {

    /// The strongest first.
    enum Source { FLAG, ENVIRONMENT, FILE, DEFAULT }

    /// Without the value itself, which may be a secret.
    @Override
    public String toString() {
        return name + ": " + shown + " (" + origin + ")";
    }

    /// @param index of several texts, the one that is wrong
    Problem wrong(int index, String reason) {
        Problem problem = Problem.badRequest(name + reason);
        Node at = node instanceof Items list && index < list.items().size() ? list.items().get(index) : node;
        return at == null ? problem : problem.at(at.place());
    }
}
