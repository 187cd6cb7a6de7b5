/// The files on the disk: lines, segments, compacted files, backups, and the storage beneath them. The front page of
/// `server.journal` specifies their bytes; this room only reads and writes them.
///
/// ```
/// Storage (FileStorage)  ◀── SegmentReader, StoredLines ◀── lines, front to back or one at a time
///     one flat directory ◀── CompactedFile              ◀── a file that is completed, then named
/// Segment: names, headers, positions     Line: the form of a line     Tail: what follows an unclosed segment's lines
/// ```
///
/// - [Storage] is the only way to the file system, small enough that a test can make every part of it fail.
/// - Bytes that violate the specification are a [JournalDamage], with file, offset and sequence number; a refusal by
///   the system is any other `IOException`.
/// - Nothing here has a thread or a lock; each reader and writer is for one thread.
package server.journal.disk;
