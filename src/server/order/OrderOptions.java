package server.order;

import java.time.Duration;
import java.util.List;

import server.settings.Setting;
import server.settings.Settings;

/// How tasks are ordered: see the settings with the same names.
///
/// @param affinity whether tasks whose model is loaded go first
/// @param maxWait  milliseconds
/// @param maxBatch how many starts may pass a task over, at least 1
/// @param ageing   how priorities grow
public record OrderOptions(boolean affinity, long maxWait, int maxBatch, Ageing ageing) {

    private static final Setting<Boolean> AFFINITY = Setting.bool("affinity.enabled").byDefault("true").live()
            .says("whether tasks whose model is loaded on a free host go first, within one priority");
    private static final Setting<Duration> MAX_WAIT = Setting.duration("affinity.max_wait", "1s", "30d")
            .byDefault("60s").live().says("how long a task may be passed over; then it is next on its host");
    private static final Setting<Integer> MAX_BATCH = Setting.integer("affinity.max_batch", 1, 1000)
            .byDefault("32").live().says("how often a task may be passed over; then it is next on its host");
    public static final List<Setting<?>> SETTINGS = List.of(AFFINITY, MAX_WAIT, MAX_BATCH, Ageing.EVERY,
            Ageing.UP_TO);

    public static final OrderOptions DEFAULT = of(Settings.DEFAULT);

    /// The number of steps into which `maxWait` is divided: the precision with which it is known when a task was first
    /// passed over.
    static final int STEPS = 64;

    /// Returns the options in the settings.
    public static OrderOptions of(Settings settings) {
        return new OrderOptions(settings.get(AFFINITY), settings.get(MAX_WAIT).toMillis(), settings.get(MAX_BATCH),
                Ageing.of(settings));
    }

    /// Returns the number of the step that contains a moment.
    long step(long now) {
        return Math.floorDiv(now, stepMs());
    }

    /// Returns the moment at which a step begins; Long.MAX_VALUE for the step with that number.
    long begins(long step) {
        return step == Long.MAX_VALUE ? step : step * stepMs();
    }

    private long stepMs() {
        return Math.max(1, maxWait / STEPS);
    }
}
