package server.metrics;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

import server.dispatch.Backend;
import server.dispatch.Backend.RunnerView;

/// The metrics of hosts. Hosts after the first [Most#VALUES_MAX] of the settings share one sample.
final class HostMetrics {

    private static final String OURS = Metrics.OURS;
    private static final double MILLIS = 1e3;

    private final Exposition out;
    private final List<Backend> hosts;

    private HostMetrics(Exposition out, List<Backend> hosts) {
        this.out = out;
        this.hosts = hosts;
    }

    static void write(Exposition out, List<Backend> hosts) {
        HostMetrics all = new HostMetrics(out, hosts);
        all.state();
        all.work();
    }

    private void state() {
        out.gauge(OURS + "host_up", "1 if a host is enabled and healthy, as far as is known.");
        each(host -> host.enabled() && host.health().equals("up") ? 1 : 0);
        out.gauge(OURS + "host_running_attempts", "Attempts that run on a host.");
        each(Backend::slotsUsed);
        out.gauge(OURS + "host_places", "Attempts that a host gets at once.");
        each(Backend::slots);
        out.gauge(OURS + "host_refused_models", "Models that a host refuses, or is busy for.");
        each(host -> host.refused().size());
        out.gauge(OURS + "host_runners", "Models in a host's memory, by what they do there: load, answer or idle.");
        each(host -> host.runners().stream().filter(RunnerView::loading).count(), "state", "loading");
        each(host -> host.runners().stream().filter(runner -> !runner.loading() && runner.running() > 0).count(),
                "state", "answering");
        each(host -> host.runners().stream().filter(runner -> !runner.loading() && runner.running() == 0).count(),
                "state", "idle");
    }

    private void work() {
        out.counter(OURS + "host_loads_total", "Loads of models.");
        each(host -> host.sums().loads());
        out.counter(OURS + "host_loading_seconds_total", "How long a host was loading models.");
        each(host -> host.lane().loadingEver() / MILLIS);
        out.counter(OURS + "host_answering_seconds_total", "How long a host was answering, and loading nothing.");
        each(host -> host.lane().answeringEver() / MILLIS);
        out.counter(OURS + "tokens_in_total", "Tokens of prompts that models read, where their hosts report them.");
        each(host -> host.sums().tokensRead());
        out.counter(OURS + "tokens_out_total", "Tokens of answers that models wrote, where their hosts report them.");
        each(Backend::tokens);
        out.counter(OURS + "attempts_total",
                "Attempts that ended, by how: completed, interrupted, or the cause of the failure.");
        Set<String> outcomes = new TreeSet<>();
        hosts.forEach(host -> outcomes.addAll(host.sums().attempts().keySet()));
        for (String outcome : outcomes) {
            each(host -> host.sums().attempts().getOrDefault(outcome, 0L), "outcome", outcome);
        }
    }

    /// Writes a sample of each host.
    ///
    /// @param label the name and value of a further label, or nothing
    private void each(ToDoubleFunction<Backend> value, String... label) {
        int own = Math.min(hosts.size(), Most.VALUES_MAX);
        hosts.subList(0, own).forEach(host -> sample(value.applyAsDouble(host), host.name(), label));
        if (own < hosts.size()) {
            sample(hosts.subList(own, hosts.size()).stream().mapToDouble(value).sum(), Most.OTHER, label);
        }
    }

    private void sample(double value, String host, String... label) {
        if (label.length == 0) {
            out.sample(value, "host", host);
        } else {
            out.sample(value, "host", host, label[0], label[1]);
        }
    }
}
