package server.queue.state;

import java.util.List;

import server.order.ahead.Explanation.Waiting;
import server.order.ahead.Standing;
import server.task.Task;

/// The state of the pending tasks at one moment, grouped by what they may have in common.
///
/// @param lanes     tasks whose time has come, grouped by what they require of their hosts
/// @param shut      tasks that wait for a window
/// @param scheduled how many wait for their own time
/// @param retrying  how many wait for their next attempt
/// @param wakes     when the first of these two kinds continues; Long.MAX_VALUE if there is none
/// @param standing  the copy on which to play forward; null if nobody asked for it
public record Backlog(List<WaitingLane> lanes, List<Shut> shut, int scheduled, int retrying, long wakes,
        Standing standing) {

    /// @param heldBy the limit that prevents all of them from starting; null for none
    public record WaitingLane(Task first, int tasks, Waiting heldBy) {
    }

    /// @param opens when; Long.MAX_VALUE for never: the settings do not contain it
    public record Shut(String window, Waiting waiting, int tasks, long opens) {
    }
}
