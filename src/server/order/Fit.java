package server.order;

/// How the best host open to a task fits its runner key, best first.
public enum Fit {
    /// Has a place and needs no load.
    LOADED,
    /// Has a place, and must load the model first, without evicting a runner that answers.
    LOADS,
    /// Would have to evict or reload a runner that answers: to be reserved until that has ended.
    DRAINS,
    /// Cannot run it now, for another reason.
    NONE;

    /// Returns whether the task can start there now.
    public boolean canStart() {
        return this == LOADED || this == LOADS;
    }
}
