package server.journal;

import java.io.IOException;

import server.journal.disk.JournalDamage;
import server.journal.disk.LineVisitor;
import server.journal.disk.Segment;
import server.journal.disk.SegmentReader;
import server.journal.disk.Storage;

/// Reads the durable lines of a running journal in order, some at a time; in between it holds nothing. For one thread.
public final class JournalScan {

    private static final int BUFFER_BYTES = 32 << 10;
    private static final int PROBE_BYTES = 4 << 10;

    /// The place in a file that was not looked for yet.
    private static final long UNKNOWN = -1;

    private final Journal journal;
    private final Storage storage;
    private final Segments segments;

    /// All up to here was visited.
    private long seq;
    /// The file that it is in, 0 if that must be looked up, and where the next line begins there.
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

    /// Returns whether a compaction has dropped events that should have been visited by now.
    public boolean missed() {
        return missed;
    }

    /// Visits the lines that follow until it has read so many bytes, or is at the durable end.
    ///
    /// @return whether it is not at the durable end as it was at the call
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
                // if it was compacted away meanwhile, the file in its place has the rest
                if (segments.files().contains(file)) {
                    throw e;
                }
            }
        }
        // a compaction says what it drops before it does
        missed |= journal.keptAfter() > before;
        return !at(durable.position());
    }

    private boolean at(long end) {
        SegmentFile file = file();
        // a segment may have been begun that has nothing durable yet
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

    /// Where to begin in a file: at a line not far before the one that comes next, found by halving.
    private long seek(SegmentFile file, long limit) throws IOException {
        long low = Segment.HEADER;
        long high = seq < file.firstSeq() ? low : Math.min(limit, storage.size(file.name()));
        while (high - low > BUFFER_BYTES) {
            long middle = low + (high - low) / 2;
            SegmentReader reader = new SegmentReader(storage, file.number(), middle, high, PROBE_BYTES);
            // the line that the middle falls into is passed over
            if (reader.skip() && reader.next() && !reader.line.closing && reader.line.seq <= seq) {
                low = reader.offset();
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// @return how many bytes it has read
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
