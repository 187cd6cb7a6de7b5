package server.order;

import java.util.Set;

import server.task.RunnerOptions;
import server.task.Task;

/// What decides whether Ollama answers with an existing runner or starts another one.
///
/// @param model   without `:latest`
/// @param options [RunnerOptions#NONE] if the request leaves all of them to Ollama
public record RunnerKey(String model, RunnerOptions options) {

    private static final String LATEST = ":latest";

    /// Returns the key of a model with options.
    ///
    /// @param model   as the task gives it
    /// @param options null: all are left to Ollama
    public static RunnerKey of(String model, RunnerOptions options) {
        return new RunnerKey(plain(model), options == null ? RunnerOptions.NONE : options);
    }

    /// Returns the key of the runner that a task needs.
    public static RunnerKey of(Task task) {
        return of(task.model(), task.terms().runner());
    }

    /// Returns a model's name without `:latest`, which is the default.
    public static String plain(String model) {
        return model.endsWith(LATEST) ? model.substring(0, model.length() - LATEST.length()) : model;
    }

    /// Returns the names that tasks may use for the model of this name.
    public static Set<String> names(String model) {
        String plain = plain(model);
        return plain.indexOf(':', plain.lastIndexOf('/') + 1) < 0 ? Set.of(plain, plain + LATEST) : Set.of(model);
    }

    /// Returns whether Ollama answers a request of this key with a runner that was started for another key, as its
    /// scheduler decides (`needsReload`, version 0.33): an option that both leave to it is equal; one that only one of
    /// them leaves to it is not, because only Ollama knows what it chose; `num_gpu` below 0 matches anything, and so
    /// does leaving it out.
    ///
    /// @param started the options of the request for which the runner was started
    boolean isServedBy(String otherModel, RunnerOptions started) {
        if (!model.equals(otherModel)) {
            return false;
        }
        if (options.equals(started)) {
            return true;
        }
        return (options.numGpu() == null || options.numGpu() < 0) && new RunnerOptions(options.numCtx(),
                options.numBatch(), started.numGpu(), options.mainGpu(), options.useMmap(), options.numThread(),
                options.draftNumPredict(), options.shift()).equals(started);
    }
}
