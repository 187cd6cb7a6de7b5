package server.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Reads a journal as it lies there, past any damage, and changes nothing. A server may be running on it: the lock is
/// left alone.
final class Inspection {

    /// What was found wrong, in order, each with its place.
    final List<String> problems = new ArrayList<>();
    /// What the next start will put right by itself.
    final List<String> notes = new ArrayList<>();
    int segments;
    long lines;
    long firstSeq = -1;
    long lastSeq = -1;

    private final Storage storage;
    private final Journal.Visitor visitor;
    /// The lowest sequence number that the next line may have.
    private long next = 1;
    /// How many lines of a unit must still follow.
    private int more;

    Inspection(Storage storage, Journal.Visitor visitor) {
        this.storage = storage;
        this.visitor = visitor;
    }

    void run() throws IOException {
        TreeSet<Integer> numbers = new TreeSet<>();
        for (String name : storage.list()) {
            int number = Segment.number(name);
            if (number > 0) {
                numbers.add(number);
            }
        }
        int last = 0;
        for (int number : numbers) {
            if (!isUnused(number)) {
                last = number;
            }
        }
        int expected = 1;
        for (int number : numbers) {
            for (; expected < number; expected++) {
                problem(expected, 0, "the file is missing");
            }
            expected = number + 1;
            segments++;
            try {
                read(new SegmentReader(storage, number, Long.MAX_VALUE), number == last, number > last);
            } catch (JournalDamage e) {
                problem(number, e.offset, e.what);
            }
        }
        if (more > 0) {
            notes.add("the last unit lacks " + more + " lines; the next start drops it");
        }
    }

    private boolean isUnused(int number) throws IOException {
        try {
            return Segment.isUnused(storage, number);
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
                        ? "the file ends here without the closing mark" : "the bytes here are no line");
            }
            // go on behind it; a run of fill is one problem
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
        next = line.seq + 1;
        more = line.more;
        lines++;
        firstSeq = firstSeq < 0 ? line.seq : firstSeq;
        lastSeq = line.seq;
        visitor.line(line.seq, Segment.position(reader.number, reader.offset()), reader.json());
        return false;
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
        return tail.kind() == Tail.Kind.DAMAGED;
    }

    private void problem(int number, long offset, String what) {
        problems.add(storage.describe(Segment.name(number)) + ": offset " + offset + ", sequence number " + next + ": "
                + what);
    }
}
