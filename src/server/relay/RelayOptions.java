package server.relay;

import java.time.Duration;
import java.util.List;

import server.settings.Setting;
import server.settings.Settings;
import shared.Problem;

/// Which calls are accepted, and how calls are treated whose callers do not specify it.
///
/// @param enabled   whether any is accepted
/// @param modelManagement whether models may be pulled, deleted and so on
/// @param priority  of streamed calls
/// @param wholePriority of other calls
/// @param maxWait   how long a call may be pending; zero: without limit
/// @param record    whether prompts and answers are kept after the end
/// @param heartbeat the silence after which an answer begins with a sign of life; zero: never
public record RelayOptions(boolean enabled, boolean modelManagement, int priority, int wholePriority, Duration maxWait,
        boolean record, Duration heartbeat) {

    static final Setting<Boolean> ENABLED = Setting.bool("relay.enabled").byDefault("true").live()
            .says("whether the paths of Ollama, OpenAI and Anthropic are answered");
    static final Setting<Boolean> MODEL_MANAGEMENT = Setting.bool("relay.model_management").byDefault("false").live()
            .says("whether callers may pull, push, create, copy and delete models on the local hosts");
    static final Setting<Boolean> RECORD = Setting.bool("relay.record").byDefault("true").live()
            .says("whether a call's prompt and answer are kept after its end");
    private static final Setting<Integer> PRIORITY = Setting.priority("relay.priority").byDefault("high").live()
            .says("the priority of streamed calls");
    private static final Setting<Integer> PRIORITY_WHOLE = Setting.priority("relay.priority_whole").byDefault("normal")
            .live().says("the priority of calls that are not streamed");
    static final Setting<Duration> MAX_WAIT = Setting.duration("relay.max_wait", "0s", "30d").byDefault("0s")
            .live().says("how long a call may wait for a host before it gets a 503; 0 is no limit");
    static final Setting<Duration> HEARTBEAT = Setting.duration("relay.heartbeat", "0s", "1d").byDefault("30s")
            .live().says("the silence after which a waiting call's answer begins with a sign of life; 0 is never");
    public static final List<Setting<?>> SETTINGS = List.of(ENABLED, PRIORITY, PRIORITY_WHOLE, MAX_WAIT, RECORD,
            HEARTBEAT, MODEL_MANAGEMENT);

    /// Returns the options in the settings.
    public static RelayOptions of(Settings settings) {
        return new RelayOptions(settings.get(ENABLED), settings.get(MODEL_MANAGEMENT), settings.get(PRIORITY),
                settings.get(PRIORITY_WHOLE), settings.get(MAX_WAIT), settings.get(RECORD), settings.get(HEARTBEAT));
    }

    /// Refuses a call if relaying is off.
    void checkEnabled() {
        if (!enabled) {
            throw Problem.notFound("this server accepts no calls of Ollama, OpenAI and Anthropic: " + ENABLED.key()
                    + " is false");
        }
    }
}
