package server.queue.page;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import server.queue.index.Cause;
import server.queue.index.FailureCause;
import server.task.Task;

/// Groups failed tasks by cause, model and host. For one thread.
final class Causes {

    private record Key(Cause cause, String model, String host) {
    }

    private static final class Group {
        private long count;
        private Task last;
    }

    private final Map<Key, Group> groups = new HashMap<>();

    /// Takes a task; passes over one that has not failed.
    void add(Task task) {
        Cause cause = Cause.of(task);
        if (cause == null) {
            return;
        }
        Group group = groups.computeIfAbsent(new Key(cause, task.model(), task.state().host()), first -> new Group());
        group.count++;
        if (group.last == null || task.state().endedAt() > group.last.state().endedAt()) {
            group.last = task;
        }
    }

    /// The most frequent first; of equals the one that failed last.
    List<FailureCause> all() {
        List<FailureCause> all = new ArrayList<>();
        groups.forEach((key, group) -> all.add(new FailureCause(key.cause, key.model, key.host, group.count,
                group.last.state().endedAt(), group.last.id(), group.last.state().error())));
        all.sort((one, other) -> one.count() != other.count() ? Long.compare(other.count(), one.count())
                : Long.compare(other.lastAt(), one.lastAt()));
        return all;
    }
}
