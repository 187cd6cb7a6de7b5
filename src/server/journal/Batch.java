package server.journal;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

import server.journal.disk.Line;
import server.journal.disk.Segment;
import shared.json.Slice;

/// Lines of one segment that are written and synced together, guarded by the journal's lock until the writer takes it.
final class Batch {

    final int segment;
    /// Where the first line begins; everything before it is on the disk when this is written.
    final int start;
    final long firstSeq;
    /// Released once the lines are on the disk, or never will be: one latch for all waiting threads, because waking
    /// them one by one would take too much of the writer's time.
    final CountDownLatch done = new CountDownLatch(1);

    int count;
    /// Where the last line ends.
    int end;
    /// The last line that ends a unit or is a unit by itself, and where it ends: nothing up to there can be dropped
    /// once this batch is on the disk. 0 if there is none.
    long settledSeq;
    int settledEnd;
    /// Whether the segment's closing mark follows, and how many lines of a unit then follow in the next segment.
    boolean closes;
    int moreAfter;
    /// The number of lines for which somebody waits.
    int awaited;
    /// Whether the writer has taken it, so that nothing can be added.
    boolean taken;

    private Unit[] sources;
    private int[] indexes;
    private int[] ends;
    private int[] mores;

    Batch(int segment, int start, long firstSeq, int capacity) {
        this.segment = segment;
        this.start = start;
        this.firstSeq = firstSeq;
        end = start;
        sources = new Unit[capacity];
        indexes = new int[capacity];
        ends = new int[capacity];
        mores = new int[capacity];
    }

    /// @param index of the line in its unit
    void add(Unit lines, int index, int more, int lineEnd) {
        if (count == ends.length) {
            sources = Arrays.copyOf(sources, count * 2);
            indexes = Arrays.copyOf(indexes, count * 2);
            ends = Arrays.copyOf(ends, count * 2);
            mores = Arrays.copyOf(mores, count * 2);
        }
        sources[count] = lines;
        indexes[count] = index;
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

    /// Returns the line's bytes after the members that the journal writes itself.
    ByteBuffer[] rest(int line) {
        return sources[line].bytes(indexes[line]);
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

    /// Returns the JSON of the line that begins at this position, as the file will have it; null if no line begins
    /// there.
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
        byte[] json = Arrays.copyOf(prefix, length + (int) sources[line].length(indexes[line]));
        int at = length;
        for (ByteBuffer piece : rest(line)) {
            int more = piece.remaining();
            piece.get(json, at, more);
            at += more;
        }
        return Slice.of(json);
    }
}
