package server.queue.state;

import java.util.List;

import server.order.ahead.Explanation.Waiting;
import server.order.ahead.Standing;
import server.task.Task;

/// How the pending tasks stood at one moment, by what they may have in common.
///
/// @param lanes     those whose time has come and that want the same of their hosts, together
/// @param shut      those that wait for a window
/// @param scheduled how many wait for their own time
/// @param retrying  how many wait for their next attempt
/// @param wakes     when the first of these two kinds goes on; Long.MAX_VALUE if there is none
/// @param standing  to be played with; null if nobody asked for it
public record Backlog(List<WaitingLane> lanes, List<Shut> shut, int scheduled, int retrying, long wakes,
        Standing standing) {

    /// @param heldBy the limit that keeps all of them from starting; null for none
    public record WaitingLane(Task first, int tasks, Waiting heldBy) {
    }

    /// @param opens when; Long.MAX_VALUE for never: the settings do not have it
    public record Shut(String window, Waiting waiting, int tasks, long opens) {
    }
}
