package server.dispatch;

import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import server.task.Task;

/// Which host takes a task: of those that can be reached and have not said that they lack its model, the least busy,
/// but not the one that just failed it if there is another.
final class Placement {

    private final List<Host> hosts;
    private final InstantSource clock;
    private final Map<Long, Trail> trails = new ConcurrentHashMap<>();

    Placement(List<Host> hosts, InstantSource clock) {
        this.hosts = List.copyOf(hosts);
        this.clock = clock;
    }

    List<Host> hosts() {
        return hosts;
    }

    /// The host for a task; null if none can take it now.
    Host choose(Task task) {
        Trail trail = trails.getOrDefault(task.id(), Trail.NONE);
        long now = clock.millis();
        Host best = null;
        for (Host host : hosts) {
            if (suits(host, task) && !trail.without().contains(host.name()) && host.circuit.allows(now)
                    && (best == null || better(host, best, trail))) {
                best = host;
            }
        }
        return best;
    }

    Host named(String name) {
        for (Host host : hosts) {
            if (host.name().equals(name)) {
                return host;
            }
        }
        return null;
    }

    /// Whether any host may be sent a task now; if not, no task need be looked at.
    boolean anyHost() {
        long now = clock.millis();
        for (Host host : hosts) {
            if (host.circuit.allows(now)) {
                return true;
            }
        }
        return false;
    }

    /// When a host that is left alone now may be tried again, milliseconds since the epoch.
    long nextTry() {
        long next = Long.MAX_VALUE;
        long now = clock.millis();
        for (Host host : hosts) {
            long at = host.circuit.pauseEnd(now);
            next = at == 0 ? next : Math.min(next, at);
        }
        return next;
    }

    /// Remembers that a host failed the task, so that another is preferred.
    void failedOn(Task task, Host host) {
        trails.merge(task.id(), Trail.NONE.failedOn(host.name()), (old, fresh) -> old.failedOn(host.name()));
    }

    /// Remembers that a host lacks the task's model.
    ///
    /// @return whether another host is left that can be asked
    boolean lacksModel(Task task, Host host) {
        trails.merge(task.id(), Trail.NONE.lacksModel(host.name()), (old, fresh) -> old.lacksModel(host.name()));
        return choose(task) != null;
    }

    /// The hosts that said they lack the task's model.
    Set<String> without(Task task) {
        return new LinkedHashSet<>(trails.getOrDefault(task.id(), Trail.NONE).without());
    }

    void forget(long task) {
        trails.remove(task);
    }

    /// Whether the task's terms let this host take it at all.
    boolean suits(Host host, Task task) {
        return task.terms().on() == null || task.terms().on().equals(host.name());
    }

    private static boolean better(Host one, Host other, Trail trail) {
        boolean oneFailed = one.name().equals(trail.last());
        boolean otherFailed = other.name().equals(trail.last());
        return oneFailed != otherFailed ? otherFailed : one.running.get() < other.running.get();
    }
}
