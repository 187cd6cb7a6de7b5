package server.order.limits;

/// The limits in the settings for a client.
///
/// @param weight      its share, relative to other clients' weights
/// @param maxRunning  how many of its tasks may run at once
/// @param maxPending  how many may be pending
/// @param priorityMax the highest priority that they may have
/// @param requestsPerMinute how many of its submits and relayed calls are accepted a minute
/// @param window      the window of its tasks that name none; null for none
public record ClientLimits(double weight, int maxRunning, int maxPending, int priorityMax, int requestsPerMinute,
        String window) {

    static final ClientLimits NONE = new ClientLimits(1, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE,
            Integer.MAX_VALUE, null);
}
