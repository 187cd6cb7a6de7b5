package server.task;

/// The options of a request that make Ollama start another runner of a model; null is left to Ollama. Equal ones share
/// one instance. (Ollama's `server/sched.go`, `needsReload`, of version 0.33.)
public record RunnerOptions(Long numCtx, Long numBatch, Long numGpu, Long mainGpu, Boolean useMmap, Long numThread,
        Long draftNumPredict, Boolean shift) {

    /// Of a request that leaves all to Ollama.
    public static final RunnerOptions NONE = new RunnerOptions(null, null, null, null, null, null, null, null);
}
