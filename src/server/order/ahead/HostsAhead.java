package server.order.ahead;

import server.order.Offers;
import server.task.Task;

/// A copy of the hosts, which is played with: it takes tasks and ends them, at times that are given.
public interface HostsAhead extends Offers {

    /// Sets the time, in milliseconds since the epoch.
    void at(long now);

    /// Sends a task to a host that offered a place.
    void started(Task task, String host);

    /// Notes that a task that was sent there has ended.
    void ended(Task task, String host);

    /// Returns what loading a task's model usually takes on a host, in milliseconds; 0 if that is not known.
    long loadMs(Task task, String host);
}
