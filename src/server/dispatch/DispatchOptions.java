package server.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import server.settings.Setting;
import server.settings.Settings;
import server.task.Task;
import server.task.Terms;
import shared.TaskType;

/// The dispatcher's settings.
///
/// @param workers   how many attempts run at once on all local hosts together
/// @param firstByte the longest time until an answer begins, including loading the model and reading the prompt
/// @param idle      the longest silence of a host after that
public record DispatchOptions(int workers, Duration firstByte, Duration idle, RoutingOptions routing) {

    private static final Setting<Integer> WORKERS = Setting.integer("queue.workers", 1, 1_000).byDefault("4").live()
            .flag("--workers N").alsoNamed("QUEUE_MAX_WORKERS", "max_workers")
            .says("how many tasks run at once on the local hosts");
    private static final Setting<Duration> FIRST_BYTE_TIMEOUT =
            Setting.duration("task.first_byte_timeout", "1ms", "30d").byDefault("15m")
            .says("longest time until a host begins to answer, including loading the model and reading the prompt, "
                    + "unless the task sets its own; never less than a timeout that is set");
    private static final Setting<Duration> IDLE_TIMEOUT = Setting.duration("task.idle_timeout", "1ms", "1d")
            .byDefault("5m").says("longest silence of a host after its answer has begun");

    public static final DispatchOptions DEFAULT = of(Settings.DEFAULT);

    /// Returns the options in the settings.
    public static DispatchOptions of(Settings settings) {
        return new DispatchOptions(settings.get(WORKERS), settings.get(FIRST_BYTE_TIMEOUT), settings.get(IDLE_TIMEOUT),
                RoutingOptions.of(settings));
    }

    /// Returns the settings of this room.
    public static List<Setting<?>> settings() {
        List<Setting<?>> all = new ArrayList<>(HostSettings.LOCAL);
        all.addAll(List.of(WORKERS, FIRST_BYTE_TIMEOUT, IDLE_TIMEOUT, HostSettings.REMOTE));
        all.addAll(RoutingOptions.SETTINGS);
        all.addAll(HostSettings.ENDPOINTS);
        return all;
    }

    /// Returns the same with this many workers.
    DispatchOptions workers(int newWorkers) {
        return new DispatchOptions(newWorkers, firstByte, idle, routing);
    }

    /// Returns how long an attempt of a task may take until its answer begins: as the task says, otherwise never less
    /// than a total time that was set explicitly. An embed's answer arrives all at once, at the end.
    Duration firstByte(Task task) {
        Terms terms = task.terms();
        if (terms.firstByteTimeout() != 0) {
            return Duration.ofMillis(terms.firstByteTimeout());
        }
        boolean byHand = terms.timeout() != Terms.DEFAULT.timeout() || task.type() == TaskType.EMBED;
        return byHand && terms.timeout() > firstByte.toMillis() ? Duration.ofMillis(terms.timeout()) : firstByte;
    }
}
