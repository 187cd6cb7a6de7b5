package server.journal.disk;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import shared.LogValue;


/// A backup: a whole journal in one file, of any size and any name. The front page of `server.journal` defines its
/// form. The closing mark is written last: a file without it was cut short, and is refused.
public final class BackupFile {

    private static final byte[] HEADER = Line.framed("{\"journal\":1,\"backup\":1}", 0, Segment.HEADER);
    /// The header for a server that requires a token.
    private static final byte[] GUARDED = Line.framed("{\"journal\":1,\"backup\":1,\"guarded\":true}", 0,
            Segment.HEADER);

    private static final String SUFFIX = ".backup";

    private static final Logger LOG = System.getLogger(BackupFile.class.getName());

    private BackupFile() {
    }

    /// Returns the first line of a backup.
    ///
    /// @param guarded whether named tokens guard the server, so that they must also guard a server that starts from
    ///                this backup
    public static byte[] header(boolean guarded) {
        return (guarded ? GUARDED : HEADER).clone();
    }

    /// Returns the closing mark of a backup, as a line.
    public static byte[] mark(long nextSeq, long kept, long lines) {
        return Line.closing(Segment.COMPACTED, 0, nextSeq, kept, lines);
    }

    /// Returns the backups among a directory's files.
    public static List<String> in(Storage storage) throws IOException {
        List<String> found = new ArrayList<>();
        for (String name : storage.list()) {
            if (Segment.number(name) < 0 && !Segment.isPart(name) && isOne(storage, name)) {
                found.add(name);
            }
        }
        return found;
    }

    private static boolean isOne(Storage storage, String name) {
        // a backup that was cut short within its header must not be ignored
        return begins(storage, name, HEADER) || isGuarded(storage, name);
    }

    /// Returns whether the file is, or may be, a backup of a server that requires a token.
    public static boolean isGuarded(Storage storage, String name) {
        return begins(storage, name, GUARDED);
    }

    private static boolean begins(Storage storage, String name, byte[] first) {
        byte[] header = new byte[Segment.HEADER];
        try {
            int length = storage.read(name, 0, header, 0, header.length);
            return Arrays.equals(header, 0, length, first, 0, length)
                    && (length >= Line.CRC || name.endsWith(SUFFIX));
        } catch (IOException e) {
            // the file probably has nothing to do with the server; if it does, this says why it was ignored
            LOG.log(Level.WARNING, () -> "event=file_unreadable file=" + LogValue.of(storage.describe(name))
                    + " reason=" + LogValue.of(FileReason.of(e)));
            return false;
        }
    }

    /// Reads a backup to its end.
    ///
    /// @return the closing mark
    /// @throws JournalDamage if it is not complete
    public static Line read(Storage storage, String name, SegmentReader.Visitor visitor) throws IOException {
        if (storage.size(name) < Segment.HEADER) {
            throw incomplete(storage, name, storage.size(name), 1);
        }
        SegmentReader reader = SegmentReader.ofBackup(storage, name);
        long next = 1;
        while (reader.next() && reader.line.seq >= next) {
            if (reader.line.closing) {
                if (reader.end() < storage.size(name)) {
                    throw new JournalDamage(storage, name, reader.end(), -1, "bytes follow the backup's end");
                }
                return reader.line;
            }
            next = reader.line.seq + 1;
            visitor.line(reader);
        }
        long end = reader.end();
        throw reader.skip() ? new JournalDamage(storage, name, end, next, "the bytes here are not a line of the backup")
                : incomplete(storage, name, end, next);
    }

    private static JournalDamage incomplete(Storage storage, String name, long end, long next) {
        return new JournalDamage(storage, name, end, next,
                "the backup is incomplete: it ends here, without its closing mark; take another one");
    }
}
