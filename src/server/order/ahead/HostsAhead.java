package server.order.ahead;

import server.order.Offers;
import server.task.Task;

/// A copy of the hosts to play with: it accepts and ends tasks at given times.
public interface HostsAhead extends Offers {

    /// Sets the time, in milliseconds since the epoch.
    void at(long now);

    /// Sends a task to a host that offered a slot.
    void started(Task task, String host);

    /// Ends a task that was sent to a host.
    void ended(Task task, String host);

    /// Returns how long a host usually takes to load a task's model, in milliseconds; 0 if that is not known.
    long loadMs(Task task, String host);
}
