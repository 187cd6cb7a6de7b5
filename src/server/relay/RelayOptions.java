package server.relay;

import java.time.Duration;
import java.util.List;

import server.settings.Setting;
import server.settings.Settings;

/// How calls are treated whose callers say nothing of it.
///
/// @param priority  of calls that stream
/// @param wholePriority of calls that do not
/// @param maxWait   how long a call may be pending; zero: for ever
/// @param record    whether prompts and answers are kept after the end
/// @param heartbeat the silence after which an answer begins with a sign of life; zero: never
public record RelayOptions(int priority, int wholePriority, Duration maxWait, boolean record, Duration heartbeat) {

    static final Setting<Boolean> RECORD = Setting.bool("relay.record").byDefault("true").live()
            .says("whether a call's prompt and answer are kept after its end");
    private static final Setting<Integer> PRIORITY = Setting.priority("relay.priority").byDefault("high").live()
            .says("the priority of calls whose answers stream");
    private static final Setting<Integer> PRIORITY_WHOLE = Setting.priority("relay.priority_whole").byDefault("normal")
            .live().says("the priority of calls whose answers come whole");
    private static final Setting<Duration> MAX_WAIT = Setting.duration("relay.max_wait", "0s", "30d").byDefault("0s")
            .live().says("how long a call may wait for a host before it gets a 503; 0 is no limit");
    static final Setting<Duration> HEARTBEAT = Setting.duration("relay.heartbeat", "0s", "1d").byDefault("30s")
            .live().says("the silence after which a waiting call's answer begins with a sign of life; 0 is never");
    public static final List<Setting<?>> SETTINGS = List.of(PRIORITY, PRIORITY_WHOLE, MAX_WAIT, RECORD, HEARTBEAT);

    /// Returns the options that the settings tell.
    public static RelayOptions of(Settings settings) {
        return new RelayOptions(settings.get(PRIORITY), settings.get(PRIORITY_WHOLE), settings.get(MAX_WAIT),
                settings.get(RECORD), settings.get(HEARTBEAT));
    }
}
