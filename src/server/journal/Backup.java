package server.journal;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;

import server.journal.disk.BackupFile;
import server.journal.disk.Segment;
import server.journal.disk.Storage;
import shared.LogValue;
import shared.json.Slice;

/// Copies a running journal, as it is at one moment, into one file (see [BackupFile]). Appends and compactions
/// continue: files that a compaction replaces meanwhile stay on the disk until they have been copied.
public final class Backup {

    private static final Logger LOG = System.getLogger(Backup.class.getName());

    private static final int BUFFER_BYTES = 64 << 10;

    private final Storage storage;
    private final Segments segments;
    private final Intake intake;
    private long lines;

    Backup(Storage storage, Segments segments, Intake intake) {
        this.storage = storage;
        this.segments = segments;
        this.intake = intake;
    }

    /// Writes everything that was appended before the call.
    ///
    /// @param guarded whether a server that starts from it must require a token
    /// @throws IOException    if a line is damaged or the output fails; what was written is then no backup
    /// @throws JournalFailure if the journal can no longer write
    public void writeTo(OutputStream out, boolean guarded) throws IOException {
        Deque<SegmentFile> left = new ArrayDeque<>();
        try {
            Intake.End end = intake.hold(left);
            long kept = segments.keptAfter();
            BufferedOutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES);
            buffered.write(BackupFile.header(guarded));
            while (!left.isEmpty()) {
                copy(left.getFirst().number(), end.position(), buffered);
                release(left.removeFirst());
            }
            buffered.write(BackupFile.mark(end.seq() + 1, kept, lines));
            buffered.flush();
        } finally {
            left.forEach(this::release);
        }
    }

    private void copy(int number, long end, OutputStream out) throws IOException {
        boolean last = number == Segment.number(end);
        if (!last || Segment.offset(end) > Segment.HEADER) {
            JournalReader.lines(storage, number, last ? Segment.offset(end) : Long.MAX_VALUE, reader -> {
                Slice line = reader.bytes();
                out.write(line.bytes(), line.from(), line.length());
                lines++;
            });
        }
    }

    private void release(SegmentFile file) {
        if (!segments.release(file.number())) {
            return;
        }
        try {
            storage.delete(file.name());
        } catch (IOException e) {
            // superseded: the next start deletes it
            LOG.log(Level.WARNING, () -> "event=backup_delete_failed file=" + file.name() + " reason="
                    + LogValue.of(e));
        }
    }
}
