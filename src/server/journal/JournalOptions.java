package server.journal;

import java.time.Duration;

import server.journal.disk.Segment;

/// @param segmentSize bytes of a segment, from 4 KiB; a longer line gets a segment of its own size
/// @param reserve     bytes that are kept for what ends something when the disk is full, and as many again for what
///                    goes on: see [Urgency]
/// @param pause       after a segment could not be made, until that is tried again
public record JournalOptions(int segmentSize, int reserve, Duration pause) {

    private static final int RESERVE = 4 << 20;

    public static final JournalOptions DEFAULT = new JournalOptions(16 << 20);

    public JournalOptions(int segmentSize) {
        this(segmentSize, Math.min(RESERVE, segmentSize / 4), Duration.ofSeconds(1));
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
