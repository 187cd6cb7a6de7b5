package server.dispatch;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import server.dispatch.Backend.Refused;
import server.executor.HostReport;
import server.executor.Outcome;
import server.executor.Outcome.Cause;
import server.executor.TaskExecutor;
import server.order.Residency;
import server.order.RunnerKey;
import server.order.ahead.Explanation.Load;
import server.order.limits.Budget;
import server.stats.Activity;
import server.task.ApiPath;
import server.task.Times;
import shared.LogValue;
import shared.json.Slice;

/// A host and what is known about it. Every method is quick and for any thread.
///
/// Invariant: no more than `maxConcurrent` attempts run at once, unless it is 0; only the dispatcher begins them, and
/// it checks [#view] first.
final class Host {

    private static final Logger LOG = System.getLogger("dispatch");

    private static final int SILENCES_MAX = 3;
    /// A request may reach the host this much later than it was counted, and the next minute's first one at once.
    private static final long ON_THE_WAY_MS = 2_000;
    private static final HostReport.ReportedRunner NO_SIZE = new HostReport.ReportedRunner("", 0, 0, 0, 0);
    /// The kind of host that loads models.
    static final String LOADING_KIND = "ollama";

    final TaskExecutor executor;
    final HostOptions options;
    final String kind;
    final Circuit circuit = new Circuit();
    private final Budget budget = new Budget(ON_THE_WAY_MS);
    private final HostCounters counters;
    /// The paths whose calls it answers, those of Ollama's API by translation if necessary.
    private final Set<ApiPath> paths = EnumSet.noneOf(ApiPath.class);

    // all fields below: under this host's lock
    private boolean enabled = true;
    private volatile int running;
    private Health health = Health.UNKNOWN;
    private long healthSince;
    private long checkedAt;
    /// Whether it ever reported its health: from then on a missing report means that it is away.
    private boolean tells;
    /// How many reports in a row are missing.
    private int silences;
    /// Why the last attempt to reach it failed, or with what it refuses; null since it last answered.
    private String trouble;
    private String version;
    private HostModels models = HostModels.UNKNOWN;
    private final RefusedModels refused = new RefusedModels(RefusedModels.PAUSE_MAX_MS);
    private final RefusedModels busy = new RefusedModels(Circuit.PAUSE_MAX_MS);
    /// When it last completed a task.
    private long workedAt;
    /// Null: it loads nothing.
    private Residency runners;
    /// The memory of its models, by model, as last reported.
    private Map<String, HostReport.ReportedRunner> sizes = Map.of();
    private final Activity activity;

    /// @param tokens     the tokens that the model wrote
    /// @param loadMillis how long the host loaded the model for it; -1 if it did not, or does not report it
    record Completed(long tokens, long loadMillis) {
    }

    /// How an attempt finds its model.
    enum Found { LOADED, LOADING, TO_LOAD }

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
        activity = new Activity(now);
        runners = loadsModels() ? Residency.NONE : null;
        for (ApiPath path : ApiPath.values()) {
            if (path.ollamas() || executor.relays(path.path)) {
                paths.add(path);
            }
        }
    }

    String name() {
        return options.address().name() != null ? options.address().name() : executor.name();
    }

    /// Returns whether it is of a kind that loads models.
    boolean loadsModels() {
        return kind.equals(LOADING_KIND);
    }

    boolean answers(ApiPath path) {
        return paths.contains(path);
    }

    /// @param place whether the shared limit of all hosts leaves a place for it
    synchronized HostView view(boolean place, long now) {
        boolean up = enabled && isOpen(now) && health != Health.DOWN;
        boolean free = place && (options.maxConcurrent() == 0 || running < options.maxConcurrent())
                && (runners == null || runners.takesAny(options.parallel(), now));
        return new HostView(name(), options.remote(), options.weight(), options.priority(),
                options.address().models().keySet(), up, enabled && !up && !circuit.away(),
                isAble(now) && free, running, models, refused.notNow(now), busy.notNow(now), paths, runners,
                options.parallel(), now);
    }

    /// Returns whether it may be sent tasks as long as it has places.
    synchronized boolean isAble(long now) {
        // a host that never reported its health may well run tasks
        return enabled && isOpen(now) && (health != Health.DOWN || !tells);
    }

    /// Takes no lock, because every submit calls it.
    int running() {
        return running;
    }

    /// Returns what requests that are not tasks need; null while it is disabled.
    synchronized HostAccess access(long now) {
        Map<String, String> names = options.address().models();
        Set<String> known = !names.isEmpty() ? names.keySet() : models.installed() == null ? Set.of()
                : models.installed();
        return enabled ? new HostAccess(name(), options.remote(), circuit.allows(now) && health != Health.DOWN, known,
                names, executor) : null;
    }

    /// Notes that a task with this key is being sent.
    synchronized Found begun(RunnerKey key, long now) {
        circuit.sent();
        if (options.requestsPerMinute() > 0) {
            budget.take(now);
        }
        refused.sent(key.model());
        busy.sent(key.model());
        running++;
        if (runners == null) {
            does(now);
            return Found.LOADED;
        }
        Found found = runners.loads(key, now) ? Found.TO_LOAD
                : runners.isLoading(key.model()) ? Found.LOADING : Found.LOADED;
        runners = runners.sent(key, now);
        does(now);
        return found;
    }

    /// Notes how long an attempt's request keeps its model loaded.
    ///
    /// @param keep in milliseconds; null: not given
    synchronized void keeps(String model, Long keep) {
        if (runners != null && keep != null) {
            runners = runners.keeps(model, keep);
        }
    }

    /// Notes that an answer has begun: its model is loaded; if this was the try after a pause, the pause is over.
    synchronized void answers(String model, long begunAt, long now) {
        if (runners != null && runners.isLoading()) {
            runners = runners.answers(model);
            does(now);
        }
        if (circuit.isTry(begunAt) || busy.isTry(model, begunAt) || refused.isTry(model, begunAt)) {
            accepted(model, now);
            answered(now);
        }
    }

    synchronized void ended(String model, long now) {
        running--;
        if (runners != null) {
            runners = runners.ended(model, now);
        }
        does(now);
    }

    /// Returns whether it is not left alone, and its budget allows a request.
    private boolean isOpen(long now) {
        return circuit.allows(now) && budgetEnd(now) == 0;
    }

    /// Returns when its budget has room again, milliseconds since the epoch; 0: it has now.
    private long budgetEnd(long now) {
        long wait = options.requestsPerMinute() == 0 ? 0 : budget.pause(options.requestsPerMinute(), now);
        return wait == 0 ? 0 : now + wait;
    }

    private void does(long now) {
        activity.turn(runners != null && runners.isLoading(), running > 0, now);
    }

    synchronized void enable(boolean on) {
        enabled = on;
    }

    /// Records a report of its health.
    ///
    /// @param askedAt when it was asked
    /// @return whether it now lists a model that it did not have
    synchronized boolean reported(HostReport report, long askedAt, long now) {
        if (runners != null && report.runners() != null) {
            runners = runners.reported(report.runners().stream().map(runner -> new Residency.Seen(runner.model(),
                    runner.contextLength(), runner.expiresAt())).toList(), askedAt, now);
        }
        if (report.runners() != null) {
            sizes = report.runners().stream().collect(Collectors.toMap(runner -> RunnerKey.plain(runner.model()),
                    Function.identity(), (one, other) -> one));
        }
        tells = true;
        silences = 0;
        checkedAt = now;
        version = report.version();
        HostModels before = models;
        models = before.listed(report);
        circuit.reached();
        turn(Health.UP, now);
        if (circuit.allows(now)) {
            trouble = null;
        }
        return report.installed() != null
                && report.installed().stream().anyMatch(model -> before.has(model) != HostModels.Has.YES);
    }

    /// Records that a report is missing. While it works that means nothing, unless it cannot be connected to, refuses
    /// its list as it refuses a model, or is doubted.
    ///
    /// @param doubted whether it has just refused a task as if it were not what its kind says
    synchronized void silent(String why, Cause cause, boolean doubted, long now) {
        checkedAt = now;
        silences++;
        boolean refuses = doubted || cause == Cause.ACCOUNT && !refused.isEmpty();
        boolean sure = refuses || cause == Cause.UNREACHABLE;
        tells |= refuses;
        if (sure || tells && running == 0) {
            circuit.unreachable(now);
        }
        if (sure || running == 0) {
            down(why, now);
        }
    }

    /// Returns whether three reports in a row are missing of a host that used to report: waiting for it is useless.
    synchronized boolean isLost() {
        return tells && silences >= SILENCES_MAX;
    }

    /// Returns whether it ever listed its models.
    synchronized boolean lists() {
        return models.installed() != null;
    }

    /// Returns when it or a model may be tried again, milliseconds since the epoch; Long.MAX_VALUE: nothing waits.
    synchronized long nextTry(long now) {
        long end = Math.max(circuit.pauseEnd(now), budgetEnd(now));
        return Math.min(end == 0 ? Long.MAX_VALUE : end, Math.min(refused.nextTry(now), busy.nextTry(now)));
    }

    /// Records the end of an attempt.
    ///
    /// @param outcome a cause, `completed` or `interrupted`
    synchronized void count(String outcome) {
        counters.ended(outcome);
    }

    /// @param found how the attempt found its model
    Completed completed(String model, Found found, Slice result, long now) {
        HostCounters.Speed pace = HostCounters.Speed.of(result);
        long loadMillis = -1;
        synchronized (this) {
            models = models.ran(model);
            if (runners != null) {
                Residency before = runners;
                // an attempt that waited for another's load reports that load too
                runners = found == Found.LOADING ? runners.answers(model)
                        : runners.completed(model, found == Found.TO_LOAD, pace.loadMillis(), now);
                if (!runners.loads().equals(before.loads())) {
                    counters.loaded();
                    loadMillis = pace.loadMillis();
                }
                does(now);
            }
            counters.completed(pace, now);
            workedAt = now;
            accepted(model, now);
            answered(now);
        }
        return new Completed((long) pace.tokens(), loadMillis);
    }

    /// Records that it could not be connected to.
    synchronized void unreachable(String model, String why, long now) {
        counters.countFailed(now);
        circuit.unreachable(now);
        toldNothingOf(model);
        down(why, now);
    }

    /// Records that it is too busy for this model: a front may have lost only that model's backend. If it says the same
    /// of a second model, it applies to the whole host, unless a task completed here since the first refusal.
    ///
    /// @param retryAfter the pause that it requested, in milliseconds; 0: none
    /// @return when it may be asked for the model again
    synchronized long busy(String model, Outcome.Failed failure, long retryAfter, long now) {
        counters.countFailed(now);
        busy.refuse(model, failure, retryAfter, now);
        refused.unknown(model);
        if (busy.anotherSince(model, workedAt)) {
            circuit.busy(now, retryAfter);
            turn(Health.UP, now);
            trouble = failure.message();
        } else {
            answered(now);
        }
        return Math.max(now, Math.max(circuit.pauseEnd(now), busy.pauseEnd(model, now)));
    }

    synchronized void lacks(String model, long now) {
        models = models.deniedIt(model);
        toldNothingOf(model);
        answered(now);
    }

    /// Records that it refuses this model for a reason of its own or its account's. If it says the same of a second
    /// model, it applies to the whole host, unless a task completed here since the first refusal.
    ///
    /// @param retryAfter the pause that it requested, in milliseconds; 0: none
    /// @return when it may be asked for the model again
    synchronized long refuses(String model, Outcome.Failed refusal, long retryAfter, long now) {
        String why = refusal.message();
        counters.countFailed(now);
        if (refused.refuse(model, refusal, retryAfter, now)) {
            LOG.log(Level.WARNING, "event=model_set_aside host=" + LogValue.of(name()) + " model="
                    + LogValue.of(model) + " error=" + LogValue.of(refusal.inShort() + "; see backends"));
        }
        if (refused.anotherSince(model, workedAt)) {
            if (circuit.allows(now)) {
                LOG.log(Level.WARNING, "event=host_set_aside host=" + LogValue.of(name()) + " error="
                        + LogValue.of(refusal.inShort() + " for more than one model; see backends"));
            }
            circuit.busy(now, retryAfter);
            trouble = why;
        } else {
            circuit.answered(now);
        }
        busy.unknown(model);
        return nextTry(now);
    }

    /// Returns with what it last refused the model, and for how long from now on; null if it does not.
    synchronized Outcome.Failed refusal(String model, long now) {
        return refused.refusal(model, now);
    }

    /// Returns whether a model that it refused has worked again after this moment.
    synchronized boolean recoveredSince(String model, long at) {
        return refused.recoveredSince(model, at);
    }

    /// Records that it accepted the request and failed it, or that its front refused it.
    ///
    /// @param taken whether it accepted it
    synchronized void failed(String model, boolean taken, long now) {
        counters.countFailed(now);
        circuit.answered(now);
        if (taken) {
            accepted(model, now);
        } else {
            toldNothingOf(model);
        }
    }

    /// Records that the attempt ended without revealing anything about the host.
    synchronized void unknown(String model) {
        circuit.unknown();
        toldNothingOf(model);
    }

    /// Returns its load of a model; null if it is not loading it now.
    synchronized Load load(String model, long now) {
        String plain = RunnerKey.plain(model);
        return runners == null || !runners.isLoading(plain) ? null : runners.runners().stream()
                .filter(runner -> runner.model().equals(plain)).findFirst().map(runner -> new Load(
                        now - runner.since(), runners.loadMs().getOrDefault(plain, -1L))).orElse(null);
    }

    /// Returns why it cannot be sent a task now; null if it can, or is only full.
    synchronized String trouble(String model, long now) {
        if (!enabled) {
            return name() + " is disabled";
        }
        if (health == Health.DOWN || !circuit.allows(now)) {
            return trouble == null ? name() + " is left alone for a moment" : trouble;
        }
        if (budgetEnd(now) > 0) {
            return name() + " was sent the " + options.requestsPerMinute() + " requests that it may be sent in a "
                    + "minute; the next at " + Times.format(budgetEnd(now));
        }
        if (!refused.allows(model, now)) {
            return refused.error(model);
        }
        if (!busy.allows(model, now)) {
            return busy.error(model);
        }
        return models.has(model) == HostModels.Has.NO ? lacking(name(), model) : null;
    }

    /// Returns the text about a host that lacks a model.
    static String lacking(String name, String model) {
        return name + " does not have the model " + model;
    }

    /// Returns how many of this many attempts it would get at once: of each model that fits as many as Ollama answers.
    synchronized int takes(int most) {
        return runners == null ? most : (int) Math.min(most, (long) runners.fits() * options.parallel());
    }

    synchronized Backend backend(int slots, long now) {
        List<Refused> refusals = Stream.concat(refused.all(now).stream(), busy.all(now).stream()).toList();
        String error = trouble != null || refusals.isEmpty() ? trouble : refusals.getLast().error();
        return new Backend(name(), kind, executor.url(), options.remote(), enabled, health.text,
                healthSince, checkedAt, error, Math.max(circuit.pauseEnd(now), budgetEnd(now)), version,
                models.installed(), models.loaded(), slots, runners == null ? slots
                : Math.min(slots, options.parallel()), running, options.weight(), options.priority(),
                counters.completed(), counters.failed(), counters.tokens(), counters.tokensPerSecond(),
                counters.completedPerMinute(now), counters.failedPerMinute(now), refusals,
                runners == null ? List.of() : runners.runners().stream().filter(runner -> runner.isThere(now))
                        .map(runner -> new Backend.RunnerView(runner.model(), runner.options(), runner.since(),
                                runner.running() > 0 || runner.until() == Long.MAX_VALUE ? 0 : runner.until(),
                                runner.running(), runner.loading(), runners.loadMs().getOrDefault(runner.model(),
                                0L), sizes.getOrDefault(runner.model(), NO_SIZE).size(),
                                sizes.getOrDefault(runner.model(), NO_SIZE).sizeVram())).toList(),
                runners == null ? 0 : runners.fits(), runners == null ? 0 : runners.loadsOn(now), activity.lane(now),
                new Backend.Sums(counters.outcomes(), counters.tokensRead(), counters.loads()));
    }

    private void answered(long now) {
        circuit.answered(now);
        turn(Health.UP, now);
        if (circuit.allows(now)) {
            trouble = null;
        }
    }

    private void toldNothingOf(String model) {
        refused.unknown(model);
        busy.unknown(model);
    }

    private void accepted(String model, long now) {
        busy.answered(model, now);
        if (refused.accept(model, now)) {
            LOG.log(Level.INFO, "event=model_back host=" + LogValue.of(name()) + " model="
                    + LogValue.of(model));
        }
    }

    private void down(String why, long now) {
        trouble = why;
        turn(Health.DOWN, now);
    }

    private void turn(Health next, long now) {
        if (health == next) {
            return;
        }
        boolean down = next == Health.DOWN;
        LOG.log(down ? Level.WARNING : Level.INFO, "event=host_" + next.text + " host=" + LogValue.of(name())
                + (down ? " error=" + LogValue.of(trouble) : ""));
        if (down && runners != null) {
            runners = runners.lost();
        }
        health = next;
        healthSince = now;
    }
}
