package server.dispatch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;

import server.order.Offer;
import server.order.Residency;
import server.order.Residency.Runner;
import server.order.Residency.Seen;
import server.order.RunnerKey;
import server.order.ahead.HostsAhead;
import server.task.Task;

/// A copy of the hosts on which to play forward. Hosts that were away when it was made stay away.
final class PlayedHosts implements HostsAhead {

    private final RoutingOptions options;
    private final LongFunction<Set<String>> without;
    private final List<Played> hosts;
    private final int workers;
    private int waiting;
    private long now;
    private Routing routing;

    /// @param able  whether it may be sent tasks while it has places
    /// @param slots how many attempts it gets at once; 0: as many as all local hosts together
    record Played(HostView view, boolean able, int slots) {

        private Played with(int running, Residency runners) {
            return new Played(view.with(running, view.sendable(), runners, view.at()), able, slots);
        }

        private Played at(long now, boolean worker) {
            boolean free = able && (view.remote() || worker) && (slots == 0 || view.running() < slots)
                    && (view.runners() == null || view.runners().takesAny(view.parallel(), now));
            return new Played(view.with(view.running(), free, view.runners(), now), able, slots);
        }
    }

    /// @param without returns for a task's id the hosts that said they lack its model
    /// @param workers how many attempts run at once on all local hosts together
    /// @param waiting how many tasks wait for nothing but their turn
    PlayedHosts(RoutingOptions options, LongFunction<Set<String>> without, List<Played> hosts, int workers,
            int waiting) {
        this.options = options;
        this.without = without;
        this.hosts = new ArrayList<>(hosts);
        this.workers = workers;
        this.waiting = waiting;
    }

    @Override
    public void at(long moment) {
        now = moment;
        changed();
    }

    private void changed() {
        int local = hosts.stream().filter(host -> !host.view.remote()).mapToInt(host -> host.view.running()).sum();
        hosts.replaceAll(host -> host.at(now, local < workers));
        routing = new Routing(options, hosts.stream().map(Played::view).toList(), waiting);
    }

    @Override
    public Offer to(Task task, Set<String> kept) {
        // a task whose model is in no list is tried, which takes no time and promises nothing
        Set<String> not = without.apply(task.id());
        return routing.asksAnyway(task, not) ? Offer.NONE : routing.offer(task, not, kept);
    }

    @Override
    public boolean may(Task task, String host) {
        return routing.open(task).contains(host);
    }

    @Override
    public Set<String> warm() {
        return routing.warm();
    }

    @Override
    public void started(Task task, String host) {
        waiting--;
        change(host, 1, runners -> sent(runners, RunnerKey.of(task)));
    }

    /// Evicts runners as the host would report it after a load: of the idle ones the most recently used stay, as many
    /// as fit.
    private Residency sent(Residency before, RunnerKey key) {
        Residency after = before.sent(key, now).answers(key.model());
        if (!before.loads(key, now)) {
            return after;
        }
        List<Runner> others = new ArrayList<>(before.runners());
        others.removeIf(runner -> runner.model().equals(key.model()) || runner.running() == 0 && runner.until() <= now);
        others.sort(Comparator.comparing((Runner runner) -> runner.running() > 0).thenComparing(Runner::usedAt)
                .reversed());
        List<Seen> seen = new ArrayList<>(List.of(new Seen(key.model(), 0, 0)));
        others.stream().limit(Math.max(0, before.fits() - 1)).forEach(runner -> seen.add(new Seen(runner.model(),
                runner.context(), runner.until())));
        return after.reported(seen, now + 1, now);
    }

    @Override
    public void ended(Task task, String host) {
        change(host, -1, runners -> runners.answers(task.model()).ended(task.model(), now));
    }

    boolean has(String host) {
        return hosts.stream().anyMatch(played -> played.view.name().equals(host));
    }

    /// Returns whether an attempt of a task makes a host load.
    boolean loads(Task task, String host) {
        Residency runners = runners(host);
        return runners != null && runners.loads(RunnerKey.of(task), now);
    }

    /// Sets how long a request keeps its model loaded afterwards, in milliseconds.
    void keeps(Task task, String host, long keep) {
        change(host, 0, runners -> runners.keeps(task.model(), keep));
    }

    /// Sets how many tasks wait for nothing but their turn now.
    void waiting(int tasks) {
        waiting = tasks;
    }

    private Residency runners(String host) {
        return hosts.stream().filter(played -> played.view.name().equals(host)).findFirst().orElseThrow().view
                .runners();
    }

    private void change(String name, int running, UnaryOperator<Residency> runners) {
        hosts.replaceAll(host -> !host.view.name().equals(name) ? host : host.with(host.view.running() + running,
                host.view.runners() == null ? null : runners.apply(host.view.runners())));
        changed();
    }

    @Override
    public long loadMs(Task task, String host) {
        for (Played played : hosts) {
            if (played.view.name().equals(host) && played.view.runners() != null) {
                return played.view.runners().loadMs().getOrDefault(RunnerKey.plain(task.model()), 0L);
            }
        }
        return 0;
    }
}
