package server.order.ahead;

import server.order.Offer;
import server.task.Task;

/// A task that probably starts soon.
///
/// @param position 1 is next
/// @param startsIn null where there is no ground
/// @param offer    where it starts then
public record Upcoming(Task task, int position, Span startsIn, Offer offer) {

    /// Returns the same at another position.
    public Upcoming at(int otherPosition) {
        return new Upcoming(task, otherPosition, startsIn, offer);
    }
}
