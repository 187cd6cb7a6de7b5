/// Compaction: drops from the journal what nobody needs any more, while it is in use or offline.
///
/// ```
/// segments 1  2  3  4  5  6 | 7 (in use)          read from the oldest on
///          └──┬──┘  └──┬──┘
///            c1       c2    | 7                   the needed lines of each run, in their order
/// ```
///
/// Runs of files whose needed lines fit into a segment become one compacted file. The new file is synced and named (the
/// commit point), then the positions are led to it, then the old files are deleted. So at each moment either the old
/// files are whole, or the new one is, and both tell the same; and no more room is needed than for one new file.
///
/// - What is needed is told by the queue: the lines in [LiveLines#forEach]. Of the last events those stay too that are
///   not needed, without what belongs to something deleted: subscribers resume from them.
/// - Of a needed line some may be left out, if the queue says so; its position then leads to what is left.
/// - Nothing that was deleted can come back. The line that tells of a deletion is not needed itself; it is dropped as
///   soon as its number is among those of which only needed lines stay (`<= kept`). The lines that made what it deletes
///   have lower numbers, so they are in older files or the same one. Older files were rewritten before, by the same
///   rule and with what was needed at a later time than the deletion: they are gone from there. Hence the order, and
///   that no file is passed over but one of which nothing would be dropped.
/// - Readers and backups go on: a position is looked up again when its file is gone, and a file that a backup still
///   reads is deleted when the backup has it.
/// - It runs on one thread at a time, of its caller (`journal-compaction`, or a handler); it takes the queue's lock for
///   moments, and the intake's. What is needed must be durable before anything is dropped.
package server.journal.compaction;
