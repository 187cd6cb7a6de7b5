package server.journal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import server.journal.disk.Segment;
import server.settings.Setting;
import server.settings.Settings;

/// @param segmentSize bytes of a segment, at least 4 KiB; a longer line gets a segment of its own size
/// @param reserve     bytes reserved on a full disk for lines that end something, and as many again for lines that
///                    continue something: see [Urgency]
/// @param pause       how long to wait before a segment that could not be made is tried again
/// @param gather      the longest that a line waits for others to share its sync
public record JournalOptions(int segmentSize, int reserve, Duration pause, Duration gather) {

    public static final Setting<Path> PATH = Setting.path("storage.path").byDefault("./data").flag("--data-dir DIR")
            .alsoNamed("QUEUE_STORAGE_PATH", "storage_path").says("folder of the journal");
    private static final Setting<Integer> SEGMENT_SIZE = Setting.size("storage.segment_size", "64KiB", "1GiB")
            .byDefault("16MiB").says("the size of a file of the journal");
    public static final List<Setting<?>> SETTINGS = List.of(PATH, SEGMENT_SIZE);

    private static final int RESERVE_BYTES = 4 << 20;

    public static final JournalOptions DEFAULT = of(Settings.DEFAULT);

    /// Returns what the settings say.
    public static JournalOptions of(Settings settings) {
        return new JournalOptions(settings.get(SEGMENT_SIZE));
    }

    /// @param segmentSize in bytes
    public JournalOptions(int segmentSize) {
        this(segmentSize, Math.min(RESERVE_BYTES, segmentSize / 4), Duration.ofSeconds(1), Duration.ofMillis(1));
    }

    public JournalOptions {
        if (segmentSize < Segment.PAGE || segmentSize > 1 << 30) {
            throw new IllegalArgumentException("segment size " + segmentSize + " is out of range "
                    + Segment.PAGE + "-" + (1 << 30));
        }
        if (reserve < 0 || reserve > segmentSize / 4) {
            throw new IllegalArgumentException("reserve " + reserve + " is out of range 0-" + segmentSize / 4);
        }
    }
}
