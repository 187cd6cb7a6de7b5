package server.dispatch;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import server.executor.HostReport;

/// What is known of a host's models: what it listed last, corrected by what it did since. Immutable.
///
/// @param installed null if it gave no list so far
/// @param loaded    those that answer without being loaded first; where the host does not tell, what it ran since
/// @param denied    of which it said since its last list that it has them not
/// @param served    that it ran although its list lacks them
record HostModels(Set<String> installed, Set<String> loaded, Set<String> denied, Set<String> served) {

    /// What a host can say of a model; none of it is the last word.
    enum Has { YES, NO, UNKNOWN }

    static final HostModels UNKNOWN = new HostModels(null, Set.of(), Set.of(), Set.of());

    private static final int SERVED_MAX = 1_000;

    Has has(String model) {
        String name = whole(model);
        if (denies(model)) {
            return Has.NO;
        }
        if (served.contains(name)) {
            return Has.YES;
        }
        return installed == null ? Has.UNKNOWN : installed.contains(name) ? Has.YES : Has.NO;
    }

    boolean denies(String model) {
        return denied.contains(whole(model));
    }

    boolean hasLoaded(String model) {
        return loaded.contains(whole(model));
    }

    HostModels listed(HostReport report) {
        return new HostModels(report.installed() == null ? null : names(report.installed()),
                report.loaded() == null ? loaded : names(report.loaded()), Set.of(), served);
    }

    HostModels deniedIt(String model) {
        return new HostModels(installed, without(loaded, model), with(denied, model), without(served, model));
    }

    HostModels ran(String model) {
        if (has(model) == Has.YES && hasLoaded(model)) {
            return this;
        }
        boolean listed = installed != null && installed.contains(whole(model));
        return new HostModels(installed, with(loaded, model), without(denied, model),
                listed || served.size() >= SERVED_MAX ? served : with(served, model));
    }

    /// The name with its tag: `qwen3` is `qwen3:latest`.
    static String whole(String model) {
        return model.indexOf(':', model.lastIndexOf('/') + 1) < 0 ? model + ":latest" : model;
    }

    private static Set<String> names(List<String> models) {
        Set<String> names = new TreeSet<>();
        models.forEach(model -> names.add(whole(model)));
        return names;
    }

    private static Set<String> with(Set<String> names, String model) {
        Set<String> more = new HashSet<>(names);
        more.add(whole(model));
        return more;
    }

    private static Set<String> without(Set<String> names, String model) {
        Set<String> less = new HashSet<>(names);
        less.remove(whole(model));
        return less;
    }
}
