package server.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import server.settings.Setting;
import server.settings.Settings;

/// @param workers how many attempts run at once on the local hosts together
/// @param idle    the longest silence of a host before the attempt counts as broken off
public record DispatchOptions(int workers, Duration idle, RoutingOptions routing) {

    private static final Setting<Integer> WORKERS = Setting.integer("queue.workers", 1, 1_000).byDefault("4").live()
            .flag("--workers N").alsoNamed("QUEUE_MAX_WORKERS", "max_workers")
            .says("how many tasks run at once on the local hosts");
    private static final Setting<Duration> IDLE_TIMEOUT = Setting.duration("task.idle_timeout", "1ms", "1d")
            .byDefault("5m").says("longest silence of a host during an attempt, including loading the model");

    public static final DispatchOptions DEFAULT = of(Settings.DEFAULT);

    public static DispatchOptions of(Settings settings) {
        return new DispatchOptions(settings.get(WORKERS), settings.get(IDLE_TIMEOUT), RoutingOptions.of(settings));
    }

    /// Returns the settings of this room.
    public static List<Setting<?>> settings() {
        List<Setting<?>> all = new ArrayList<>(HostSettings.LOCAL);
        all.addAll(List.of(WORKERS, IDLE_TIMEOUT, HostSettings.REMOTE));
        all.addAll(RoutingOptions.SETTINGS);
        all.addAll(HostSettings.ENDPOINTS);
        return all;
    }

    public DispatchOptions workers(int newWorkers) {
        return new DispatchOptions(newWorkers, idle, routing);
    }
}
