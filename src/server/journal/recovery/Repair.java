package server.journal.recovery;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

import server.journal.disk.FileReason;
import server.journal.disk.JournalDamage;
import server.journal.disk.JournalFiles;
import server.journal.disk.Line;
import server.journal.disk.Segment;
import server.journal.disk.Storage;
import server.journal.disk.Tail;

/// Turns a damaged journal into one that a server starts with: every complete line stays, with its sequence number;
/// everything else is dropped, and reported. A changed file's original is kept beside it as `.broken`. What a start
/// fixes by itself, a torn end, is left to it.
///
/// Every step leaves a journal that can be repaired again. The directory must be locked.
public final class Repair {

    /// What was done, in order, for people.
    public final List<String> done = new ArrayList<>();

    private final Storage storage;
    private final Line line = new Line();
    /// Whether the last used segment has no closing mark yet, which the next start writes.
    private boolean open;

    public Repair(Storage storage) {
        this.storage = storage;
    }

    /// Repairs the journal.
    ///
    /// @throws JournalDamage if several compacted files no longer say what they stand for
    public void run() throws IOException {
        mendHeader();
        List<JournalFiles.File> files = JournalFiles.of(storage).files();
        int used = files.size();
        while (used > 0 && isUnused(files.get(used - 1).number())) {
            used--;
        }
        long next = 1;
        int segment = 1;
        for (JournalFiles.File file : files.subList(0, used)) {
            for (; segment < file.range().from(); segment++) {
                next = replaceMissing(segment, next);
            }
            next = mend(file.number(), next, file == files.get(used - 1));
            segment = file.range().to() + 1;
        }
        mendUnused(files.subList(used, files.size()), segment, next);
    }

    /// Repairs a compacted file whose header is damaged: it stands for the segments that the other files lack.
    private void mendHeader() throws IOException {
        List<JournalFiles.File> others = new ArrayList<>();
        List<JournalDamage> damaged = new ArrayList<>();
        for (String name : storage.list()) {
            int number = Segment.number(name);
            try {
                if (number > 0) {
                    others.add(new JournalFiles.File(number, Segment.range(storage, number)));
                }
            } catch (JournalDamage damage) {
                damaged.add(damage);
            }
        }
        if (damaged.isEmpty()) {
            return;
        }
        JournalFiles found = JournalFiles.of(others);
        List<Segment.Range> gaps = found.gaps();
        if (damaged.size() > 1 || gaps.size() > 1) {
            throw damaged.getFirst();
        }
        String name = damaged.getFirst().file;
        byte[] bytes = bytes(name);
        String broken = Recovery.unusedName(storage, name + ".broken");
        replace(broken, bytes);
        String begin = storage.describe(name) + ": offset 0: " + damaged.getFirst().what;
        int last = found.files().isEmpty() ? 0 : found.files().getLast().range().to();
        if (gaps.isEmpty() && last > 0 && isUnused(found.files().getLast().number())) {
            storage.delete(name);
            storage.sync();
            done.add(begin + "; the other files have all of its segments: removed, and kept as " + broken);
            return;
        }
        Segment.Range range = gaps.isEmpty() ? new Segment.Range(last + 1, last + 1) : gaps.getFirst();
        byte[] mended = Arrays.copyOf(bytes, Math.max(bytes.length, Segment.HEADER));
        System.arraycopy(Segment.header(Segment.number(name), range), 0, mended, 0, Segment.HEADER);
        replace(name, mended);
        done.add(begin + "; now its header names the segments that the other files lack, " + range.from() + " to "
                + range.to() + "; the original is kept as " + broken);
    }

    /// Repairs the segments after the last used one, which were never used themselves.
    ///
    /// @param segment the number that the first of them should have
    private void mendUnused(List<JournalFiles.File> unused, int segment, long next) throws IOException {
        int expected = segment;
        long lowest = next;
        for (JournalFiles.File file : unused) {
            // no segment is written to before the previous one is closed
            if ((open || file != unused.getFirst()) && file.range().from() > expected) {
                storage.delete(Segment.name(file.number()));
                done.add(storage.describe(Segment.name(file.number())) + ": deleted, because it was never used, and one"
                        + " before it is missing");
                continue;
            }
            for (; expected < file.range().from(); expected++) {
                // a sequence number that was lost must not be used again
                lowest = replaceMissing(expected, lowest, lowest + Segment.size(storage, file.number()));
            }
            expected = file.range().to() + 1;
        }
        storage.sync();
    }

    private boolean isUnused(int number) throws IOException {
        try {
            return !Segment.isCompacted(number) && Segment.isUnused(storage, number);
        } catch (JournalDamage damage) {
            return false;
        }
    }

    private long replaceMissing(int number, long next) throws IOException {
        return replaceMissing(number, next, next);
    }

    /// @param after the lowest sequence number with which the next segment may begin
    private long replaceMissing(int number, long next, long after) throws IOException {
        write(number, new byte[0], after, 0, 0);
        done.add(storage.describe(Segment.name(number)) + ": the file was missing; an empty one is in its place, and"
                + " its events, from sequence number " + next + " on, are lost");
        return after;
    }

    /// @param next the lowest sequence number that its first line may have
    /// @return the lowest sequence number with which the next segment may begin
    private long mend(int number, long next, boolean last) throws IOException {
        byte[] bytes = bytes(Segment.name(number));
        Scan scan = new Scan(number, bytes, next);
        scan.run();
        if (scan.whole() || last && !Segment.isCompacted(number) && scan.headerSize > 0 && endsLikeACrash(scan)) {
            open = !scan.closed;
            return scan.next;
        }
        String broken = Recovery.unusedName(storage, Segment.name(number) + ".broken");
        replace(broken, bytes);
        // a sequence number that was lost must not be used again
        long after = scan.closed || !last ? scan.next : scan.next + bytes.length;
        if (Segment.isCompacted(number)) {
            writeCompacted(scan, after);
        } else {
            write(number, scan.kept.toByteArray(), after, scan.more, scan.lines);
        }
        done.addAll(scan.dropped);
        if (scan.dropped.isEmpty()) {
            done.add(storage.describe(Segment.name(number)) + ": the closing mark was missing; no event is known to be"
                    + " lost, but the last ones, from sequence number " + scan.next + " on, may be");
        }
        done.add(storage.describe(Segment.name(number)) + ": rewritten; the original is kept as " + broken);
        return after;
    }

    private boolean endsLikeACrash(Scan scan) throws IOException {
        return !scan.closed && Tail.of(storage, scan.number, scan.headerSize, scan.firstBad).kind()
                != Tail.Condition.DAMAGED;
    }

    private byte[] bytes(String name) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(storage.size(name))];
        try {
            storage.read(name, 0, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new IOException(storage.describe(name) + " cannot be read: " + FileReason.of(e)
                    + "; copy the directory to a good disk first, as far as it can be read, and repair it there", e);
        }
        return bytes;
    }

    private void write(int number, byte[] lines, long next, int more, long count)
            throws IOException {
        long end = (long) Segment.HEADER + lines.length;
        byte[] mark = Line.closing(number, end, Segment.position(number, end), next, more, count);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(Segment.header(number, Segment.sizeFor(lines.length, Segment.PAGE)));
        file.writeBytes(lines);
        file.writeBytes(mark);
        replace(Segment.name(number), file.toByteArray());
    }

    private void writeCompacted(Scan scan, long next) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(Segment.header(scan.number, Segment.range(storage, scan.number)));
        scan.kept.writeTo(file);
        file.writeBytes(Line.closing(scan.number, file.size(), next, scan.droppedUpTo, scan.lines));
        replace(Segment.name(scan.number), file.toByteArray());
    }

    private void replace(String name, byte[] bytes) throws IOException {
        try (Storage.Writable file = storage.create(name + Segment.PART)) {
            file.write(ByteBuffer.wrap(bytes), 0);
            file.force();
        }
        storage.rename(name + Segment.PART, name);
        storage.sync();
    }

    /// The valid and invalid lines of a segment.
    private final class Scan {
        final int number;
        final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        final List<String> dropped = new ArrayList<>();
        /// The size in its header; 0 if the header is damaged.
        int headerSize;
        /// How many valid lines there are.
        long lines;
        long next;
        int more;
        boolean closed;
        /// For a compacted file: `kept` in its closing mark, or the last line's sequence number.
        long droppedUpTo;
        /// The offset of the first bytes that are not a line; -1 if there are none.
        long firstBad = -1;

        private final byte[] bytes;
        /// Where the current run of invalid bytes begins; -1 if there is none.
        private int bad = -1;
        /// By the offset of a line: the lowest sequence number of it and the lines after it. Null until it is needed.
        private NavigableMap<Integer, Long> lowest;

        Scan(int number, byte[] bytes, long next) {
            this.number = number;
            this.bytes = bytes;
            this.next = next;
        }

        boolean whole() {
            return closed && dropped.isEmpty();
        }

        void run() throws IOException {
            int at = header();
            while (at < bytes.length && !closed) {
                int end = end(at);
                boolean whole = end < bytes.length && line.parse(bytes, at, end);
                if (whole && line.seq >= next && !isFromBehind(at)) {
                    endBad(at, line.seq);
                    take(at, end + 1);
                } else if (bad < 0) {
                    bad = at;
                    firstBad = firstBad < 0 ? at : firstBad;
                }
                at = end + 1;
            }
            firstBad = firstBad < 0 ? at : firstBad;
            endBad(bytes.length, -1);
        }

        /// Returns whether the line here was meant for a later offset, as happens if a disk writes to a wrong place.
        /// Such a line says that bytes after itself were synced; but so do lines that moved forward because others were
        /// removed, which are still in order.
        private boolean isFromBehind(int at) {
            return !Segment.isCompacted(number) && line.synced > Segment.position(number, at)
                    && (Segment.number(line.synced) > number || lowestBehind(at) <= line.seq);
        }

        /// Returns the lowest sequence number of the lines after the one that begins here.
        private long lowestBehind(int at) {
            if (lowest == null) {
                lowest = new TreeMap<>();
                Line behind = new Line();
                for (int from = at; from < bytes.length; from = end(from) + 1) {
                    if (end(from) < bytes.length && behind.parse(bytes, from, end(from)) && !behind.closing) {
                        lowest.put(from, behind.seq);
                    }
                }
                long least = Long.MAX_VALUE;
                for (Map.Entry<Integer, Long> entry : lowest.descendingMap().entrySet()) {
                    least = Math.min(least, entry.getValue());
                    entry.setValue(least);
                }
            }
            Map.Entry<Integer, Long> next = lowest.higherEntry(at);
            return next == null ? Long.MAX_VALUE : next.getValue();
        }

        /// Returns the offset of the terminator of the line that begins here; the length of the file if it has none.
        private int end(int at) {
            int end = at;
            while (end < bytes.length && bytes[end] != Line.FILL) {
                end++;
            }
            return end;
        }

        private int header() throws IOException {
            try {
                headerSize = Segment.size(storage, number);
                return Segment.HEADER;
            } catch (JournalDamage damage) {
                dropped.add(storage.describe(Segment.name(number)) + ": offset " + damage.offset + ": " + damage.what);
                // the lines after a damaged header may still be valid
                return 0;
            }
        }

        private void take(int from, int to) {
            closed = line.closing;
            next = line.closing ? line.seq : line.seq + 1;
            if (closed) {
                if (line.lines >= 0 && line.lines != lines && dropped.isEmpty()) {
                    dropped.add(storage.describe(Segment.name(number)) + ": offset " + from + ": "
                            + (line.lines - lines) + " events were removed from the file");
                }
                more = line.more;
                droppedUpTo = line.kept;
            } else {
                droppedUpTo = line.seq;
                kept.write(bytes, from, to - from);
                lines++;
            }
        }

        /// @param seq the sequence number of the valid line that follows; -1 if none does
        private void endBad(int to, long seq) {
            int used = to;
            while (bad >= 0 && seq < 0 && used > bad && bytes[used - 1] == Line.FILL) {
                used--;
            }
            if (bad >= 0 && used > bad && (bad > 0 || seq < 0 || seq > next)) {
                String lost = seq < 0 ? "the events from sequence number " + next + " on"
                        : seq == next ? "no event" : seq == next + 1 ? "the event with sequence number " + next
                        : "the events with sequence numbers " + next + " to " + (seq - 1);
                dropped.add(storage.describe(Segment.name(number)) + ": offset " + bad + ": dropped " + (used - bad)
                        + " bytes, " + lost);
            }
            bad = -1;
        }
    }
}
