package server.dispatch;

import java.time.Duration;

/// @param workers how many attempts run at once on the local hosts together
/// @param idle    the longest silence of a host before the attempt counts as broken off
public record DispatchOptions(int workers, Duration idle, RoutingOptions routing) {

    public static final DispatchOptions DEFAULT = new DispatchOptions(4, Duration.ofMinutes(5), RoutingOptions.DEFAULT);

    public DispatchOptions workers(int newWorkers) {
        return new DispatchOptions(newWorkers, idle, routing);
    }
}
