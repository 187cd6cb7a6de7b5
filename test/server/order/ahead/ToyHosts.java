package server.order.ahead;

import java.util.LinkedHashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import server.order.Fit;
import server.order.Offer;
import server.task.Task;

/// Hosts that have room for one model each, and a number of places. One that is away gets nothing.
final class ToyHosts implements HostsAhead {

    private static final class Host {
        final int places;
        String loaded;
        int running;
        /// When its load is over.
        long loadedAt;

        Host(int places) {
            this.places = places;
        }
    }

    private final Map<String, Host> hosts = new LinkedHashMap<>();
    private final long load;

    ToyHosts() {
        this(0);
    }

    /// @param load how long a load takes, in milliseconds
    ToyHosts(long load) {
        this.load = load;
    }

    ToyHosts with(String name, int places) {
        hosts.put(name, new Host(places));
        return this;
    }

    ToyHosts copy() {
        ToyHosts copy = new ToyHosts(load);
        hosts.forEach((name, host) -> {
            copy.with(name, host.places);
            copy.hosts.get(name).loaded = host.loaded;
            copy.hosts.get(name).running = host.running;
        });
        return copy;
    }

    @Override
    public Offer to(Task task, Set<String> kept) {
        Offer best = Offer.NONE;
        for (Map.Entry<String, Host> entry : hosts.entrySet()) {
            Host host = entry.getValue();
            boolean serves = task.model().equals(host.loaded);
            Fit fit = host.running == host.places ? Fit.NONE : serves ? Fit.LOADED
                    : host.running > 0 ? Fit.DRAINS : Fit.LOADS;
            if (may(task, entry.getKey()) && !kept.contains(entry.getKey()) && fit.compareTo(best.fit()) < 0) {
                best = new Offer(fit, entry.getKey(), "toy");
            }
        }
        return best;
    }

    @Override
    public boolean may(Task task, String host) {
        return task.terms().on() == null || task.terms().on().equals(host);
    }

    @Override
    public Set<String> warm() {
        Set<String> warm = new HashSet<>();
        hosts.values().stream().filter(host -> host.running < host.places).map(host -> host.loaded)
                .filter(Objects::nonNull).forEach(warm::add);
        return warm;
    }

    @Override
    public void at(long now) {
        // nothing here goes by the time
    }

    @Override
    public void started(Task task, String host) {
        hosts.get(host).running++;
        hosts.get(host).loaded = task.model();
    }

    @Override
    public void ended(Task task, String host) {
        hosts.get(host).running--;
    }

    @Override
    public long loadMs(Task task, String host) {
        return load;
    }

    /// How long a task that starts there now waits for its model.
    long loadsFor(Task task, String name, long now) {
        Host host = hosts.get(name);
        if (!task.model().equals(host.loaded)) {
            host.loadedAt = now + load;
        }
        return Math.max(0, host.loadedAt - now);
    }
}
