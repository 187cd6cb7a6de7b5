package server.journal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import server.journal.disk.Line;
import server.journal.disk.Segment;
import shared.json.Slice;
import support.FaultyStorage;

/// A good journal in memory, as two ends leave it, and every line that was written to it: three segments, units inside
/// and across them, and a last batch of several lines and several sectors.
public final class JournalRig {

    /// Bytes of a segment.
    public static final int SIZE = 4096;
    public static final JournalOptions SMALL = new JournalOptions(SIZE);

    /// A line of the journal: where it begins and ends, and its JSON.
    public record Written(String file, int offset, int end, String json) {
    }

    /// By sequence number.
    public final Map<Long, Written> lines = new TreeMap<>();
    /// The first sequence number of the last batch, which no later line vouches for.
    public final long lastBatch;
    /// As a killed process leaves it: segment 3 has no closing mark, segment 4 is prepared.
    public final FaultyStorage killed;
    /// As an orderly stop leaves it.
    public final FaultyStorage stopped = new FaultyStorage();

    public JournalRig() throws Exception {
        try (Journal journal = Journal.open(stopped, SMALL, (seq, position, json) -> { })) {
            fillTwoSegments(journal);
            lastBatch = appendLastBatch(journal);
            Map<Long, Long> positions = new TreeMap<>();
            journal.scan(0).next(Long.MAX_VALUE, (seq, position, json) -> {
                positions.put(seq, position);
                lines.put(seq, new Written("", 0, 0, json.text()));
            });
            // the next segment is made meanwhile
            long giveUp = System.nanoTime() + 20_000_000_000L;
            while (!stopped.list().contains(Segment.name(4)) && System.nanoTime() < giveUp) {
                Thread.onSpinWait();
            }
            killed = stopped.afterKill();
            for (Map.Entry<Long, Long> line : positions.entrySet()) {
                place(line.getKey(), line.getValue());
            }
        }
        assertTrue(stopped.list().containsAll(List.of(Segment.name(3), Segment.name(4))));
    }

    private static void fillTwoSegments(Journal journal) {
        for (int i = 0; Segment.number(append(journal, line(i))) < 3; i++) {
            if (i % 5 == 0) {
                List<Slice[]> unit = new ArrayList<>();
                for (int j = 0; j < 6; j++) {
                    unit.add(new Slice[] {line(i + j), });
                }
                appendAll(journal, Unit.of(unit));
            }
            journal.awaitDurable(journal.appendedSeq());
        }
        journal.awaitDurable(journal.appendedSeq());
    }

    private long appendLastBatch(Journal journal) throws InterruptedException {
        stopped.holdSync();
        append(journal, line(1000));
        stopped.awaitHeldSync();
        // these come while the writer is busy, so they are one batch
        long first = journal.nextSeq();
        for (int i = 0; i < 4; i++) {
            append(journal, line(i), line(7 * i));
        }
        appendAll(journal, Unit.of(List.of(new Slice[] {line(9)}, new Slice[] {line(90)})));
        stopped.releaseSync();
        journal.awaitDurable(journal.appendedSeq());
        return first;
    }

    private void place(long seq, long position) throws Exception {
        String file = Segment.name(Segment.number(position));
        byte[] bytes = killed.bytes(file);
        int end = Segment.offset(position);
        while (bytes[end] != Line.FILL) {
            end++;
        }
        lines.put(seq, new Written(file, Segment.offset(position), end + 1, lines.get(seq).json));
    }

    /// Appends one line, in pieces, once there is room for it.
    ///
    /// @return its position
    public static long append(Journal journal, Slice... rest) {
        return appendAll(journal, Unit.of(rest))[0];
    }

    /// Appends a unit if there is room, and lets the writer write it.
    static long[] tryAppend(Journal journal, Urgency urgency, Unit unit) {
        long[] positions = journal.tryAppend(urgency, unit, true);
        journal.writeAppended();
        return positions;
    }

    /// Appends a unit, once there is room for it.
    public static long[] appendAll(Journal journal, Unit unit) {
        while (true) {
            try {
                return tryAppend(journal, Urgency.HIGH, unit);
            } catch (NoRoom none) {
                journal.awaitRoom(none);
            }
        }
    }

    /// What a line has behind the journal's own members; of different lengths.
    private static Slice line(int i) {
        return rest(i + "z".repeat(i * 37 % 200));
    }

    /// What a line has behind the journal's own members: one member with this text.
    public static Slice rest(String text) {
        return Slice.of(("\"event\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8));
    }

    /// Every line's JSON, by sequence number.
    public Map<Long, String> all() {
        Map<Long, String> all = new TreeMap<>();
        lines.forEach((seq, line) -> all.put(seq, line.json));
        return all;
    }

    /// The number of the first line in this file from this offset on, or behind it.
    public long seqAt(String file, int offset) {
        for (Map.Entry<Long, Written> line : lines.entrySet()) {
            Written written = line.getValue();
            if (written.file.compareTo(file) > 0 || written.file.equals(file) && written.offset >= offset) {
                return line.getKey();
            }
        }
        return lines.size() + 1;
    }

    /// A segment that was prepared and not used.
    public static byte[] prepared(int number) {
        byte[] bytes = new byte[SIZE];
        Arrays.fill(bytes, Line.FILL);
        System.arraycopy(Segment.header(number, SIZE), 0, bytes, 0, Segment.HEADER);
        return bytes;
    }

    /// A copy of the good journal in which this file has these bytes.
    public static FaultyStorage with(FaultyStorage good, String file, byte[] bytes) {
        FaultyStorage copy = good.afterKill();
        copy.bytes(file, bytes);
        return copy;
    }
}
