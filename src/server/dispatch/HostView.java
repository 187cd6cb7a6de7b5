package server.dispatch;

import java.util.List;
import java.util.Set;

import server.order.Fit;
import server.order.Residency;
import server.order.RunnerKey;
import server.task.ApiPath;

/// A host as seen by a decision at one moment.
///
/// @param takes    the only models for which its settings allow requests, empty for all
/// @param up       whether it is enabled, healthy as far as is known, and not left alone
/// @param passing  it is not up, but only for a moment: it said that it is busy, or has just become unreachable
/// @param sendable whether it may be sent a task now: a place is free too, for some key
/// @param running  how many attempts it has now
/// @param paths    the paths whose calls it answers
/// @param refused  the models that it refuses and for which it may not be asked now, without `:latest`
/// @param busy     the models for which it said that it is busy and may not be asked now, without `:latest`
/// @param runners  what it has loaded; null: it is of a kind that loads nothing
/// @param parallel how many attempts with one runner key it gets at once
/// @param at       the moment, milliseconds since the epoch
record HostView(String name, boolean remote, int weight, int priority, Set<String> takes, boolean up,
        boolean passing, boolean sendable, int running, HostModels models, List<String> refused, List<String> busy,
        Set<ApiPath> paths,
        Residency runners, int parallel, long at) {

    HostView with(int nowRunning, boolean isSendable, Residency itsRunners, long moment) {
        return new HostView(name, remote, weight, priority, takes, up, passing, isSendable, nowRunning, models, refused,
                busy, paths, itsRunners, parallel, moment);
    }

    boolean takes(String model) {
        return takes.isEmpty() || takes.contains(model);
    }

    /// Returns whether it answers calls of this path.
    ///
    /// @param path null: that of a submit's payload
    boolean answers(ApiPath path) {
        return path == null || paths.contains(path);
    }

    /// Returns how it fits a key, if it may be sent a task.
    Fit fit(RunnerKey key) {
        return runners == null ? Fit.LOADED : runners.fit(key, parallel, at);
    }

    /// Returns whether it has the key loaded, with a place free or not. During its load, an attempt that joins waits
    /// like the others.
    boolean holds(RunnerKey key) {
        return up && (runners == null ? models.hasLoaded(key.model())
                : !runners.loads(key, at) && !runners.isLoading(key.model()) && fit(key) != Fit.DRAINS);
    }

    /// Returns whether it may not be asked for a model now, for any reason.
    boolean keepsOff(String model) {
        return refuses(model) || !busy.isEmpty() && busy.contains(RunnerKey.plain(model));
    }

    /// Returns whether it may not be asked for a model now, for a reason of its own or its account's.
    boolean refuses(String model) {
        return !refused.isEmpty() && refused.contains(RunnerKey.plain(model));
    }
}
