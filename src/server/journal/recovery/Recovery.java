package server.journal.recovery;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import server.journal.disk.JournalDamage;
import server.journal.disk.JournalFiles;
import server.journal.disk.Line;
import server.journal.disk.LineVisitor;
import server.journal.disk.Segment;
import server.journal.disk.SegmentReader;
import server.journal.disk.Storage;
import server.journal.disk.Tail;

/// Repairs a journal that was interrupted at any instant, or refuses it. Afterwards every used segment is closed, and
/// all of it is on the disk. Each step leaves a journal that recovery accepts again.
public final class Recovery {

    private static final Logger LOG = System.getLogger(Recovery.class.getName());

    /// @param used       the closed files, in order
    /// @param superseded the numbers of files that a compaction has replaced and not yet deleted
    /// @param unused     the segments after them that were prepared, but not used
    /// @param next       the number of the first segment to write to
    public record Result(List<JournalFiles.File> used, List<Integer> superseded, List<Segment.Fresh> unused, int next) {
    }

    /// The result of replaying a file.
    ///
    /// @param next the lowest sequence number with which the next file may begin
    /// @param kept no event after this sequence number was dropped from the file
    public record Replayed(long next, long lines, long kept) {
    }

    /// The result of one pass over a segment.
    ///
    /// @param end       where the valid lines end; the closing mark does not count
    /// @param nextSeq   at least the number after its last line's; -1 if it has neither lines nor a closing mark
    /// @param more      how many lines of a unit are missing after its end
    /// @param unitStart where that unit's first line in this segment begins
    /// @param unitSeq   the sequence number of that line
    /// @param lines     how many lines there are
    /// @param unitLines how many of these belong to that unit
    private record Pass(int number, int size, long end, boolean closed, long nextSeq, int more, long unitStart,
            long unitSeq, long lines, long unitLines) {

        /// Returns it as the continuation of the unit that is open before it, if it has no line of its own.
        Pass after(Pass before) {
            return nextSeq >= 0 || before == null ? this
                    : new Pass(number, size, end, closed, before.nextSeq, before.more, end, before.nextSeq, lines, 0);
        }
    }

    private final Storage storage;
    private List<JournalFiles.File> files = List.of();

    public Recovery(Storage storage) {
        this.storage = storage;
    }

    /// Fixes what a crash may have left, and returns the files that are present.
    ///
    /// @throws JournalDamage if something is damaged, not torn; then no line has been changed
    public Result run() throws IOException {
        JournalFiles found = JournalFiles.of(storage).whole(storage);
        for (String name : storage.list()) {
            if (Segment.isPart(name)) {
                storage.delete(name);
            }
        }
        files = found.files();
        int used = files.size();
        while (used > 0 && isUnused(files.get(used - 1).number())) {
            used--;
        }
        if (used > 0 && !Segment.isCompacted(files.get(used - 1).number())) {
            mend(files.get(used - 1).number());
        }
        List<Segment.Fresh> unused = new ArrayList<>();
        for (JournalFiles.File file : files.subList(used, files.size())) {
            unused.add(new Segment.Fresh(file.number(), Segment.size(storage, file.number())));
        }
        int next = used == 0 ? 1 : files.get(used - 1).range().to() + 1;
        return new Result(files.subList(0, used), found.superseded(), unused, next);
    }

    private boolean isUnused(int number) throws IOException {
        return !Segment.isCompacted(number) && Segment.isUnused(storage, number);
    }

    /// Passes the lines of a closed file to a visitor.
    ///
    /// @param first the lowest sequence number with which it may begin
    /// @throws JournalDamage if the file is damaged
    public Replayed replay(int number, long first, LineVisitor visitor) throws IOException {
        SegmentReader reader = new SegmentReader(storage, number, Long.MAX_VALUE);
        long next = first;
        long lines = 0;
        while (reader.next() && reader.line.seq >= next) {
            if (reader.line.closing) {
                return new Replayed(reader.line.seq, lines, reader.line.kept);
            }
            next = reader.line.seq + 1;
            lines++;
            visitor.line(reader.line.seq, Segment.position(number, reader.offset()), reader.json());
        }
        throw new JournalDamage(storage, Segment.name(number), reader.offset(), next,
                "the bytes here are neither a line nor the closing mark, but later ones were written after them");
    }

    /// Deletes the files that a compaction has replaced. Only after the replay: before, the new file is not known to be
    /// good.
    public void deleteSuperseded(List<Integer> superseded) throws IOException {
        for (int number : superseded) {
            storage.delete(Segment.name(number));
        }
        if (!superseded.isEmpty()) {
            storage.sync();
        }
    }

    /// Returns the number of the file before a segment; 0 if the segment is the first.
    private int before(int segment) {
        return files.stream().filter(file -> file.range().to() == segment - 1).mapToInt(JournalFiles.File::number)
                .findFirst().orElse(0);
    }

    private void mend(int number) throws IOException {
        Pass found = pass(number);
        Tail tail = found.closed ? null : Tail.of(storage, number, found.size, found.end);
        Pass before = before(number) > 0 && tail != null ? pass(before(number)) : null;
        if (before != null && !before.closed) {
            throw unclosed(before, found, tail);
        }
        Pass last = found.after(before);
        long nextSeq = Math.max(1, last.nextSeq);
        if (tail != null && tail.kind() == Tail.Condition.DAMAGED) {
            throw new JournalDamage(storage, Segment.name(number), tail.offset(), nextSeq,
                    tail.reason());
        }
        if (last.more == 0 && (tail == null || tail.kind() == Tail.Condition.END)) {
            if (tail != null) {
                close(last, nextSeq);
            }
            return;
        }
        drop(last, tail, nextSeq);
    }

    /// Reports a segment without a closing mark before one that is in use: either its end is lost, or the later segment
    /// was never used and has changed.
    private JournalDamage unclosed(Pass before, Pass last, Tail tail) throws IOException {
        if (last.nextSeq >= 0 || tail.seqMax() >= 0) {
            return new JournalDamage(storage, Segment.name(before.number), before.end, before.nextSeq, "the bytes here"
                    + " are neither a line nor the closing mark, but " + Segment.name(last.number) + " follows");
        }
        long used = Segment.used(storage, last.number, Segment.HEADER);
        return used < 0
                ? new JournalDamage(storage, Segment.name(last.number), last.end, -1, tail.reason())
                : new JournalDamage(storage, Segment.name(last.number), used, -1,
                        "the segment was not in use yet, but has bytes that are not fill");
    }

    private Pass pass(int number) throws IOException {
        SegmentReader reader = new SegmentReader(storage, number, Long.MAX_VALUE);
        long end = Segment.HEADER;
        long nextSeq = -1;
        int more = 0;
        long unitStart = end;
        long unitSeq = -1;
        long lines = 0;
        long unitLines = 0;
        while (reader.next()) {
            Line line = reader.line;
            if (line.seq < nextSeq) {
                break;
            }
            if (line.closing) {
                // a segment that was skipped within a unit, because its next line was too long, has only a mark
                return new Pass(number, reader.size, end, true, line.seq, line.more, unitStart,
                        unitSeq < 0 ? line.seq : unitSeq, lines, unitLines);
            }
            if (more == 0) {
                unitStart = reader.offset();
                unitSeq = line.seq;
                unitLines = 0;
            }
            lines++;
            unitLines++;
            nextSeq = line.seq + 1;
            more = line.more;
            end = reader.end();
        }
        return new Pass(number, reader.size, end, false, nextSeq, more, unitStart, unitSeq, lines,
                unitLines);
    }

    /// Writes the closing mark after the last line, in place.
    private void close(Pass pass, long nextSeq) throws IOException {
        try (Storage.Writable file = storage.open(Segment.name(pass.number))) {
            // the lines must be on the disk before a mark says that they are
            file.force();
            seal(file, pass.number, pass.end, nextSeq, pass.lines);
        }
    }

    /// Writes the closing mark, syncs it, and truncates the file after it.
    public static void seal(Storage.Writable file, int number, long end, long nextSeq, long lines)
            throws IOException {
        byte[] mark = Line.closing(number, end, Segment.position(number, end), nextSeq, 0, lines);
        file.write(ByteBuffer.wrap(mark), end);
        file.force();
        file.truncate(end + mark.length);
        file.force();
    }

    /// Drops a torn batch and an incomplete unit, which may begin in an earlier segment.
    private void drop(Pass last, Tail tail, long nextSeq) throws IOException {
        // No sequence number may be used twice. A line has more than one byte, so the lines that are dropped here, or
        // were lost with them unseen, are fewer than the segment's bytes.
        long seqMax = tail == null ? nextSeq : Math.max(nextSeq, tail.seqMax());
        long jumped = seqMax + last.size;
        List<Pass> cut = new ArrayList<>(List.of(last));
        while (cut.getFirst().more > 0 && cut.getFirst().unitStart == Segment.HEADER
                && before(cut.getFirst().number) > 0) {
            Pass before = pass(before(cut.getFirst().number));
            if (!before.closed) {
                throw new JournalDamage(storage, Segment.name(before.number), before.end, before.nextSeq,
                        "the bytes here are neither a line nor the closing mark");
            }
            if (before.more == 0) {
                break;
            }
            cut.addFirst(before);
        }
        // in the order of the segments: what is left of the unit then begins later, and is still incomplete
        for (Pass pass : cut) {
            long from = pass.more > 0 ? pass.unitStart : pass.end;
            long next = pass == last ? jumped : pass.unitSeq;
            keepBroken(pass, from, tail == null || pass != last ? pass.end : tail.offset() + tail.bytes().length);
            rewrite(pass, from, next, pass.more > 0 ? pass.lines - pass.unitLines : pass.lines);
        }
    }

    private void keepBroken(Pass pass, long from, long to) throws IOException {
        String name = unusedName(storage, Segment.name(pass.number) + ".broken");
        copy(pass.number, from, to, name, 0, new byte[0], new byte[0]);
        storage.sync();
        LOG.log(Level.WARNING, () -> "event=journal_tail_dropped file=" + Segment.name(pass.number) + " offset=" + from
                + " bytes=" + (to - from) + " kept=" + name);
    }

    /// Returns this name, or the first one made from it that no file has.
    static String unusedName(Storage storage, String wanted) throws IOException {
        List<String> taken = storage.list();
        String name = wanted;
        for (int i = 2; taken.contains(name); i++) {
            name = wanted + "-" + i;
        }
        return name;
    }

    /// Replaces a segment by a closed one with its lines up to this offset.
    private void rewrite(Pass pass, long end, long nextSeq, long lines) throws IOException {
        String name = Segment.name(pass.number);
        byte[] mark = Line.closing(pass.number, end, Segment.position(pass.number, end), nextSeq, 0, lines);
        copy(pass.number, Segment.HEADER, end, name + Segment.PART, Segment.HEADER,
                Segment.header(pass.number, pass.size), mark);
        storage.rename(name + Segment.PART, name);
        storage.sync();
    }

    private void copy(int number, long from, long to, String target, long at, byte[] head, byte[] mark)
            throws IOException {
        try (Storage.Writable file = storage.create(target)) {
            byte[] block = new byte[64 << 10];
            file.write(ByteBuffer.wrap(head), 0);
            for (long done = from; done < to; ) {
                int length = storage.read(Segment.name(number), done, block, 0,
                        (int) Math.min(block.length, to - done));
                file.write(ByteBuffer.wrap(block, 0, length), at + done - from);
                done += length;
            }
            file.write(ByteBuffer.wrap(mark), at + to - from);
            file.force();
        }
    }
}
