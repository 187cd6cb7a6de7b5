package server.journal;

import java.io.IOException;

import server.journal.disk.JournalDamage;
import server.journal.disk.Segment;
import server.journal.disk.SegmentReader;
import server.journal.disk.Storage;
import server.journal.disk.StoredLines;
import shared.json.Slice;

/// Reads the files of a running journal, while compaction may replace them.
final class JournalReader {

    private final Storage storage;
    private final StoredLines records;
    private final Segments segments;

    JournalReader(Storage storage, Segments segments) {
        this.storage = storage;
        records = new StoredLines(storage);
        this.segments = segments;
    }

    /// Returns one line's complete JSON object after verifying its checksum.
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

    /// Visits the lines of a file.
    ///
    /// @param limit where the lines end; Long.MAX_VALUE for a closed file
    static void lines(Storage storage, int number, long limit, SegmentReader.Visitor visitor) throws IOException {
        SegmentReader reader = new SegmentReader(storage, number, limit);
        while (reader.next() && !reader.line.closing) {
            visitor.line(reader);
        }
        if (limit == Long.MAX_VALUE ? !reader.line.closing : reader.end() < limit) {
            throw new JournalDamage(storage, Segment.name(number), reader.offset(), -1,
                    "the bytes here are not the line that was written");
        }
    }
}
