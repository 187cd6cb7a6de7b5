package server.journal;

/// @param segmentSize bytes of a segment, from 4 KiB; a longer line gets a segment of its own size
public record JournalOptions(int segmentSize) {

    public static final JournalOptions DEFAULT = new JournalOptions(16 << 20);

    public JournalOptions {
        if (segmentSize < Segment.PAGE || segmentSize > 1 << 30) {
            throw new IllegalArgumentException("segment size " + segmentSize + " is out of range "
                    + Segment.PAGE + "-" + (1 << 30));
        }
    }
}
