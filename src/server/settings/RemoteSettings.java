package server.settings;

import java.time.Duration;
import java.util.List;

/// When tasks go to remote endpoints, and to which.
///
/// @param localFirst        local, unless asked for otherwise, critical, or high while the local queue is full
/// @param maxLocalQueueSize so many waiting tasks make the local queue full; 0: it never is
/// @param endpoints         those that are enabled; none if remote scheduling is not
public record RemoteSettings(boolean enabled, Duration healthCheckInterval, boolean fallbackToLocal,
        boolean localFirst, int maxLocalQueueSize, List<EndpointSettings> endpoints) {
}
