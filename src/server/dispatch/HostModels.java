package server.dispatch;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

import server.executor.HostReport;
import server.order.RunnerKey;

/// What is known about a host's models: its last list, corrected by what it did since. Immutable. The names are the
/// host's, or the task's if the host has not listed the model; `qwen3` and `qwen3:latest` are one model.
///
/// @param installed null if it has reported no list so far
/// @param loaded    those that answer without being loaded first; if the host does not report them, those it has run
///                  since
/// @param denied    those that it has denied having since its last list
/// @param served    those that it ran although its list lacks them
record HostModels(Set<String> installed, Set<String> loaded, Set<String> denied, Set<String> served) {

    /// What can be known about a host's model; none of it is final.
    enum Has { YES, NO, UNKNOWN }

    static final HostModels UNKNOWN = new HostModels(null, Set.of(), Set.of(), Set.of());

    /// The number of models run by a host that are remembered: some hosts answer to every name.
    static final int RAN_MAX = 1_000;

    private static final String LATEST = ":latest";

    Has has(String model) {
        if (denies(model)) {
            return Has.NO;
        }
        if (holds(served, model)) {
            return Has.YES;
        }
        return installed == null ? Has.UNKNOWN : holds(installed, model) ? Has.YES : Has.NO;
    }

    boolean denies(String model) {
        return holds(denied, model);
    }

    boolean hasLoaded(String model) {
        return holds(loaded, model);
    }

    HostModels listed(HostReport report) {
        return new HostModels(report.installed() == null ? null : new TreeSet<>(report.installed()),
                report.loaded() == null ? loaded : new TreeSet<>(report.loaded()), Set.of(), served);
    }

    HostModels deniedIt(String model) {
        return new HostModels(installed, without(loaded, model), with(denied, model), without(served, model));
    }

    HostModels ran(String model) {
        if (has(model) == Has.YES && hasLoaded(model)) {
            return this;
        }
        boolean listed = installed != null && holds(installed, model);
        String name = listed && !installed.contains(model) ? otherName(model) : model;
        return new HostModels(installed, loaded.size() < RAN_MAX ? with(loaded, name) : loaded,
                without(denied, model), listed || served.size() >= RAN_MAX ? served : with(served, model));
    }

    /// Returns whether the model is among these.
    static boolean holds(Set<String> names, String model) {
        return names.contains(model) || names.contains(otherName(model));
    }

    /// Returns `qwen3:latest` for `qwen3` and vice versa; for a name with another tag the name itself.
    private static String otherName(String model) {
        if (model.endsWith(LATEST)) {
            return RunnerKey.plain(model);
        }
        return model.indexOf(':', model.lastIndexOf('/') + 1) < 0 ? model + LATEST : model;
    }

    private static Set<String> with(Set<String> names, String model) {
        Set<String> more = new HashSet<>(names);
        more.add(model);
        return more;
    }

    private static Set<String> without(Set<String> names, String model) {
        Set<String> less = new HashSet<>(names);
        less.remove(model);
        less.remove(otherName(model));
        return less;
    }
}
