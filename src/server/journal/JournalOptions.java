package server.journal;

/// @param segmentSize bytes of a segment; a longer line gets a segment of its own size
public record JournalOptions(int segmentSize) {

    public static final JournalOptions DEFAULT = new JournalOptions(16 << 20);
}
