package server.journal.disk;

import java.io.IOException;

import shared.json.Slice;

/// Reads the lines of one segment, front to back, through a buffer that grows to the longest line.
///
/// ```
/// buffer:  | … lines read | the line being read | … | free |
///                         start                 end   filled
/// ```
public final class SegmentReader {

    /// Receives each line while the reader is at it.
    public interface Visitor {
        /// Receives the line that was just read; it is valid during the call only.
        void line(SegmentReader reader) throws IOException;
    }

    private static final int BUFFER_BYTES = 256 << 10;

    public final int number;
    /// The size with which the segment was created.
    public final int size;
    /// The line that was read last.
    public final Line line = new Line();

    private final Storage storage;
    private final String name;
    private final long limit;
    private byte[] buffer;
    /// The offset in the segment at which the buffer begins.
    private long base;
    private int start;
    private int end;
    private int filled;
    private boolean closed;
    /// How many lines were read; -1 if some were skipped.
    private long lines;
    /// In a segment: the offset of the first line whose sequence number does not follow, or -1; and the missing number.
    private long gap = -1;
    private long gapSeq;
    private long previous = -1;

    /// @param limit the offset up to which to read, at most
    /// @throws JournalDamage if the header is wrong
    public SegmentReader(Storage storage, int number, long limit) throws IOException {
        this(storage, number, Segment.HEADER, limit, BUFFER_BYTES);
    }

    /// @param from   the offset of the first line to read
    /// @param buffer how many bytes are read at a time
    public SegmentReader(Storage storage, int number, long from, long limit, int buffer) throws IOException {
        this(storage, Segment.name(number), number, Segment.size(storage, number), from, limit, buffer);
    }

    private SegmentReader(Storage storage, String name, int number, int size, long from, long limit, int buffer)
            throws IOException {
        this.storage = storage;
        this.name = name;
        this.number = number;
        this.size = size;
        this.limit = Math.min(limit, storage.size(name));
        this.buffer = new byte[(int) Math.min(buffer, this.limit + 1)];
        base = from;
        lines = from == Segment.HEADER ? 0 : -1;
    }

    /// Reads a backup, of any length, whose header has been checked.
    static SegmentReader ofBackup(Storage storage, String name) throws IOException {
        return new SegmentReader(storage, name, 0, 0, Segment.HEADER, Long.MAX_VALUE, BUFFER_BYTES);
    }

    /// Advances to the next line, or to the closing mark.
    ///
    /// @return false at the first bytes that are neither, or at the end; [#end] is their offset
    /// @throws JournalDamage if a closing mark says that there are more or fewer lines than were read
    public boolean next() throws IOException {
        start = end;
        int terminator = find();
        if (closed || terminator < 0 || !line.parse(buffer, start, terminator)) {
            return false;
        }
        end = terminator + 1;
        closed = line.closing;
        count();
        return true;
    }

    private void count() throws JournalDamage {
        if (!closed) {
            if (gap < 0 && previous >= 0 && line.seq != previous + 1) {
                gap = offset();
                gapSeq = previous + 1;
            }
            previous = line.seq;
            lines += lines < 0 ? 0 : 1;
        } else if (lines >= 0 && line.lines >= 0 && lines != line.lines) {
            boolean known = gap >= 0 && size > 0 && !Segment.isCompacted(number);
            throw new JournalDamage(storage, name, known ? gap : offset(), known ? gapSeq : -1, "the file holds "
                    + lines + " lines, but " + line.lines + " were written to it");
        }
    }

    /// Continues after the next terminator, whatever comes before it.
    ///
    /// @return false if there is none
    public boolean skip() throws IOException {
        lines = -1;
        start = end;
        int terminator = find();
        end = terminator + 1;
        return terminator >= 0;
    }

    /// Returns the offset of the line that was read, in bytes from the start of the file.
    public long offset() {
        return base + start;
    }

    /// Returns the offset of the next line, in bytes from the start of the file.
    public long end() {
        return base + end;
    }

    /// Returns the line's JSON object; valid until [#next].
    public Slice json() {
        int to = end - 1;
        while (buffer[to - 1] == ' ') {
            to--;
        }
        return new Slice(buffer, start + Line.CRC, to);
    }

    /// Returns the whole line with its terminator; valid until [#next].
    public Slice bytes() {
        return new Slice(buffer, start, end);
    }

    /// Returns the index of the first terminator from `start` on; -1 if there is none before the limit.
    private int find() throws IOException {
        for (int at = start; ; ) {
            for (; at < filled; at++) {
                if (buffer[at] == '\n') {
                    return at;
                }
            }
            long read = base + filled;
            if (read >= limit) {
                return -1;
            }
            at -= start;
            makeRoom();
            int wanted = (int) Math.min(buffer.length - filled, limit - read);
            int length = storage.read(name, read, buffer, filled, wanted);
            if (length <= 0) {
                return -1;
            }
            filled += length;
        }
    }

    private void makeRoom() {
        byte[] to = start == 0 && filled == buffer.length
                ? new byte[(int) Math.min(Integer.MAX_VALUE - 8, 2L * buffer.length)]
                : buffer;
        System.arraycopy(buffer, start, to, 0, filled - start);
        buffer = to;
        base += start;
        filled -= start;
        end -= start;
        start = 0;
    }
}
