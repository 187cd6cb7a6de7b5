package server.queue.state;

import java.time.Duration;
import java.util.List;

import server.order.OrderOptions;
import server.order.limits.OrderLimits;
import server.settings.Setting;
import server.settings.Settings;

/// How much the queue keeps, and for how long: see the settings with the same names.
public record QueueOptions(int pendingMax, int completedMax, Duration completedAge, Duration failedAge,
        long metadataBytesMax, int unlikeMax, Duration interval, Duration relayedAge, long relayedBytesMax,
        OrderLimits limits, OrderOptions order) {

    private static final String YEARS = "3650d";
    private static final Setting<Integer> COMPLETED_MAX = Setting.integer("retention.completed_max", 0, 100_000_000)
            .byDefault("100000").live().alsoNamed("QUEUE_MAX_COMPLETED_TASKS", "max_completed_tasks")
            .says("completed tasks to keep; the number deletes none in its first 24 hours; 0 keeps all");
    private static final Setting<Duration> COMPLETED_AGE = Setting.duration("retention.completed_age", "0s", YEARS)
            .byDefault("7d").live().says("how long to keep completed and cancelled tasks; 0 keeps them forever");
    private static final Setting<Duration> FAILED_AGE = Setting.duration("retention.failed_age", "0s", YEARS)
            .byDefault("30d").live().says("how long to keep failed tasks; 0 keeps them forever");
    private static final Setting<Duration> INTERVAL = Setting.duration("retention.interval", "0s", "7d")
            .byDefault("0s").live().alsoNamed("QUEUE_CLEANUP_INTERVAL", "cleanup_interval")
            .says("how often to delete the tasks whose time is over; 0 deletes each one on time");
    private static final Setting<Duration> RELAYED_AGE = Setting.duration("retention.relayed_age", "0s", YEARS)
            .byDefault("1d").live().says("how long to keep relayed calls that have ended; 0 keeps them forever");
    private static final Setting<Long> RELAYED_BYTES = Setting.memory("retention.relayed_bytes", "0", "100TiB")
            .byDefault("2GiB").live()
            .says("space in the journal for all ended relayed calls together; 0 sets no limit");
    private static final Setting<Integer> PENDING_TASKS = Setting.integer("limits.pending_tasks", 1, 10_000_000)
            .byDefault("2000000").live().says("most pending tasks; a submit beyond it is answered with 429");
    private static final Setting<Long> METADATA_BYTES = Setting.memory("limits.metadata_bytes", "0", "100%")
            .byDefault("12.5%").live().says("largest total metadata of all tasks, which is kept in memory");
    static final Setting<Integer> UNLIKE_TASKS = Setting.integer("limits.unlike_tasks", 1, 10_000_000)
            .byDefault("50000").live().says("most kinds of tasks by client, model, priority and options, each of "
                    + "which takes 1.5 KB of memory; a submit beyond it is answered with 429");
    public static final List<Setting<?>> SETTINGS = List.of(COMPLETED_MAX, COMPLETED_AGE, FAILED_AGE, INTERVAL,
            RELAYED_AGE, RELAYED_BYTES, PENDING_TASKS, METADATA_BYTES, UNLIKE_TASKS);

    public static final QueueOptions DEFAULT = of(Settings.DEFAULT);

    /// Returns the options in the settings.
    public static QueueOptions of(Settings settings) {
        return new QueueOptions(settings.get(PENDING_TASKS), settings.get(COMPLETED_MAX), settings.get(COMPLETED_AGE),
                settings.get(FAILED_AGE), settings.get(METADATA_BYTES), settings.get(UNLIKE_TASKS),
                settings.get(INTERVAL), settings.get(RELAYED_AGE), settings.get(RELAYED_BYTES),
                OrderLimits.of(settings), OrderOptions.of(settings));
    }

    /// Makes options with the default order.
    public QueueOptions(int pendingMax, int completedMax, Duration completedAge, Duration failedAge,
            long metadataBytesMax, Duration interval, Duration relayedAge, long relayedBytesMax, OrderLimits limits) {
        this(pendingMax, completedMax, completedAge, failedAge, metadataBytesMax, Integer.MAX_VALUE, interval,
                relayedAge, relayedBytesMax, limits, OrderOptions.DEFAULT);
    }

    /// Makes options without rounds, retention of calls, and limits of clients.
    public QueueOptions(int pendingMax, int completedMax, Duration completedAge, Duration failedAge,
            long metadataBytesMax) {
        this(pendingMax, completedMax, completedAge, failedAge, metadataBytesMax, Duration.ZERO, Duration.ZERO, 0,
                OrderLimits.NONE);
    }

    /// Returns the same with other limits of clients and models, and other windows.
    public QueueOptions with(OrderLimits newLimits) {
        return new QueueOptions(pendingMax, completedMax, completedAge, failedAge, metadataBytesMax, unlikeMax,
                interval, relayedAge, relayedBytesMax, newLimits, order);
    }

    /// Returns the same with another order.
    public QueueOptions with(OrderOptions newOrder) {
        return new QueueOptions(pendingMax, completedMax, completedAge, failedAge, metadataBytesMax, unlikeMax,
                interval, relayedAge, relayedBytesMax, limits, newOrder);
    }
}
