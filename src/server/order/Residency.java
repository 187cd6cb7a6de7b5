package server.order;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

import server.task.RunnerOptions;

/// The runners of one host that loads models, as far as is known: from the attempts sent there and from the host's
/// reports. Immutable: each method that records an event returns the new knowledge. Times are milliseconds since the
/// epoch.
///
/// A host has at most one runner of a model. A runner that our attempts wait for, or that answers them, is never taken
/// for gone: the host would have to break them off. During a load, the host's reports on its runners may be old or
/// incomplete, so they count only afterwards; and only the host can tell which idle runners it evicted for the load, so
/// none of them is relied on until then.
///
/// @param runners in no order
/// @param fits    how many were ever seen loaded together; at first 1
/// @param loadMs  the duration of a load by model, in milliseconds
/// @param loads   of the present day
public record Residency(List<Runner> runners, int fits, Map<String, Long> loadMs, Loads loads) {

    public static final Residency NONE = new Residency(List.of(), 1, Map.of(), new Loads(0, 0, 0));

    /// How long Ollama keeps a model that gets no requests, unless a request or its settings say otherwise.
    private static final long KEEP_MS = 5 * 60_000;
    /// The longest `load_duration` that Ollama reports for a loaded model, on a slow machine.
    public static final long WARM_MAX_MS = 20;
    /// A `load_duration` from here on means that another program had evicted the model.
    private static final long COLD_MIN_MS = 1_000;
    /// The number of runners, possibly gone, that are remembered.
    private static final int DOUBTFUL_MAX = 16;
    /// The number of models whose loads are remembered.
    private static final int MODELS_MAX = 1_000;
    private static final long DAY_MS = 86_400_000;

    /// @param model   without `:latest`
    /// @param options of the request for which it was started; null: that of another program
    /// @param context its context length, as the host reports it; 0: not known
    /// @param since   when its load began, or when it was first seen
    /// @param until   when it is unloaded if it gets no requests; Long.MAX_VALUE: never
    /// @param keep    how long it stays after its last answer, in milliseconds; Long.MAX_VALUE: forever
    /// @param running how many of our attempts it has
    /// @param loading whether it is not yet known that its load is over
    /// @param usedAt  when an attempt was last sent to it, or last ended there
    public record Runner(String model, RunnerOptions options, long context, long since, long until, long keep,
            int running, boolean loading, long usedAt) {

        boolean serves(RunnerKey key) {
            RunnerOptions asked = key.options();
            return options != null ? key.isServedBy(model, options)
                    // of another program's runner only the context is known; the rest may be what Ollama chooses by
                    // default
                    : model.equals(key.model()) && new RunnerOptions(asked.numCtx() == null || context == 0 ? null
                            : (Long) context, null, asked.numGpu(), null, null, null, null, null).equals(asked);
        }

        /// Returns whether it is loaded at a moment.
        public boolean isThere(long now) {
            return running > 0 || until > now;
        }

        private Runner running(int attempts, long now) {
            return new Runner(model, options, context, since, until, keep, attempts, loading, now);
        }

        private Runner loading(boolean isLoading) {
            return new Runner(model, options, context, since, until, keep, running, isLoading, usedAt);
        }

        private Runner keep(long ms) {
            return new Runner(model, options, context, since, until, ms, running, loading, usedAt);
        }

        private Runner until(long end) {
            return new Runner(model, options, context, since, end, keep, running, loading, usedAt);
        }

        /// Returns the runner after a report of the host.
        private Runner seen(Seen as, long now) {
            // an idle runner whose context has changed belongs to another program
            boolean changed = running == 0 && context != 0 && as.context != 0 && as.context != context;
            long end = as.until != 0 ? as.until : keep == Long.MAX_VALUE ? keep : now + keep;
            return new Runner(model, changed ? null : options, as.context == 0 ? context : as.context, since, end, keep,
                    running, loading, usedAt);
        }
    }

    /// A runner as `/api/ps` reports it.
    ///
    /// @param model   as the host writes it
    /// @param context its context length; 0: not reported
    /// @param until   when it expires; 0: not reported
    public record Seen(String model, long context, long until) {
    }

    /// @param day    counted from the epoch, in UTC
    /// @param count  how many loads ended on that day
    /// @param millis how long they took in total
    public record Loads(long day, int count, long millis) {

        private Loads and(long took, long now) {
            long today = Math.floorDiv(now, DAY_MS);
            return today == day ? new Loads(day, count + 1, millis + took) : new Loads(today, 1, took);
        }
    }

    public Residency {
        runners = List.copyOf(runners);
    }

    // ---- conclusions

    /// Returns how the host fits a key; whether it has a free place at all is not checked here.
    ///
    /// @param parallel how many attempts of one runner it gets at once
    public Fit fit(RunnerKey key, int parallel, long now) {
        Runner own = null;
        for (Runner runner : runners) {
            own = runner.model.equals(key.model()) && runner.isThere(now) ? runner : own;
        }
        boolean serves = own != null && own.serves(key);
        if (own != null && own.running > 0) {
            // it is not known which of two requests the host gets first: until it has loaded they must not differ
            boolean joins = own.running < parallel && (!own.loading || key.options().equals(own.options));
            return !serves ? Fit.DRAINS : joins ? Fit.LOADED : Fit.NONE;
        }
        return answering() >= fits ? Fit.DRAINS : serves ? Fit.LOADED : Fit.LOADS;
    }

    /// Returns whether any key could be sent to it now.
    public boolean takesAny(int parallel, long now) {
        return answering() < fits || !warm(parallel, now).isEmpty();
    }

    /// Returns the models, without `:latest`, that have a runner with a free place.
    public Set<String> warm(int parallel, long now) {
        boolean room = answering() < fits;
        Set<String> warm = new HashSet<>();
        for (Runner runner : runners) {
            if (runner.running > 0 ? runner.running < parallel : room && runner.isThere(now)) {
                warm.add(runner.model);
            }
        }
        return warm;
    }

    /// Returns whether a request of this key makes the host load.
    public boolean loads(RunnerKey key, long now) {
        Runner runner = of(key.model());
        return runner == null || !runner.isThere(now) || !runner.serves(key);
    }

    /// Returns the models, without `:latest`, of the runners that have attempts of ours, by name.
    public List<String> answers() {
        return runners.stream().filter(runner -> runner.running > 0).map(Runner::model).sorted().toList();
    }

    /// Returns whether it is being loaded.
    public boolean isLoading(String model) {
        Runner runner = of(model);
        return runner != null && runner.loading;
    }

    /// Returns whether any runner is being loaded.
    public boolean isLoading() {
        for (Runner runner : runners) {
            if (runner.loading) {
                return true;
            }
        }
        return false;
    }

    /// Returns the number of loads that ended on the day of a moment.
    public int loadsOn(long now) {
        return loads.day == Math.floorDiv(now, DAY_MS) ? loads.count : 0;
    }

    // ---- events

    /// Returns the same after an attempt of this key was sent.
    public Residency sent(RunnerKey key, long now) {
        Runner before = of(key.model());
        int attempts = before == null ? 1 : before.running + 1;
        List<Runner> others = others(key.model());
        if (!loads(key, now)) {
            Runner used = before.options != null ? before : new Runner(before.model, key.options(), before.context,
                    before.since, before.until, before.keep, before.running, before.loading, before.usedAt);
            others.add(used.running(attempts, now));
            return with(others);
        }
        if (others.size() > DOUBTFUL_MAX) {
            others.removeIf(runner -> !runner.isThere(now));
        }
        // any runner that the host still reports then has the known options
        others.replaceAll(runner -> runner.running > 0 ? runner : runner.until(0));
        others.add(new Runner(key.model(), key.options(), 0, now, now, KEEP_MS, attempts, true, now));
        return with(others);
    }

    /// Returns the same after a request said how long its model should stay loaded.
    ///
    /// @param keep in milliseconds; Long.MAX_VALUE: forever
    public Residency keeps(String model, long keep) {
        return change(model, runner -> runner.keep(keep));
    }

    /// Returns the same after an answer of this model has begun, so that its load is over.
    public Residency answers(String model) {
        return change(model, runner -> runner.loading ? runner.loading(false) : runner);
    }

    /// Returns the same after an attempt has ended. A runner that never answered may never have existed.
    public Residency ended(String model, long now) {
        Runner before = of(model);
        if (before == null || before.running == 0) {
            return this;
        }
        boolean stays = before.running > 1 || !before.loading && before.keep > 0;
        return !stays ? with(others(before.model)) : change(model, runner -> runner.running(runner.running - 1, now)
                .until(runner.keep == Long.MAX_VALUE ? Long.MAX_VALUE : now + runner.keep));
    }

    /// Returns the same after an attempt has completed.
    ///
    /// @param loads whether a load was expected for it
    /// @param took  the duration of the load as the host reports it, in milliseconds; -1: not reported
    public Residency completed(String model, boolean loads, long took, long now) {
        String plain = RunnerKey.plain(model);
        long usual = loadMs.getOrDefault(plain, 0L);
        Residency after = answers(model);
        boolean loaded = loads ? took < 0 || took > Math.max(WARM_MAX_MS, usual / 4)
                : took >= Math.max(COLD_MIN_MS, usual / 2);
        if (!loaded) {
            return after;
        }
        Map<String, Long> learned = loadMs;
        if (took >= 0 && (usual > 0 || loadMs.size() < MODELS_MAX)) {
            learned = new HashMap<>(loadMs);
            learned.put(plain, usual == 0 ? took : (3 * usual + took) / 4);
        }
        return new Residency(after.runners, fits, learned, this.loads.and(Math.max(0, took), now));
    }

    /// Returns the same after the host reported what it has loaded.
    ///
    /// @param askedAt when it was asked
    public Residency reported(List<Seen> all, long askedAt, long now) {
        Map<String, Seen> told = new HashMap<>();
        all.forEach(seen -> told.put(RunnerKey.plain(seen.model), seen));
        if (runners.stream().anyMatch(runner -> runner.loading || runner.since >= askedAt
                || runner.usedAt >= askedAt && !told.containsKey(runner.model))) {
            return this;
        }
        List<Runner> after = new ArrayList<>();
        for (Runner runner : runners) {
            Seen seen = told.get(runner.model);
            if (seen != null) {
                after.add(runner.seen(seen, now));
            } else if (runner.running > 0) {
                after.add(runner);
            }
        }
        for (Seen seen : all) {
            if (of(RunnerKey.plain(seen.model)) == null) {
                after.add(new Runner(RunnerKey.plain(seen.model), null, seen.context, now,
                        seen.until == 0 ? now + KEEP_MS : seen.until, KEEP_MS, 0, false, askedAt));
            }
        }
        return new Residency(after, Math.max(fits, all.size()), loadMs, loads);
    }

    /// Returns the same after the host was away: if it was restarted it has nothing loaded. Runners for which our
    /// attempts wait are not known to be gone until these attempts have ended.
    public Residency lost() {
        List<Runner> busy = new ArrayList<>();
        for (Runner runner : runners) {
            if (runner.running > 0) {
                busy.add(runner.loading(true));
            }
        }
        return with(busy);
    }

    // ---- inside

    private int answering() {
        int answering = 0;
        for (Runner runner : runners) {
            answering += runner.running > 0 ? 1 : 0;
        }
        return answering;
    }

    private Runner of(String model) {
        String plain = RunnerKey.plain(model);
        for (Runner runner : runners) {
            if (runner.model.equals(plain)) {
                return runner;
            }
        }
        return null;
    }

    private List<Runner> others(String model) {
        List<Runner> others = new ArrayList<>(runners);
        others.removeIf(runner -> runner.model.equals(model));
        return others;
    }

    private Residency change(String model, UnaryOperator<Runner> how) {
        Runner before = of(model);
        if (before == null) {
            return this;
        }
        List<Runner> after = others(before.model);
        after.add(how.apply(before));
        return with(after);
    }

    private Residency with(List<Runner> next) {
        return new Residency(next, fits, loadMs, loads);
    }
}
