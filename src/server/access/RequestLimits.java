package server.access;

import java.time.Duration;
import java.util.List;

import server.settings.Setting;

/// The limits that apply before a client is known, for HTTP and WebSocket alike: how many may connect, and how much
/// they may send.
public final class RequestLimits {

    public static final Setting<Integer> HEADER_BYTES = Setting.size("limits.header_bytes", "1KiB", "16MiB")
            .byDefault("64KiB").says("largest headers of a request");
    public static final Setting<Duration> REQUEST_TIME = Setting.duration("limits.request_time", "1s", "1d")
            .byDefault("2m").says("time limit for the head of a request to arrive, and then for its body; "
                    + "beyond it 408");
    public static final Setting<Duration> UPLOAD_TIME = Setting.duration("limits.upload_time", "1s", "1d")
            .byDefault("1h").says("time limit for an upload of a model to arrive");
    public static final Setting<Integer> CONNECTIONS = Setting.integer("limits.connections", 1, 1_000_000)
            .byDefault("12000").says("most connections at a time; further ones are closed");
    public static final Setting<Integer> EVENT_STREAMS = Setting.integer("limits.event_streams", 0, 1_000_000)
            .byDefault("1000").says("most event streams at a time, and most WebSockets; beyond it 503");

    public static final List<Setting<?>> SETTINGS = List.of(HEADER_BYTES, REQUEST_TIME, UPLOAD_TIME, CONNECTIONS,
            EVENT_STREAMS);

    private RequestLimits() {
    }
}
