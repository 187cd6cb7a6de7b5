package server.journal;

import java.util.List;

import server.journal.disk.Segment;

/// A file of a running journal: a segment or a compacted file.
///
/// @param number   of the file (see [Segment])
/// @param range    the segments that it stands for
/// @param firstSeq the lowest sequence number with which it may begin
/// @param lines    its number of lines; -1 while it grows
/// @param origins  the file numbers in the positions of its lines: its own, or those of the files from which it was
///                 made since the start; in the order of the lines
public record SegmentFile(int number, Segment.Range range, long firstSeq, long lines, List<Integer> origins) {

    static SegmentFile of(int number, Segment.Range range, long firstSeq, long lines) {
        return new SegmentFile(number, range, firstSeq, lines, List.of(number));
    }

    /// Returns the file's name.
    public String name() {
        return Segment.name(number);
    }

    SegmentFile closed(long count) {
        return new SegmentFile(number, range, firstSeq, count, origins);
    }
}
