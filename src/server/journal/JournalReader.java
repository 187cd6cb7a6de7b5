package server.journal;

import java.io.IOException;

import shared.json.Slice;

/// Reads what is on the disk of a running journal, while compaction may replace its files.
final class JournalReader {

    private final Storage storage;
    private final StoredLines records;
    private final Segments segments;

    JournalReader(Storage storage, Segments segments) {
        this.storage = storage;
        records = new StoredLines(storage);
        this.segments = segments;
    }

    /// One line's whole JSON object, its checksum verified.
    Slice read(long position) throws IOException {
        while (true) {
            long at = segments.locate(position);
            if (at < 0) {
                throw new IOException("the event was dropped by a compaction: " + describe(position));
            }
            try {
                return records.read(at);
            } catch (IOException e) {
                if (segments.locate(position) == at) {
                    throw e;
                }
            }
        }
    }

    private String describe(long position) {
        return storage.describe(Segment.name(Segment.number(position))) + ", offset " + Segment.offset(position);
    }
}
