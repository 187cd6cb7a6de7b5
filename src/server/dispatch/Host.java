package server.dispatch;

import java.util.concurrent.atomic.AtomicInteger;

import server.executor.TaskExecutor;

/// A host with what the dispatcher knows of it.
final class Host {

    final TaskExecutor executor;
    final Circuit circuit = new Circuit();
    /// How many attempts run on it now.
    final AtomicInteger running = new AtomicInteger();
    /// Why the last attempt to reach it failed; null since it answered.
    volatile String trouble;

    Host(TaskExecutor executor) {
        this.executor = executor;
    }

    String name() {
        return executor.name();
    }
}
