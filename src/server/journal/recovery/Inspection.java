package server.journal.recovery;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import server.journal.disk.BackupFile;
import server.journal.disk.JournalDamage;
import server.journal.disk.JournalFiles;
import server.journal.disk.Line;
import server.journal.disk.LineVisitor;
import server.journal.disk.Segment;
import server.journal.disk.SegmentReader;
import server.journal.disk.Storage;
import server.journal.disk.Tail;

/// Reads a journal as it is, past any damage, without changing it. A server may be using the journal meanwhile: the
/// lock is not taken.
public final class Inspection {

    /// The problems that were found, in order, each with its place.
    public final List<String> problems = new ArrayList<>();
    /// What the next start will fix by itself.
    public final List<String> notes = new ArrayList<>();
    public int segments;
    public long lines;
    public long firstSeq = -1;
    public long lastSeq = -1;

    private final Storage storage;
    private final LineVisitor visitor;
    /// The lowest sequence number that the next line may have.
    private long next = 1;
    /// How many lines of the current unit are still to come.
    private int more;

    /// @param visitor receives every valid line, in order
    public Inspection(Storage storage, LineVisitor visitor) {
        this.storage = storage;
        this.visitor = visitor;
    }

    /// Reads the whole journal and sets this object's fields; changes nothing on the disk.
    public void run() throws IOException {
        JournalFiles found;
        try {
            found = JournalFiles.of(storage);
        } catch (JournalDamage e) {
            problem(e.file, e.offset, e.seq < 0 ? next : e.seq, e.what);
            return;
        }
        if (!Restore.hasJournal(storage)) {
            readBackups();
        }
        int last = 0;
        for (JournalFiles.File file : found.files()) {
            last = isUnused(file.number()) ? last : file.number();
        }
        JournalFiles.File before = null;
        boolean unused = last == 0;
        for (JournalFiles.File file : found.files()) {
            String misplaced = file.misplaced(before);
            if (misplaced != null) {
                problem(before == null ? 1 : before.range().to() + 1, 0, misplaced);
            }
            before = file;
            segments++;
            try {
                read(new SegmentReader(storage, file.number(), Long.MAX_VALUE), file.number() == last, unused);
            } catch (JournalDamage e) {
                problem(e.file, e.offset, e.seq < 0 ? next : e.seq, e.what);
            }
            unused |= file.number() == last;
        }
        for (int number : found.superseded()) {
            notes.add(storage.describe(Segment.name(number)) + ": a compaction has replaced it; the next start deletes"
                    + " it");
        }
        if (more > 0) {
            notes.add("the last unit lacks " + more + " lines; the next start drops it");
        }
    }

    private void readBackups() throws IOException {
        for (String name : BackupFile.in(storage)) {
            try {
                BackupFile.read(storage, name, this::event);
                notes.add(storage.describe(name) + ": a backup; the next start restores it");
            } catch (JournalDamage e) {
                problem(e.file, e.offset, e.seq < 0 ? next : e.seq, e.what);
            }
        }
    }

    private boolean isUnused(int number) throws IOException {
        try {
            return !Segment.isCompacted(number) && Segment.isUnused(storage, number);
        } catch (JournalDamage e) {
            return false;
        }
    }

    private void read(SegmentReader reader, boolean last, boolean unused) throws IOException {
        while (true) {
            while (reader.next()) {
                if (line(reader)) {
                    return;
                }
            }
            if (unused) {
                return;
            }
            long end = reader.end();
            if (last && !tail(reader, end)) {
                return;
            }
            if (!last) {
                problem(reader.number, end, storage.size(Segment.name(reader.number)) <= end
                        ? "the file ends here without the closing mark" : "the bytes here are not a line");
            }
            // continue after it; a run of fill is one problem
            do {
                if (!reader.skip()) {
                    return;
                }
            } while (reader.end() - reader.offset() <= 1);
        }
    }

    /// @return whether it was the closing mark
    private boolean line(SegmentReader reader) throws IOException {
        Line line = reader.line;
        if (line.seq < next) {
            problem(reader.number, reader.offset(), "sequence number " + line.seq + " is too low");
        }
        if (line.closing) {
            next = Math.max(next, line.seq);
            more = line.more;
            return true;
        }
        more = line.more;
        event(reader);
        return false;
    }

    private void event(SegmentReader reader) {
        long seq = reader.line.seq;
        next = seq + 1;
        lines++;
        firstSeq = firstSeq < 0 ? seq : firstSeq;
        lastSeq = seq;
        visitor.line(seq, Segment.position(reader.number, reader.offset()), reader.json());
    }

    /// @return whether there is damage
    private boolean tail(SegmentReader reader, long end) throws IOException {
        Tail tail = Tail.of(storage, reader.number, reader.size, end);
        switch (tail.kind()) {
            case END -> { }
            case TORN -> notes.add(storage.describe(Segment.name(reader.number)) + ": offset " + end + ": "
                    + tail.bytes().length + " bytes of a batch that was never synced; the next start drops them");
            case DAMAGED -> problem(reader.number, end, tail.reason());
        }
        return tail.kind() == Tail.Condition.DAMAGED;
    }

    private void problem(int number, long offset, String what) {
        problem(Segment.name(number), offset, next, what);
    }

    private void problem(String file, long offset, long seq, String what) {
        problems.add(storage.describe(file) + ": offset " + offset + ", sequence number " + seq + ": " + what);
    }
}
