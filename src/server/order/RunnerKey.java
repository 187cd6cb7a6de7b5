package server.order;

import java.util.Set;

import server.task.RunnerOptions;
import server.task.Task;

/// What decides whether Ollama answers with a runner that is there or starts another one.
///
/// @param model   without `:latest`
/// @param options [RunnerOptions#NONE] if all is left to Ollama
public record RunnerKey(String model, RunnerOptions options) {

    private static final String LATEST = ":latest";

    /// Returns the key of a model with options.
    ///
    /// @param model   as it was asked for
    /// @param options null: all is left to Ollama
    public static RunnerKey of(String model, RunnerOptions options) {
        return new RunnerKey(plain(model), options == null ? RunnerOptions.NONE : options);
    }

    /// Returns the key of the runner that a task needs.
    public static RunnerKey of(Task task) {
        return of(task.model(), task.terms().runner());
    }

    /// Returns a model's name without `:latest`, which says nothing.
    public static String plain(String model) {
        return model.endsWith(LATEST) ? model.substring(0, model.length() - LATEST.length()) : model;
    }

    /// Returns the names by which tasks may ask for the model that is meant by one.
    public static Set<String> names(String model) {
        String plain = plain(model);
        return plain.indexOf(':', plain.lastIndexOf('/') + 1) < 0 ? Set.of(plain, plain + LATEST) : Set.of(model);
    }

    /// Returns whether Ollama answers a request of this key with a runner that was started for another one, as its
    /// scheduler decides (`needsReload`, version 0.33): what both leave to it is equal; what only one leaves to it is
    /// not, because nobody but Ollama knows what it chose; `num_gpu` below 0 matches anything, and that is what leaving
    /// it out means.
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
