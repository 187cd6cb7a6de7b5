package server.executor.ollama;

import server.executor.ExecutorProvider;
import server.executor.TaskExecutor;

/// (SKELETON)
public final class OllamaProvider implements ExecutorProvider {

    public OllamaProvider() {
    }

    @Override
    public String kind() {
        return "ollama";
    }

    @Override
    public boolean serves(String address) {
        throw new UnsupportedOperationException();
    }

    @Override
    public TaskExecutor open(String address) {
        throw new UnsupportedOperationException();
    }
}
