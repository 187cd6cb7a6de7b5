package server.dispatch;

import java.util.Map;
import java.util.Set;

import server.executor.TaskExecutor;

/// A host for those who ask it what is no task.
///
/// @param isUp   whether it can be sent something now, as far as is known
/// @param models those that the settings name, else those that it listed last; empty if it never did
/// @param names  from our name of a model to the host's; empty: named alike
public record HostAccess(String name, boolean remote, boolean isUp, Set<String> models,
        Map<String, String> names, TaskExecutor executor) {

    /// Returns whether it has the model, as far as is known.
    public boolean has(String model) {
        return HostModels.holds(models, model);
    }
}
