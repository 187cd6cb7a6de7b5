package server.executor.echo;

import server.executor.ExecutorProvider;
import server.executor.TaskExecutor;

/// (SKELETON)
public final class EchoProvider implements ExecutorProvider {

    public EchoProvider() {
    }

    @Override
    public String kind() {
        return "echo";
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
