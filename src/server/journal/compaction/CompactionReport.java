package server.journal.compaction;


/// The results of a compaction.
///
/// @param filesBefore   closed segments and compacted files that it found
/// @param filesAfter    how many of them, and of new ones, there are now
/// @param bytesBefore   the size of the files that it found
/// @param bytesAfter    the size of the files that there are now
/// @param eventsDropped how many lines were dropped
public record CompactionReport(int filesBefore, int filesAfter, long bytesBefore, long bytesAfter,
        long eventsDropped) {
}
