package server.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import server.journal.disk.JournalFiles;
import server.journal.disk.LineVisitor;
import server.journal.disk.Segment;
import server.journal.recovery.Recovery;

/// The files of a running journal in order, and where compaction has moved their lines.
///
/// A position stays what it was when its line was appended or replayed: memory holds millions of positions, and readers
/// keep some for long. Lines that compaction has moved are looked up here, at 8 bytes a line.
///
/// Readers take no lock. A file may be compacted away while they read it; then they look here again.
public final class Segments {

    /// Where the lines of a deleted file went.
    ///
    /// @param file the file that has them now
    /// @param from where they began in the original file, ascending
    /// @param to   where each begins now
    public record Moved(int file, int[] from, int[] to) {
    }

    private volatile List<SegmentFile> files = List.of();
    private final Map<Integer, Moved> moved = new ConcurrentHashMap<>();
    /// The numbers of the files that a backup still has to read, once for each backup.
    private final List<Integer> held = new ArrayList<>();
    /// The number of the last compacted file.
    private int compacted = Segment.COMPACTED;
    /// No event after this one was dropped.
    private volatile long kept;

    /// Replays what a recovery has found, and deletes what a compaction left behind.
    ///
    /// @return the next sequence number
    synchronized long replay(Recovery recovery, Recovery.Result found, LineVisitor visitor) throws IOException {
        long next = 1;
        List<SegmentFile> all = new ArrayList<>();
        for (JournalFiles.File file : found.used()) {
            Recovery.Replayed read = recovery.replay(file.number(), next, visitor);
            all.add(SegmentFile.of(file.number(), file.range(), next, read.lines()));
            droppedUpTo(read.kept());
            compacted = Math.max(compacted, file.number());
            next = read.next();
        }
        files = List.copyOf(all);
        recovery.deleteSuperseded(found.superseded());
        return next;
    }

    /// Starts a new segment, which is written to from now on.
    synchronized void begin(int number, long firstSeq) {
        List<SegmentFile> all = new ArrayList<>(files);
        if (!all.isEmpty() && all.getLast().lines() < 0) {
            all.set(all.size() - 1, all.getLast().closed(firstSeq - all.getLast().firstSeq()));
        }
        all.add(SegmentFile.of(number, new Segment.Range(number, number), firstSeq, -1));
        files = List.copyOf(all);
    }

    /// Puts a compacted file in the place of the files from which it was made; no new reader uses these from now on.
    ///
    /// @param lines where the lines went, by the file number in their positions
    public synchronized void replace(List<SegmentFile> old, SegmentFile made, Map<Integer, Moved> lines) {
        for (SegmentFile file : old) {
            for (int origin : file.origins()) {
                if (lines.containsKey(origin)) {
                    moved.put(origin, lines.get(origin));
                } else {
                    moved.remove(origin);
                }
            }
        }
        List<SegmentFile> all = new ArrayList<>(files);
        all.set(all.indexOf(old.getFirst()), made);
        all.removeAll(old);
        files = List.copyOf(all);
    }

    /// Returns the current files; a compaction leaves them on the disk until they are released.
    synchronized List<SegmentFile> hold() {
        files.forEach(file -> held.add(file.number()));
        return files;
    }

    /// Releases a file that a backup has read.
    ///
    /// @return whether to delete it: it was replaced, and no other reader needs it
    synchronized boolean release(int number) {
        held.remove((Integer) number);
        return !held.contains(number) && files.stream().noneMatch(file -> file.number() == number);
    }

    /// Returns whether a reader uses this file, so that it must not be deleted.
    public synchronized boolean isHeld(int number) {
        return held.contains(number);
    }

    /// Returns the number of the next compacted file; each call takes one.
    public synchronized int nextCompacted() {
        return ++compacted;
    }

    /// Notes that a compaction may have dropped events up to this one.
    public void droppedUpTo(long seq) {
        kept = Math.max(kept, seq);
    }

    /// Returns the number after which no event was dropped by a compaction.
    long keptAfter() {
        return kept;
    }

    /// Returns the sequence number after which all of the last events lie, which are always kept. Numbers may have
    /// jumped, so lines are counted; where that would require reading, a few more are kept.
    ///
    /// @param lastSeq the last event's
    /// @param count   how many events to keep
    public long keptAfter(long lastSeq, long count) {
        long left = count;
        for (SegmentFile file : files.reversed()) {
            long lines = file.lines() < 0 ? Math.max(0, lastSeq - file.firstSeq() + 1) : file.lines();
            if (left <= lines) {
                long after = file.firstSeq() - 1 + (Segment.isCompacted(file.number()) ? 0 : lines - left);
                return Math.max(kept, Math.min(after, lastSeq));
            }
            left -= lines;
        }
        return kept;
    }

    /// Returns all files, in the order of their lines.
    public List<SegmentFile> files() {
        return files;
    }

    /// Returns the file that has a segment's lines; null if there is no such segment.
    SegmentFile of(int segment) {
        for (SegmentFile file : files) {
            if (segment <= file.range().to()) {
                return file;
            }
        }
        return null;
    }

    /// Returns the last file that can have the line with this number, or whose first line can be a later one; never
    /// null.
    SegmentFile holding(long seq) {
        SegmentFile found = files.getFirst();
        for (SegmentFile file : files) {
            if (file.firstSeq() <= seq) {
                found = file;
            }
        }
        return found;
    }

    /// Returns the current position of a line; -1 if it was dropped.
    public long locate(long position) {
        Moved table = moved.get(Segment.number(position));
        if (table == null) {
            return position;
        }
        int index = Arrays.binarySearch(table.from, Segment.offset(position));
        return index < 0 ? -1 : Segment.position(table.file, table.to[index]);
    }
}
