package server.order.ahead;

import server.order.Offer;
import server.task.Task;

/// A task that probably starts soon.
///
/// @param position 1: it is next
/// @param startsIn null if nothing is known
/// @param offer    where it will start
public record Upcoming(Task task, int position, Span startsIn, Offer offer) {

    /// Returns the same at another position.
    public Upcoming at(int otherPosition) {
        return new Upcoming(task, otherPosition, startsIn, offer);
    }
}
