package server.order;

import java.util.Set;

import server.task.Task;

/// What the hosts can accept at one moment, for one choice.
public interface Offers {

    /// Returns the best offer for a task. Tasks of one demand (model, runner options, requested host and so on) that
    /// have not been tried yet all get the same.
    ///
    /// @param kept the hosts that are reserved for others
    Offer to(Task task, Set<String> kept);

    /// Returns whether a task may run on a host at all, now or later.
    boolean may(Task task, String host);

    /// Returns the models, without `:latest`, of which a runner with a free place is loaded: a task of any other model
    /// is not [Fit#LOADED]. Null if that cannot be said: a host that loads nothing has a place.
    Set<String> warm();
}
