package server.journal;

import java.io.IOException;

import server.journal.disk.JournalDamage;
import server.journal.disk.LineVisitor;
import server.journal.disk.Segment;
import server.journal.disk.SegmentReader;
import server.journal.disk.Storage;

/// Reads the durable lines of a running journal in order, a few at a time; between calls it holds nothing. For one
/// thread.
public final class JournalScan {

    private static final int BUFFER_BYTES = 32 << 10;
    private static final int PROBE_BYTES = 4 << 10;

    /// The position in a file that has not been looked up yet.
    private static final long UNKNOWN = -1;

    private final Journal journal;
    private final Storage storage;
    private final Segments segments;

    /// The sequence number up to which all lines were visited.
    private long seq;
    /// The current file, 0 if it must be looked up, and where the next line begins in it.
    private int number;
    private long offset;
    private boolean missed;

    JournalScan(Journal journal, Storage storage, Segments segments, long afterSeq) {
        this.journal = journal;
        this.storage = storage;
        this.segments = segments;
        seq = afterSeq;
    }

    /// Returns the sequence number of the line that was visited last.
    public long seq() {
        return seq;
    }

    /// Returns whether a compaction has dropped events that this scan should have visited by now.
    public boolean missed() {
        return missed;
    }

    /// Visits the next lines until it has read this many bytes or has reached the durable end.
    ///
    /// @return whether lines remain before the durable end as it was at the call
    /// @throws IOException at a damaged line
    public boolean next(long bytesMax, LineVisitor visitor) throws IOException {
        long before = seq;
        Intake.End durable = journal.durable();
        long left = bytesMax;
        while (left > 0 && !at(durable.position())) {
            SegmentFile file = file();
            try {
                left -= read(file, left, durable, visitor);
            } catch (IOException e) {
                // if it was compacted meanwhile, the file in its place has the rest
                if (segments.files().contains(file)) {
                    throw e;
                }
            }
        }
        // a compaction announces what it drops before it does so
        missed |= journal.keptAfter() > before;
        return !at(durable.position());
    }

    private boolean at(long end) {
        SegmentFile file = file();
        // a segment may have been begun that has no durable lines yet
        return file.range().from() > Segment.number(end)
                || file.number() == Segment.number(end) && Math.max(offset, Segment.HEADER) >= Segment.offset(end);
    }

    private SegmentFile file() {
        for (SegmentFile file : segments.files()) {
            if (file.number() == number) {
                return file;
            }
        }
        SegmentFile found = segments.holding(seq + 1);
        number = found.number();
        offset = UNKNOWN;
        return found;
    }

    /// Returns where to begin in a file: at a line shortly before the next one, found by binary search.
    private long seek(SegmentFile file, long limit) throws IOException {
        long low = Segment.HEADER;
        long high = seq < file.firstSeq() ? low : Math.min(limit, storage.size(file.name()));
        while (high - low > BUFFER_BYTES) {
            long middle = low + (high - low) / 2;
            SegmentReader reader = new SegmentReader(storage, file.number(), middle, high, PROBE_BYTES);
            // the line in which the middle lies is skipped
            if (reader.skip() && reader.next() && !reader.line.closing && reader.line.seq <= seq) {
                low = reader.offset();
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// @return how many bytes were read
    private long read(SegmentFile file, long bytesMax, Intake.End durable, LineVisitor visitor)
            throws IOException {
        boolean last = file.number() == Segment.number(durable.position());
        long limit = last ? Segment.offset(durable.position()) : Long.MAX_VALUE;
        offset = offset == UNKNOWN ? seek(file, limit) : offset;
        long begin = offset;
        SegmentReader reader = new SegmentReader(storage, file.number(), begin, limit, BUFFER_BYTES);
        while (reader.next() && !reader.line.closing) {
            if (reader.line.seq > seq && reader.line.seq <= durable.seq()) {
                visitor.line(reader.line.seq, Segment.position(file.number(), reader.offset()), reader.json());
                seq = reader.line.seq;
            }
            offset = reader.end();
            if (offset - begin >= bytesMax) {
                return offset - begin;
            }
        }
        if (last ? reader.end() < limit : !reader.line.closing) {
            throw new JournalDamage(storage, Segment.name(file.number()), reader.offset(), -1,
                    "the bytes here are not the line that was written");
        }
        if (!last) {
            number = segments.of(file.range().to() + 1).number();
            offset = Segment.HEADER;
        }
        return reader.end() - begin;
    }
}
