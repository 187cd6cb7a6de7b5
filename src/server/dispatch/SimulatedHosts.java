package server.dispatch;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import server.executor.ExecutorRegistry;
import server.executor.HostAddress;
import server.executor.Limits;
import server.order.Offers;
import server.order.Residency;
import server.order.RunnerKey;
import server.settings.Settings;
import server.task.ApiPath;
import server.task.Task;

/// Hosts that exist only as figures. Each is healthy and has every model that its settings allow. For one thread. Times
/// are milliseconds since the epoch.
public final class SimulatedHosts {

    private final PlayedHosts hosts;
    private final List<String> described;
    /// By host and model: the end of its last load.
    private final Map<String, Long> readyAt = new HashMap<>();
    private long now;

    /// The beginning of an attempt on a host.
    ///
    /// @param loads   whether the host loads a model for it
    /// @param readyAt when it begins to answer
    public record Begun(boolean loads, long readyAt) {
    }

    private SimulatedHosts(PlayedHosts hosts, List<String> described) {
        this.hosts = hosts;
        this.described = described;
    }

    /// Makes the hosts that the settings name; if they name no local ones, the recorded ones.
    ///
    /// @param settings were checked
    /// @param recorded by name: how many models fit on a host at once; 0: it loads none
    public static SimulatedHosts of(Settings settings, Map<String, Integer> recorded) {
        ExecutorRegistry kinds = ExecutorRegistry.load(settings.get(HostSettings.PLUGINS));
        boolean named = HostSettings.namesLocal(settings);
        int most = recorded.values().stream().mapToInt(fits -> fits).max().orElse(1);
        Map<String, PlayedHosts.Played> all = new LinkedHashMap<>();
        int parallel = 1;
        for (HostOptions host : HostSettings.read(settings, kinds, checked -> { })) {
            HostAddress address = host.address();
            if (host.remote() || named) {
                String name = address.name() != null ? address.name() : kinds.check(host.kind(), address);
                boolean loads = Host.LOADING_KIND.equals(kinds.provider(host.kind(), address.url()).kind());
                all.put(name, played(name, host, loads ? Math.max(1, recorded.getOrDefault(name, most)) : 0));
            } else {
                parallel = host.parallel();
            }
        }
        for (Map.Entry<String, Integer> host : named ? Map.<String, Integer>of().entrySet() : recorded.entrySet()) {
            HostAddress address = new HostAddress(host.getKey(), host.getKey(), null, Map.of(), Map.of(), null,
                    Limits.DEFAULT);
            all.putIfAbsent(host.getKey(), played(host.getKey(), new HostOptions(address, null, false, 1, 0, 0,
                    parallel), host.getValue()));
        }
        DispatchOptions options = DispatchOptions.of(settings);
        return new SimulatedHosts(new PlayedHosts(options.routing(), task -> Set.of(), List.copyOf(all.values()),
                options.workers(), 0), all.values().stream().map(SimulatedHosts::described).toList());
    }

    private static PlayedHosts.Played played(String name, HostOptions host, int fits) {
        return new PlayedHosts.Played(new HostView(name, host.remote(), host.weight(), host.priority(),
                host.address().models().keySet(), true, false, true, 0, HostModels.UNKNOWN, List.of(),
                List.of(), EnumSet.allOf(ApiPath.class), fits == 0 ? null : new Residency(List.of(), fits, Map.of(),
                Residency.NONE.loads()), host.parallel(), 0), true, host.maxConcurrent());
    }

    private static String described(PlayedHosts.Played host) {
        Residency runners = host.view().runners();
        return host.view().name() + (host.slots() == 0 ? "" : ", max_concurrent " + host.slots())
                + (runners == null ? ", loads nothing" : ", parallel " + host.view().parallel() + ", room for "
                + runners.fits() + (runners.fits() == 1 ? " model" : " models"));
    }

    /// Describes each host, for people.
    public List<String> described() {
        return described;
    }

    /// Returns whether one has this name.
    public boolean has(String host) {
        return hosts.has(host);
    }

    /// Returns what the hosts offer now.
    ///
    /// @param ready how many tasks wait for nothing but their turn
    public Offers offers(int ready, long at) {
        now = at;
        hosts.waiting(ready);
        hosts.at(at);
        return hosts;
    }

    /// Sends an attempt of a task to a host.
    ///
    /// @param keep   how long its request keeps the model loaded afterwards, in milliseconds; null: not given
    /// @param loadMs how long a load would take
    public Begun begin(Task task, String host, Long keep, long loadMs) {
        String runner = host + ' ' + RunnerKey.plain(task.model());
        boolean loads = hosts.loads(task, host);
        if (loads) {
            readyAt.put(runner, now + loadMs);
        }
        hosts.started(task, host);
        if (keep != null) {
            hosts.keeps(task, host, keep);
        }
        return new Begun(loads, Math.max(now, readyAt.getOrDefault(runner, now)));
    }

    /// Notes that an attempt has ended.
    public void end(Task task, String host, long at) {
        hosts.at(at);
        hosts.ended(task, host);
    }
}
