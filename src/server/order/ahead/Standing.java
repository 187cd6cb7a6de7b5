package server.order.ahead;

import java.util.List;

import server.order.ReadyOrder;
import server.order.ahead.Explanation.Waiting;
import server.order.limits.Crowd;
import server.order.limits.Window;
import server.task.Task;

/// The queue at one moment, as far as a forecast needs it.
///
/// @param copy    a copy of the first ready tasks, to play with
/// @param comers  the pending tasks that become ready merely by time, the first of them by time and order, including
///                the task in question if it is not ready
/// @param windows the windows of all these
/// @param running the running tasks
/// @param crowd   empty; counts tasks for the limits during the game
/// @param paused  whether nothing starts until somebody resumes the queue
/// @param begins  when the task in question can begin at the earliest, or is submitted; 0 if it is ready,
///                Long.MAX_VALUE if time alone does not let it begin
/// @param window  its window; null for none
/// @param before  how many ready tasks go before it by priority and order alone, plus those of its window by order
/// @param longest how much later than it a task of priority `ageing.up_to` may be submitted and still go before it, in
///                milliseconds; Long.MAX_VALUE if there is no bound
/// @param heldBy  the window or the limit that keeps it from starting; null for none
/// @param now     the moment, milliseconds since the epoch
public record Standing(ReadyOrder.Copying copy, List<Comer> comers, List<Window> windows, List<Task> running,
        Crowd crowd, boolean paused, long begins, Window window, int before, long longest, Waiting heldBy, long now) {

    /// A task that becomes ready.
    ///
    /// @param slot negative for a task that has not been submitted yet
    public record Comer(long at, int slot, Task task) {
    }
}
