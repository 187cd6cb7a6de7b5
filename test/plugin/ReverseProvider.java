package plugin;

import server.executor.ExecutorProvider;
import server.executor.TaskExecutor;

/// A kind of host from outside: what a jar in `--plugins DIR` has to hold, together with its name in
/// `META-INF/services/server.executor.ExecutorProvider` or in a `module-info` that `provides` it.
public final class ReverseProvider implements ExecutorProvider {

    public ReverseProvider() {
    }

    @Override
    public String kind() {
        return "reverse";
    }

    @Override
    public boolean serves(String address) {
        return address.equals("reverse:");
    }

    @Override
    public TaskExecutor open(String address) {
        return new ReverseExecutor();
    }
}
