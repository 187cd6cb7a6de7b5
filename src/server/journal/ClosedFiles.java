package server.journal;

import java.util.List;

import server.journal.disk.Storage;

/// The files that a compaction may work on.
///
/// @param files   files that get no more lines, and lose none in a recovery
/// @param lastSeq everything up to this sequence number is on the disk, in these files or after them
public record ClosedFiles(Storage storage, Segments segments, int segmentSize, List<SegmentFile> files, long lastSeq) {
}
