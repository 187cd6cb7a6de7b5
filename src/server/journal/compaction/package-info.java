/// Compaction: drops obsolete lines from the journal, while it is in use or offline.
///
/// ```
/// segments 1  2  3  4  5  6 | 7 (in use)          read from the oldest on
///          └──┬──┘  └──┬──┘
///            c1       c2    | 7                   the needed lines of each run, in their order
/// ```
///
/// Runs of files whose needed lines fit into a segment become one compacted file. The new file is synced and named (the
/// commit point), then the positions are redirected to it, then the old files are deleted. So at each moment either the
/// old files or the new one are whole, with the same content; and only one new file needs additional room.
///
/// - The queue says which lines are needed: [LiveLines#forEach]. The last events stay even if they are not needed,
///   except those of deleted objects: subscribers resume from them.
/// - Parts of a needed line may be left out, if the queue says so; its position then leads to the rest.
/// - Nothing deleted can come back. The line of a deletion is not needed itself; it is dropped as soon as its number is
///   in the range in which only needed lines stay (`<= kept`). The lines of the deleted object have lower numbers, so
///   they are in older files or the same one. Older files were rewritten before, by the same rule and with the lines
///   needed after the deletion, so those lines are gone. That is why files are rewritten in order, and why only a file
///   from which nothing would be dropped is skipped.
/// - Readers and backups continue: a position is looked up again when its file is gone, and a file that a backup still
///   reads is deleted when the backup has it.
/// - It runs on one thread at a time, of its caller (`journal-compaction`, or a handler); it takes the queue's lock for
///   moments, and the intake's. What is needed must be durable before anything is dropped.
package server.journal.compaction;
