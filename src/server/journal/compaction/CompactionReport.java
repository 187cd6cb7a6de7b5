package server.journal.compaction;


/// What a compaction did.
///
/// @param filesBefore   closed segments and compacted files that it found
/// @param filesAfter    how many are left of them
/// @param bytesBefore   their bytes
/// @param bytesAfter    the bytes of what is left
/// @param eventsDropped how many lines are gone
public record CompactionReport(int filesBefore, int filesAfter, long bytesBefore, long bytesAfter,
        long eventsDropped) {
}
