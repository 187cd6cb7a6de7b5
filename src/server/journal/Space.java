package server.journal;

import java.util.ArrayList;
import java.util.List;

import server.journal.disk.Line;
import server.journal.disk.Segment;

/// Where the next lines go, and the space that exists for them: the rest of the segment in use, then the segments that
/// were made ahead, in their order. Space for every accepted line is sure to exist on the disk. Guarded by the
/// journal's lock.
///
/// ```
/// | lines | rest of the segment in use |   | made ahead |   | made ahead |
///         offset                    size
///         taken from the left ──▶                   the last bytes are the reserves
/// ```
final class Space {

    /// The most bytes that padding and terminator add to a line.
    private static final int PADDED = 8;

    /// The segment in use, its size, and where its next line goes.
    int segment;
    int size;
    int offset = Segment.HEADER;
    /// The size of a segment, unless a line is longer.
    final int usual;

    private final int reserve;
    private final List<Segment.Fresh> ahead = new ArrayList<>();
    /// How many segments there should be ahead: as many as the largest unit has needed so far, because another such
    /// unit may come.
    private int wanted = 1;

    Space(JournalOptions options, Segment.Fresh first) {
        usual = Segment.sizeFor(0, options.segmentSize());
        reserve = options.reserve();
        segment = first.number();
        size = first.size();
    }

    /// Adds a segment that was made.
    void add(Segment.Fresh fresh) {
        ahead.add(fresh);
    }

    /// Returns the segments ahead that only a very large unit would need, the last one first.
    List<Segment.Fresh> superfluous() {
        return ahead.subList(Math.min(1, ahead.size()), ahead.size()).reversed();
    }

    boolean needsMore() {
        return ahead.size() < wanted;
    }

    /// Notes that the disk is full: no more than necessary is requested from it.
    void beModest() {
        wanted = 1;
    }

    /// Returns the segment to make next.
    ///
    /// @param lines the lines for which there is no room now
    Segment.Fresh next(Unit lines, long seq) {
        long longest = 0;
        for (int i = 0; i < lines.size(); i++) {
            longest = Math.max(longest, length(lines, i, seq));
        }
        int number = ahead.isEmpty() ? segment + 1 : ahead.getLast().number() + 1;
        boolean tooLong = Segment.HEADER + longest + PADDED + Segment.CLOSING_MAX > usual;
        return new Segment.Fresh(number, tooLong ? Segment.sizeFor(longest + PADDED + 2L * reserve, usual) : usual);
    }

    boolean isLarge(Segment.Fresh fresh) {
        return fresh.size() > usual;
    }

    boolean hasNext() {
        return !ahead.isEmpty();
    }

    /// Goes on to the next segment.
    void rotate() {
        Segment.Fresh fresh = ahead.removeFirst();
        segment = fresh.number();
        size = fresh.size();
        offset = Segment.HEADER;
    }

    /// Returns whether all these lines fit without using reserves that they may not use. Remembers how many segments
    /// they need.
    boolean fits(Unit lines, long seq, Urgency urgency) {
        int room = size;
        long at = offset;
        int next = 0;
        int filled = 0;
        for (int i = 0; i < lines.size(); i++) {
            long length = length(lines, i, seq);
            int before = next;
            while (lineEnd(at, length) + Segment.CLOSING_MAX > room) {
                if (next == ahead.size()) {
                    return false;
                }
                room = ahead.get(next++).size();
                at = Segment.HEADER;
            }
            // segments that are skipped because they are too small for a long line would only be skipped again
            filled += next > before ? 1 : 0;
            at = lineEnd(at, length);
        }
        if (!left(room, at, next, (long) urgency.reserves * reserve)) {
            return false;
        }
        wanted = Math.max(wanted, filled);
        return true;
    }

    private boolean left(int room, long at, int next, long bytes) {
        long left = room - Segment.CLOSING_MAX - at;
        for (int i = next; i < ahead.size() && left < bytes; i++) {
            left += ahead.get(i).size() - Segment.HEADER - Segment.CLOSING_MAX;
        }
        return left >= bytes;
    }

    /// Returns the bytes of a unit's line, without padding and terminator.
    static long length(Unit lines, int index, long seq) {
        return Line.CRC + Line.prefixLength(seq + index, lines.size() - index - 1) + lines.length(index);
    }

    static long lineEnd(long offset, long length) {
        long terminator = offset + length;
        return terminator + Line.pad(terminator) + 1;
    }
}
