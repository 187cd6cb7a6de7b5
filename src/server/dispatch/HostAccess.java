package server.dispatch;

import java.util.Map;
import java.util.Set;

import server.executor.TaskExecutor;

/// A host, for requests that are not tasks.
///
/// @param isUp   whether a request can be sent now, as far as is known
/// @param models those that the settings name, otherwise those that it listed last; empty if it never did
/// @param names  from our name of a model to the host's; empty: the same names
public record HostAccess(String name, boolean remote, boolean isUp, Set<String> models,
        Map<String, String> names, TaskExecutor executor) {

    /// Returns whether it has the model, as far as is known.
    public boolean has(String model) {
        return HostModels.holds(models, model);
    }
}
