/// What lies on the disk: lines, segments, compacted files, backups, and the storage under them. The front page of
/// `server.journal` specifies their bytes; here they are read and written, and nothing is decided.
///
/// ```
/// Storage (FileStorage)  ◀── SegmentReader, StoredLines ◀── lines, front to back or one by one
///     one flat directory ◀── CompactedFile              ◀── a file that is made whole, then named
/// Segment: names, headers, positions     Line: the form of a line     Tail: what an unclosed segment ends with
/// ```
///
/// - [Storage] is the only way to the file system, small enough that a test can make every part of it fail.
/// - Bytes that are not as specified are a [JournalDamage], with file, offset and sequence number; what the system
///   refuses is any other `IOException`.
/// - Nothing here has a thread or a lock; each reader and writer is for one thread.
package server.journal.disk;
