package server.journal;

import java.util.List;

import server.journal.disk.Storage;

/// What a compaction may work on.
///
/// @param files   those that get no more lines, nor lose any to a recovery
/// @param lastSeq everything up to this sequence number is in them or behind them, on the disk
public record ClosedFiles(Storage storage, Segments segments, int segmentSize, List<SegmentFile> files, long lastSeq) {
}
