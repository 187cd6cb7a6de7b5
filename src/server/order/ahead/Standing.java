package server.order.ahead;

import java.util.List;

import server.order.ReadyOrder;
import server.order.ahead.Explanation.Waiting;
import server.order.limits.Crowd;
import server.order.limits.Window;
import server.task.Task;

/// How the queue stood at one moment, as far as it takes to tell what comes next.
///
/// @param copy    the first of what is ready, to be played with
/// @param comers  the pending tasks that become ready by the time alone, the first of them by time and order; with the
///                one that it is about, if that is not ready
/// @param windows the windows of all these
/// @param running the tasks that run
/// @param crowd   empty; what the limits count in the game
/// @param paused  whether nothing starts until somebody resumes the queue
/// @param begins  when the task that it is about can begin at the earliest, or comes; 0 if it is ready, Long.MAX_VALUE
///                if no time alone lets it begin
/// @param window  its window; null for none
/// @param before  how many ready ones go before it, by priority and order alone, and how many of its window by order
/// @param longest how much later than it another of the highest priority that waiting gives may have come and still go
///                before it, in milliseconds; Long.MAX_VALUE if there is no bound
/// @param heldBy  the window or the limit that keeps it from starting; null for none
/// @param now     the moment, milliseconds since the epoch
public record Standing(ReadyOrder.Copying copy, List<Comer> comers, List<Window> windows, List<Task> running,
        Crowd crowd, boolean paused, long begins, Window window, int before, long longest, Waiting heldBy, long now) {

    /// A task that becomes ready.
    ///
    /// @param slot negative: of a task that is not submitted yet
    public record Comer(long at, int slot, Task task) {
    }
}
