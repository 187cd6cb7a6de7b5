package server.order;

import java.time.Duration;
import java.util.List;

import server.settings.Setting;
import server.settings.Settings;

/// How tasks are ordered: see the settings of the same names.
///
/// @param affinity whether what is loaded goes first
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

    /// Into how many steps `maxWait` is divided: when a task was first passed over is known as exactly as that.
    static final int STEPS = 64;

    /// Returns what the settings say.
    public static OrderOptions of(Settings settings) {
        return new OrderOptions(settings.get(AFFINITY), settings.get(MAX_WAIT).toMillis(), settings.get(MAX_BATCH),
                Ageing.of(settings));
    }

    /// The number of the step in which a moment lies.
    long step(long now) {
        return Math.floorDiv(now, stepMs());
    }

    /// The moment at which a step begins; Long.MAX_VALUE for the step of that number.
    long begins(long step) {
        return step == Long.MAX_VALUE ? step : step * stepMs();
    }

    private long stepMs() {
        return Math.max(1, maxWait / STEPS);
    }
}
