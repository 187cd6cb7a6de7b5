package server.order.limits;

/// What the settings say of a client.
///
/// @param weight      its share beside those of others
/// @param maxRunning  how many of its tasks may run at once
/// @param maxPending  how many may be pending
/// @param priorityMax the highest priority that they may have
/// @param requestsPerMinute how many submits and relayed calls of it are let in in a minute
/// @param window      the window of those that name none; null for none
public record ClientLimits(double weight, int maxRunning, int maxPending, int priorityMax, int requestsPerMinute,
        String window) {

    static final ClientLimits NONE = new ClientLimits(1, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE,
            Integer.MAX_VALUE, null);
}
