package server.order;

/// How the best host that a task may go to stands to its runner key, best first.
public enum Fit {
    /// Has a place and loads nothing for it.
    LOADED,
    /// Has a place, and has to load it first, without throwing out what answers.
    LOADS,
    /// Would have to throw out, or to load again, a runner that answers: to be kept free until that has ended.
    DRAINS,
    /// Cannot take it now, for another reason.
    NONE;

    /// Returns whether the task can start there now.
    public boolean canStart() {
        return this == LOADED || this == LOADS;
    }
}
