package server.dispatch;

import java.time.Duration;
import java.util.List;

import server.settings.Setting;
import server.settings.Settings;

/// `remote_scheduling` of the settings, except its endpoints (see [HostOptions]).
///
/// @param localFirst    `local_first_policy`: tasks stay local unless they have a reason to go to an endpoint
/// @param localQueueMax `max_local_queue_size`: while this many tasks wait, those of priority high and above go to the
///                      endpoints; 0: never
public record RoutingOptions(Duration healthCheckInterval, boolean localFirst, boolean fallbackToLocal,
        int localQueueMax) {

    private static final String SECTION = "remote_scheduling.";
    private static final Setting<Duration> HEALTH_CHECK_INTERVAL =
            Setting.duration(SECTION + "health_check_interval", "1s", "1d").byDefault("30s").live()
            .says("how often to check the health of hosts and endpoints");
    private static final Setting<Boolean> FALLBACK_TO_LOCAL = Setting.bool(SECTION + "fallback_to_local")
            .byDefault("true").live().says("whether the local hosts run tasks that no endpoint takes");
    private static final Setting<Boolean> LOCAL_FIRST = Setting.bool(SECTION + "local_first_policy").byDefault("true")
            .live().says("true: endpoints get only tasks that ask for one, critical tasks, and high-priority tasks "
                    + "while the local queue is full; false: all tasks of high priority and above");
    private static final Setting<Integer> LOCAL_QUEUE_MAX =
            Setting.integer(SECTION + "max_local_queue_size", 0, 10_000_000).byDefault("100").live()
            .says("waiting tasks at which the local queue counts as full; 0 disables the limit");
    static final List<Setting<?>> SETTINGS = List.of(HEALTH_CHECK_INTERVAL, FALLBACK_TO_LOCAL, LOCAL_FIRST,
            LOCAL_QUEUE_MAX);

    public static final RoutingOptions DEFAULT = of(Settings.DEFAULT);

    static RoutingOptions of(Settings settings) {
        return new RoutingOptions(settings.get(HEALTH_CHECK_INTERVAL), settings.get(LOCAL_FIRST),
                settings.get(FALLBACK_TO_LOCAL), settings.get(LOCAL_QUEUE_MAX));
    }
}
