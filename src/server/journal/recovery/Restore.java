package server.journal.recovery;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;

import server.journal.disk.BackupFile;
import server.journal.disk.CompactedFile;
import server.journal.disk.Line;
import server.journal.disk.Segment;
import server.journal.disk.SegmentReader;
import server.journal.disk.Storage;
import shared.LogValue;
import shared.json.Slice;

/// Makes a journal from a backup that was put into an empty directory: compacted files, each standing for one segment.
/// The backup itself stays unchanged. Until the first file has its name there is no journal, and a new start begins
/// again.
public final class Restore {

    private static final Logger LOG = System.getLogger(Restore.class.getName());

    /// More events than a server creates between two backups.
    private static final long JUMP = 1_000_000_000;

    private final Storage storage;
    private final int segmentSize;
    /// The number of the file being written.
    private int number = Segment.COMPACTED;
    private CompactedFile out;

    private Restore(Storage storage, int segmentSize) {
        this.storage = storage;
        this.segmentSize = segmentSize;
    }

    /// Restores a backup if there is one, and no journal. The directory is locked.
    ///
    /// @throws IOException if the backup is incomplete, or there are several, or there is no room
    public static void ifEmpty(Storage storage, int segmentSize) throws IOException {
        List<String> found = hasJournal(storage) ? List.of() : BackupFile.in(storage);
        if (found.size() > 1) {
            throw new IOException(storage.describe("") + " holds several backups: " + String.join(", ", found)
                    + "; leave the one that is to be restored");
        }
        if (found.size() == 1) {
            new Restore(storage, segmentSize).run(found.getFirst());
        }
    }

    /// Returns whether the next start restores a backup of a server that requires a token.
    public static boolean isOfGuarded(Storage storage) throws IOException {
        return !hasJournal(storage) && BackupFile.in(storage).stream()
                .anyMatch(name -> BackupFile.isGuarded(storage, name));
    }

    /// Returns whether there is a journal, even an incomplete one. The remains of an interrupted restore do not count.
    static boolean hasJournal(Storage storage) throws IOException {
        for (String name : storage.list()) {
            int number = Segment.number(name);
            if (number > 0 && (number == Segment.COMPACTED + 1 || !Segment.isCompacted(number)
                    || !Segment.range(storage, number).equals(range(number)))) {
                return true;
            }
        }
        return false;
    }

    private static Segment.Range range(int number) {
        return new Segment.Range(number - Segment.COMPACTED, number - Segment.COMPACTED);
    }

    private void run(String name) throws IOException {
        deleteLeftOvers();
        long size = storage.size(name);
        if (storage.free() < size + segmentSize) {
            throw new IOException("no room to restore " + storage.describe(name) + ": it needs " + (size + segmentSize)
                    + " bytes, and " + storage.free() + " are free");
        }
        begin();
        boolean done = false;
        try {
            Line mark = BackupFile.read(storage, name, this::line);
            long next = mark.seq + JUMP;
            end(next, next - 1);
            // the first one is the commit point: all others have their names, durably, before it
            for (int last = number; last > Segment.COMPACTED + 1; last--) {
                CompactedFile.giveName(storage, last);
            }
            storage.sync();
            CompactedFile.giveName(storage, Segment.COMPACTED + 1);
            storage.sync();
            done = true;
            LOG.log(Level.INFO, () -> "event=backup_restored file=" + name + " bytes=" + size + " next_seq=" + next);
        } finally {
            if (!done) {
                discard();
            }
        }
    }

    private void deleteLeftOvers() throws IOException {
        for (String name : storage.list()) {
            if (Segment.number(name) > 0) {
                storage.delete(name);
            }
        }
    }

    private void begin() throws IOException {
        number++;
        out = new CompactedFile(storage, number, range(number), CompactedFile.SYNC_AT_END);
    }

    private void line(SegmentReader reader) throws IOException {
        Slice line = reader.bytes();
        if (out.offset() > Segment.HEADER && (long) out.offset() + line.length() + Segment.CLOSING_MAX > segmentSize) {
            end(reader.line.seq, 0);
            begin();
        }
        out.add(line);
    }

    private void end(long nextSeq, long kept) throws IOException {
        try (CompactedFile whole = out) {
            whole.complete(nextSeq, kept);
        }
    }

    /// Deletes the remains. Those that stay only take up room: the next attempt overwrites them.
    private void discard() throws IOException {
        out.close();
        for (int each = Segment.COMPACTED + 1; each <= number; each++) {
            try {
                CompactedFile.discard(storage, each);
            } catch (IOException e) {
                LOG.log(Level.DEBUG, () -> "event=restore_part_left reason=" + LogValue.of(e));
            }
        }
    }
}
