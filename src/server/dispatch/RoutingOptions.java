package server.dispatch;

import java.time.Duration;

/// `remote_scheduling` of the settings, but for its endpoints (see [HostOptions]).
///
/// @param healthCheckInterval how often each host is asked how it is, local ones too
/// @param localFirst          `local_first_policy`: tasks stay local unless they have a reason to go
/// @param fallbackToLocal     whether the local hosts take what no endpoint took
/// @param localQueueMax       `max_local_queue_size`: with so many tasks waiting, those of priority high and above go
///                            to the endpoints; 0: never
public record RoutingOptions(Duration healthCheckInterval, boolean localFirst, boolean fallbackToLocal,
        int localQueueMax) {

    public static final RoutingOptions DEFAULT = new RoutingOptions(Duration.ofSeconds(30), true, true, 100);
}
