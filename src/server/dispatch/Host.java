package server.dispatch;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

import server.executor.HostReport;
import server.executor.TaskExecutor;
import shared.json.Slice;

/// A host with what is known of it. Every method is quick and for any thread.
///
/// Invariant: no more than `maxConcurrent` attempts run at once, if it is not 0; the dispatcher, which alone begins
/// them, asks [#view] before.
final class Host {

    private static final Logger LOG = System.getLogger("dispatch");

    final TaskExecutor executor;
    final HostOptions options;
    final String kind;
    final Circuit circuit = new Circuit();
    private final HostCounters counters;

    // all below: under this host's lock
    private boolean enabled = true;
    private int running;
    private Health health = Health.UNKNOWN;
    private long healthSince;
    private long checkedAt;
    /// Whether it ever told how it is: from then on it is believed that it is away when it does not tell.
    private boolean tells;
    /// Why the last attempt to reach it failed, or what it refuses with; null since it answered.
    private String trouble;
    private String version;
    private HostModels models = HostModels.UNKNOWN;

    enum Health {
        UNKNOWN("unknown"), UP("up"), DOWN("down");

        final String text;

        Health(String text) {
            this.text = text;
        }
    }

    Host(HostOptions options, String kind, TaskExecutor executor, long now) {
        this.options = options;
        this.kind = kind;
        this.executor = executor;
        healthSince = now;
        counters = new HostCounters(now);
    }

    String name() {
        return options.address().name() != null ? options.address().name() : executor.name();
    }

    /// @param place whether there is one for it beside what all hosts share
    synchronized HostView view(boolean place, long now) {
        boolean allowed = circuit.allows(now);
        boolean up = enabled && allowed && health != Health.DOWN;
        // one that never told how it is may well run tasks
        boolean trial = enabled && allowed && !tells;
        boolean free = place && (options.maxConcurrent() == 0 || running < options.maxConcurrent());
        return new HostView(name(), options.remote(), options.weight(), options.priority(),
                options.address().models().keySet(), up, enabled && !up && !circuit.away(),
                (up || trial) && free, running, models);
    }

    synchronized int running() {
        return running;
    }

    synchronized void begun() {
        circuit.sent();
        running++;
    }

    synchronized void ended() {
        running--;
    }

    synchronized void enable(boolean on) {
        enabled = on;
    }

    /// The host told how it is.
    synchronized void reported(HostReport report, long now) {
        tells = true;
        checkedAt = now;
        version = report.version();
        models = models.listed(report);
        circuit.reached();
        turn(Health.UP, now);
        if (circuit.allows(now)) {
            trouble = null;
        }
    }

    /// The host did not tell how it is. While it works that tells nothing, unless it cannot even be connected to.
    synchronized void silent(String why, boolean unreachable, long now) {
        checkedAt = now;
        if (unreachable || tells && running == 0) {
            circuit.unreachable(now);
        }
        if (unreachable || running == 0) {
            turn(Health.DOWN, now);
            trouble = why;
        }
    }

    // ---- how an attempt ended

    /// @return how many tokens the host wrote
    long completed(String model, Slice result, long now) {
        HostCounters.Pace pace = HostCounters.Pace.of(result);
        synchronized (this) {
            models = models.ran(model);
            counters.completed(pace, now);
            answered(now);
        }
        return (long) pace.tokens();
    }

    /// It could not be connected to.
    synchronized void unreachable(String why, long now) {
        counters.countFailed(now);
        circuit.unreachable(now);
        turn(Health.DOWN, now);
        trouble = why;
    }

    /// @param retryAfter what it asked for, in milliseconds; 0: nothing
    synchronized void busy(String why, long retryAfter, long now) {
        counters.countFailed(now);
        circuit.busy(now, retryAfter);
        turn(Health.UP, now);
        trouble = why;
    }

    /// When a pause ends; now if there is none.
    long pauseEnd(long now) {
        return Math.max(now, circuit.pauseEnd(now));
    }

    synchronized void lacks(String model, long now) {
        models = models.deniedIt(model);
        answered(now);
    }

    /// It took the request and failed it.
    synchronized void failed(long now) {
        counters.countFailed(now);
        circuit.answered(now);
    }

    /// The attempt ended without telling anything of the host.
    synchronized void unknown() {
        circuit.unknown();
    }

    // ---- for people

    /// Why it cannot be sent a task now; null if it can, or is only full.
    synchronized String trouble(String model, long now) {
        if (!enabled) {
            return name() + " is disabled";
        }
        if (health == Health.DOWN || !circuit.allows(now)) {
            return trouble == null ? name() + " is left alone for a moment" : trouble;
        }
        return models.has(model) == HostModels.Has.NO ? name() + " does not have the model " + model : null;
    }

    synchronized Backend backend(int slots, long now) {
        return new Backend(name(), kind, executor.url(), options.remote(), enabled, health.text,
                healthSince, checkedAt, trouble, circuit.pauseEnd(now), version,
                models.installed(), models.loaded(), slots, running, options.weight(), options.priority(),
                counters.completed(), counters.failed(), counters.tokens(), counters.tokensPerSecond(),
                counters.completedPerMinute(now), counters.failedPerMinute(now));
    }

    private void answered(long now) {
        circuit.answered(now);
        turn(Health.UP, now);
        if (circuit.allows(now)) {
            trouble = null;
        }
    }

    private void turn(Health next, long now) {
        if (health != next) {
            LOG.log(Level.INFO, "event=host_" + next.text + " host=" + name());
            health = next;
            healthSince = now;
        }
    }
}
