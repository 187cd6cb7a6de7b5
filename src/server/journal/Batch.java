package server.journal;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

import shared.json.Slice;

/// Lines of one segment that are written and synced together, guarded by the journal's lock until the writer took it.
final class Batch {

    final int segment;
    /// Where the first line begins; everything before it is on the disk when this is written.
    final int start;
    final long firstSeq;
    /// Released once the lines are on the disk, or never will be: one for all who wait, for the writer has no time to
    /// wake them one by one.
    final CountDownLatch done = new CountDownLatch(1);

    int count;
    /// Where the last line ends.
    int end;
    /// The last line that ends a unit, or is one alone: up to there nothing can be dropped once this is on the disk;
    /// 0 if there is none. And where it ends.
    long settledSeq;
    int settledEnd;
    /// Whether the segment's closing mark follows; and how many lines of a unit then follow in the next segment.
    boolean closes;
    int moreAfter;
    /// Whether the writer has it, so that nothing can be added.
    boolean taken;

    private Slice[][] rests;
    private int[] ends;
    private int[] mores;

    Batch(int segment, int start, long firstSeq, int capacity) {
        this.segment = segment;
        this.start = start;
        this.firstSeq = firstSeq;
        end = start;
        rests = new Slice[capacity][];
        ends = new int[capacity];
        mores = new int[capacity];
    }

    void add(Slice[] rest, int more, int lineEnd) {
        if (count == ends.length) {
            rests = Arrays.copyOf(rests, count * 2);
            ends = Arrays.copyOf(ends, count * 2);
            mores = Arrays.copyOf(mores, count * 2);
        }
        rests[count] = rest;
        mores[count] = more;
        ends[count++] = lineEnd;
        end = lineEnd;
        if (more == 0) {
            settledSeq = nextSeq() - 1;
            settledEnd = lineEnd;
        }
    }

    long nextSeq() {
        return firstSeq + count;
    }

    long startPosition() {
        return Segment.position(segment, start);
    }

    long endPosition() {
        return Segment.position(segment, end);
    }

    Slice[] rest(int line) {
        return rests[line];
    }

    int more(int line) {
        return mores[line];
    }

    int offset(int line) {
        return line == 0 ? start : ends[line - 1];
    }

    int end(int line) {
        return ends[line];
    }

    /// The JSON of the line that begins at this position, as it will stand in the file; null if none does.
    Slice read(long position) {
        if (position < startPosition() || position >= endPosition()) {
            return null;
        }
        int offset = Segment.offset(position);
        int line = offset == start ? 0 : Arrays.binarySearch(ends, 0, count, offset) + 1;
        if (line < 0 || line == 0 && offset != start) {
            return null;
        }
        return compose(line);
    }

    private Slice compose(int line) {
        byte[] prefix = new byte[Line.PREFIX_MAX];
        int length = Line.prefix(prefix, firstSeq + line, startPosition(), mores[line]);
        int total = length;
        for (Slice piece : rests[line]) {
            total += piece.length();
        }
        byte[] json = Arrays.copyOf(prefix, total);
        int at = length;
        for (Slice piece : rests[line]) {
            System.arraycopy(piece.bytes(), piece.from(), json, at, piece.length());
            at += piece.length();
        }
        return Slice.of(json);
    }
}
