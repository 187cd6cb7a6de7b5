package server.order;

import java.util.Set;

import server.task.Task;

/// What the hosts can take, as they stand at one moment, for one choice.
public interface Offers {

    /// Returns the best offer for a task. Of tasks of one demand (model, runner options, host asked for and so on) that
    /// were not tried yet each gets the same.
    ///
    /// @param kept the hosts that are kept free for others
    Offer to(Task task, Set<String> kept);

    /// Returns whether a task may run on a host at all, now or later.
    boolean may(Task task, String host);

    /// Returns the models, without `:latest`, of which a runner is loaded where a place is free: a task of any other
    /// model is not [Fit#LOADED]. Null where that cannot be said: a host that loads nothing has a place.
    Set<String> warm();
}
