package server.journal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Makes a journal whole that was left at any instant, or refuses. Afterwards every used segment is closed, and all of
/// it is on the disk.
///
/// Only the last used segment can be unclosed, for its predecessor's closing mark is synced before anything is written
/// to it. Each step leaves a journal that recovery accepts again: a crash in here loses nothing.
final class Recovery {

    private static final Logger LOG = System.getLogger(Recovery.class.getName());

    /// @param used   the closed segments, in order
    /// @param unused those that were prepared, and follow them
    record Result(List<Integer> used, List<Space.Fresh> unused) {
    }

    /// What one pass over a segment found.
    ///
    /// @param end       where the valid lines end; the closing mark is not one of them
    /// @param nextSeq   the number after its last line's, at least; -1 if it has neither lines nor a closing mark
    /// @param more      how many lines of a unit are missing behind its end
    /// @param unitStart where that unit's lines in this segment begin
    /// @param unitSeq   the number of the first of them
    private record Pass(int number, int size, long end, boolean closed, long nextSeq, int more, long unitStart,
            long unitSeq) {

        /// Without a line of its own, it continues the unit that is open before it.
        Pass after(Pass before) {
            return nextSeq >= 0 || before == null ? this
                    : new Pass(number, size, end, closed, before.nextSeq, before.more, end, before.nextSeq);
        }
    }

    private final Storage storage;

    Recovery(Storage storage) {
        this.storage = storage;
    }

    Result run() throws IOException {
        List<Integer> numbers = numbers(storage);
        for (String name : storage.list()) {
            if (Segment.isPart(name)) {
                storage.delete(name);
            }
        }
        int used = numbers.size();
        while (used > 0 && Segment.isUnused(storage, used)) {
            used--;
        }
        if (used > 0) {
            mend(used);
        }
        List<Space.Fresh> unused = new ArrayList<>();
        for (int number : numbers.subList(used, numbers.size())) {
            unused.add(new Space.Fresh(number, Segment.size(storage, number)));
        }
        return new Result(numbers.subList(0, used), unused);
    }

    /// Visits the lines of a closed segment.
    ///
    /// @param first the lowest sequence number that it may begin with
    /// @return the lowest that its successor may begin with
    long replay(int number, long first, Journal.Visitor visitor) throws IOException {
        SegmentReader reader = new SegmentReader(storage, number, Long.MAX_VALUE);
        long next = first;
        while (reader.next() && reader.line.seq >= next) {
            if (reader.line.closing) {
                return reader.line.seq;
            }
            next = reader.line.seq + 1;
            visitor.line(reader.line.seq, Segment.position(number, reader.offset()), reader.json());
        }
        throw new JournalDamage(storage, Segment.name(number), reader.offset(), next,
                "the bytes here are neither a line nor the closing mark, but later ones were written after them");
    }

    /// The numbers of the segments that are there: from 1 on without a gap.
    static List<Integer> numbers(Storage storage) throws IOException {
        TreeSet<Integer> numbers = new TreeSet<>();
        for (String name : storage.list()) {
            int number = Segment.number(name);
            if (number > 0) {
                numbers.add(number);
            }
        }
        int expected = 1;
        for (int number : numbers) {
            if (number != expected) {
                throw new JournalDamage(storage, Segment.name(expected), 0, -1,
                        "the file is missing, but " + Segment.name(number) + " is there");
            }
            expected++;
        }
        return new ArrayList<>(numbers);
    }

    private void mend(int number) throws IOException {
        Pass found = pass(number);
        Tail tail = found.closed ? null : Tail.of(storage, number, found.size, found.end);
        Pass before = number > 1 && tail != null ? pass(number - 1) : null;
        if (before != null && !before.closed) {
            throw unclosed(before, found, tail);
        }
        Pass last = found.after(before);
        long nextSeq = Math.max(1, last.nextSeq);
        if (tail != null && tail.kind() == Tail.Kind.DAMAGED) {
            throw new JournalDamage(storage, Segment.name(number), tail.offset(), nextSeq,
                    tail.reason());
        }
        if (last.more == 0 && (tail == null || tail.kind() == Tail.Kind.END)) {
            if (tail != null) {
                close(last, nextSeq);
            }
            return;
        }
        drop(last, tail, nextSeq);
    }

    /// A segment without a closing mark is followed by one that is in use. Either its end is gone, or the follower was
    /// never used and has changed.
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
        while (reader.next()) {
            Line line = reader.line;
            if (line.seq < nextSeq) {
                break;
            }
            if (line.closing) {
                // a segment that was passed over within a unit, for its next line was too long, has a mark only
                return new Pass(number, reader.size, end, true, line.seq, line.more, unitStart,
                        unitSeq < 0 ? line.seq : unitSeq);
            }
            if (more == 0) {
                unitStart = reader.offset();
                unitSeq = line.seq;
            }
            nextSeq = line.seq + 1;
            more = line.more;
            end = reader.end();
        }
        return new Pass(number, reader.size, end, false, nextSeq, more, unitStart, unitSeq);
    }

    /// Puts the closing mark behind the last line, in place.
    private void close(Pass pass, long nextSeq) throws IOException {
        try (Storage.Writable file = storage.open(Segment.name(pass.number))) {
            // what was found must be on the disk before a mark says that it is
            file.force();
            seal(file, pass.number, pass.end, Segment.position(pass.number, pass.end), nextSeq);
        }
    }

    /// Writes the closing mark, syncs it, and cuts the file behind it.
    static void seal(Storage.Writable file, int number, long end, long synced, long nextSeq) throws IOException {
        byte[] mark = Line.closing(number, end, synced, nextSeq, 0);
        file.write(ByteBuffer.wrap(mark), end);
        file.force();
        file.truncate(end + mark.length);
        file.force();
    }

    /// Drops a torn batch and a unit that is not whole, which may begin segments before.
    private void drop(Pass last, Tail tail, long nextSeq) throws IOException {
        // No number may be used twice. A line has more than one byte, so the lines that were dropped, or lost
        // unseen with them, are fewer than the segment's bytes.
        long seqMax = tail == null ? nextSeq : Math.max(nextSeq, tail.seqMax());
        long jumped = seqMax + last.size;
        List<Pass> cut = new ArrayList<>(List.of(last));
        while (cut.getFirst().more > 0 && cut.getFirst().unitStart == Segment.HEADER && cut.getFirst().number > 1) {
            Pass before = pass(cut.getFirst().number - 1);
            if (!before.closed) {
                throw new JournalDamage(storage, Segment.name(before.number), before.end, before.nextSeq,
                        "the bytes here are neither a line nor the closing mark");
            }
            if (before.more == 0) {
                break;
            }
            cut.addFirst(before);
        }
        // the first segment first: whatever is left of the unit then begins later, and is still not whole
        for (Pass pass : cut) {
            long from = pass.more > 0 ? pass.unitStart : pass.end;
            long next = pass == last ? jumped : pass.unitSeq;
            keepBroken(pass, from, tail == null || pass != last ? pass.end : tail.offset() + tail.bytes().length);
            rewrite(pass, from, next);
        }
    }

    private void keepBroken(Pass pass, long from, long to) throws IOException {
        String name = unusedName(storage, Segment.name(pass.number) + ".broken");
        copy(pass.number, from, to, name, 0, new byte[0], new byte[0]);
        storage.sync();
        LOG.log(Level.WARNING, () -> "event=journal_tail_dropped file=" + Segment.name(pass.number) + " offset=" + from
                + " bytes=" + (to - from) + " kept=" + name);
    }

    /// This name, or the first like it that no file has.
    static String unusedName(Storage storage, String wanted) throws IOException {
        List<String> taken = storage.list();
        String name = wanted;
        for (int i = 2; taken.contains(name); i++) {
            name = wanted + "-" + i;
        }
        return name;
    }

    /// Replaces a segment by a closed one with its lines up to this offset.
    private void rewrite(Pass pass, long end, long nextSeq) throws IOException {
        String name = Segment.name(pass.number);
        byte[] mark = Line.closing(pass.number, end, Segment.position(pass.number, end), nextSeq, 0);
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
