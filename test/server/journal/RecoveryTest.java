package server.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import shared.json.Slice;
import support.FaultyStorage;

/// A good journal, damaged in every place. What is right each time is worked out from the good one's bytes alone: it
/// opens with every line, or it is refused at the place of the damage.
class RecoveryTest {

    private static final int SIZE = 4096;
    private static final JournalOptions SMALL = new JournalOptions(SIZE);

    private record Written(String file, int offset, int end, String json) {
    }

    private final Map<Long, Written> lines = new TreeMap<>();
    /// The first sequence number of the last batch, which no later line vouches for.
    private long lastBatch;
    private FaultyStorage killed;
    private FaultyStorage stopped;

    /// Three segments, units inside and across them, the last batch of several lines and several sectors.
    @BeforeEach
    void write() throws Exception {
        FaultyStorage storage = new FaultyStorage();
        Map<Long, Long> positions = new TreeMap<>();
        try (Journal journal = Journal.open(storage, SMALL, (seq, position, json) -> { })) {
            for (int i = 0; Segment.number(journal.append(rest(i))) < 3; i++) {
                if (i % 5 == 0) {
                    List<Slice[]> unit = new ArrayList<>();
                    for (int j = 0; j < 6; j++) {
                        unit.add(new Slice[] {rest(i + j), });
                    }
                    journal.appendAll(Lines.of(unit));
                }
                journal.awaitDurable(journal.appendedSeq());
            }
            journal.awaitDurable(journal.appendedSeq());
            storage.holdSync();
            journal.append(rest(1000));
            storage.awaitHeldSync();
            // these come while the writer is busy, so they are one batch
            lastBatch = journal.nextSeq();
            for (int i = 0; i < 4; i++) {
                journal.append(rest(i), rest(7 * i));
            }
            journal.appendAll(Lines.of(List.of(new Slice[] {rest(9)}, new Slice[] {rest(90)})));
            storage.releaseSync();
            journal.awaitDurable(journal.appendedSeq());
            journal.scan(0).next(Long.MAX_VALUE, (seq, position, json) -> {
                positions.put(seq, position);
                lines.put(seq, new Written(Segment.name(Segment.number(position)), Segment.offset(position), 0,
                        json.text()));
            });
            // the next segment is made meanwhile
            long giveUp = System.nanoTime() + 20_000_000_000L;
            while (!storage.list().contains(Segment.name(4)) && System.nanoTime() < giveUp) {
                Thread.onSpinWait();
            }
            killed = storage.afterKill();
        }
        stopped = storage;
        assertTrue(stopped.list().containsAll(List.of(Segment.name(3), Segment.name(4))));
        for (Map.Entry<Long, Written> line : lines.entrySet()) {
            Written written = line.getValue();
            byte[] bytes = killed.bytes(written.file);
            int end = written.offset;
            while (bytes[end] != '\n') {
                end++;
            }
            line.setValue(new Written(written.file, written.offset, end + 1, written.json));
        }
    }

    private static Slice rest(int i) {
        return Slice.of(("\"event\":\"" + i + "z".repeat(i * 37 % 200) + "\"}").getBytes(StandardCharsets.UTF_8));
    }

    private static FaultyStorage with(FaultyStorage good, String file, byte[] bytes) {
        FaultyStorage copy = good.afterKill();
        copy.bytes(file, bytes);
        return copy;
    }

    /// What a start finds, without the threads of a running journal.
    private static Map<Long, String> replay(Storage storage) throws IOException {
        Map<Long, String> found = new TreeMap<>();
        Recovery recovery = new Recovery(storage);
        long next = 1;
        for (JournalFiles.File file : recovery.run().used()) {
            next = recovery.replay(file.number(), next, (seq, position, json) -> found.put(seq, json.text())).next();
        }
        return found;
    }

    private Map<Long, String> all() {
        Map<Long, String> all = new TreeMap<>();
        lines.forEach((seq, line) -> all.put(seq, line.json));
        return all;
    }

    /// Where the line, header, closing mark or fill begins to which this byte belongs.
    private static int startOf(byte[] good, int at) {
        int start = at;
        while (start > 0 && good[start - 1] != '\n') {
            start--;
        }
        return start;
    }

    private static int used(byte[] good) {
        int used = good.length;
        while (used > 0 && good[used - 1] == '\n') {
            used--;
        }
        return used == good.length ? used : used + 1;
    }

    @Test
    void open_good_hasEveryLine() throws IOException {
        assertEquals(all(), replay(killed.afterKill()));
        assertEquals(all(), replay(stopped.afterKill()));
    }

    @Test
    void open_anyByteDamaged_refusesThereOrHasEveryLine() throws IOException {
        for (FaultyStorage good : List.of(killed, stopped)) {
            for (String file : good == killed ? killed.list() : List.of(Segment.name(3))) {
                byte[] bytes = good.bytes(file);
                for (int at = 0; at < bytes.length; at++) {
                    byte was = bytes[at];
                    for (byte damage : new byte[] {(byte) (was ^ 1), '\n'}) {
                        // fill far from the lines is all alike
                        boolean fill = at > used(bytes) + 1100;
                        if (damage == was || fill && at % 97 > 0) {
                            continue;
                        }
                        bytes[at] = damage;
                        FaultyStorage storage = with(good, file, bytes);
                        bytes[at] = was;
                        String where = file + " " + at + " " + damage;
                        try {
                            assertEquals(all(), replay(storage), where);
                            assertTrue(at >= used(bytes), "not noticed: " + where);
                        } catch (JournalDamage refused) {
                            assertEquals(file, refused.file, where);
                            int expected = at >= used(bytes) && refused.offset == at ? at
                                    : at >= used(bytes) ? used(bytes) : startOf(bytes, at);
                            assertEquals(expected, refused.offset, where);
                            assertTrue(refused.seq < 0 || seqAt(file, expected) == refused.seq, where);
                            assertTrue(refused.getMessage().contains(file) && refused.getMessage()
                                    .contains("offset " + refused.offset), refused.getMessage());
                        }
                    }
                }
            }
        }
    }

    private long seqAt(String file, int offset) {
        for (Map.Entry<Long, Written> line : lines.entrySet()) {
            Written written = line.getValue();
            if (written.file.compareTo(file) > 0 || written.file.equals(file) && written.offset >= offset) {
                return line.getKey();
            }
        }
        return lines.size() + 1;
    }

    @Test
    void open_cutAtAnyByte_refusesThere() throws IOException {
        for (FaultyStorage good : List.of(killed, stopped)) {
            for (String file : good == killed ? killed.list() : List.of(Segment.name(3))) {
                byte[] bytes = good.bytes(file);
                boolean closed = good == stopped ? !file.equals(Segment.name(4))
                        : file.compareTo(Segment.name(3)) < 0;
                // what stands behind a closing mark means nothing
                int needed = closed ? used(bytes) : bytes.length;
                for (int length = 0; length < needed; length++) {
                    FaultyStorage storage = with(good, file, Arrays.copyOf(bytes, length));
                    String where = file + " cut at " + length;
                    JournalDamage refused = assertThrows(JournalDamage.class, () -> replay(storage), where);
                    assertEquals(file, refused.file, where);
                    int expected = length < Segment.HEADER ? 0 : Math.min(startOf(bytes, length), used(bytes));
                    assertEquals(expected, refused.offset, where);
                }
            }
        }
    }

    @Test
    void open_lastBatchFillFromAnyByte_dropsOnlyWhatIsASectorNeverWritten() throws IOException {
        String file = Segment.name(3);
        byte[] good = killed.bytes(file);
        int from = lines.get(lastBatch).offset;
        for (int at = from; at < used(good); at++) {
            byte[] bytes = good.clone();
            Arrays.fill(bytes, at, bytes.length, (byte) '\n');
            FaultyStorage storage = with(killed, file, bytes);
            int start = good[at] == '\n' ? at + 1 : startOf(good, at);
            if (at <= start || at % 512 == 0) {
                Map<Long, String> expected = all();
                lines.forEach((seq, line) -> {
                    if (line.file.equals(file) && line.end > start) {
                        expected.remove(seq);
                    }
                });
                if (expected.size() == lines.size() - 1) {
                    // the last two are a unit
                    expected.remove((long) lines.size() - 1);
                }
                Map<Long, String> found = replay(storage);
                assertEquals(expected, found, "fill from " + at);
                boolean dropped = at > start || expected.size() == lines.size() - 2 && at > lines.get(lines.size() - 1L)
                        .offset;
                assertEquals(dropped, storage.list().contains(file + ".broken"), "fill from " + at);
                assertEquals(found, replay(storage), "a second time");
            } else {
                JournalDamage refused = assertThrows(JournalDamage.class, () -> replay(storage), "fill from " + at);
                assertEquals(file, refused.file);
                assertEquals(start, refused.offset);
                assertEquals(killed.bytes(Segment.name(1)).length, storage.bytes(Segment.name(1)).length);
            }
        }
    }

    /// A line of every length, so that it begins and ends at every place in a sector. No single damaged byte of it may
    /// pass for a sector that was never written.
    @Test
    void open_lastLineDamagedAtASectorsEdge_refuses() throws IOException {
        for (int length = 0; length < 2 * Line.SECTOR; length++) {
            byte[] first = line(1, Segment.HEADER, length);
            int start = Segment.HEADER + first.length;
            byte[] last = line(2, start, 600);
            byte[] good = new byte[SIZE];
            Arrays.fill(good, (byte) '\n');
            System.arraycopy(Segment.header(1, SIZE), 0, good, 0, Segment.HEADER);
            System.arraycopy(first, 0, good, Segment.HEADER, first.length);
            System.arraycopy(last, 0, good, start, last.length);
            for (int at = start; at < start + last.length; at++) {
                int edge = (at + 3) % Line.SECTOR;
                if (edge > 6 && at > start + 1 && at < start + last.length - 2) {
                    continue;
                }
                byte[] bytes = good.clone();
                bytes[at] = (byte) (good[at] == '\n' ? ' ' : '\n');
                FaultyStorage storage = new FaultyStorage();
                storage.bytes(Segment.name(1), bytes);
                JournalDamage refused = assertThrows(JournalDamage.class, () -> replay(storage),
                        "line of " + length + ", damaged at " + (at - start) + " of " + start);
                assertEquals(start, refused.offset);
                assertEquals(2, refused.seq);
            }
        }
    }

    private static byte[] line(int seq, int offset, int length) {
        return Line.framed("{\"seq\":" + seq + ",\"synced\":\"0000000100000050\",\"event\":\"" + "e".repeat(length)
                + "\"}", offset, 0);
    }

    @Test
    void open_sectorNeverWrittenBeforeTheLastBatch_refuses() throws IOException {
        String file = Segment.name(3);
        byte[] good = killed.bytes(file);
        int last = lines.get(lastBatch).offset;
        int sector = Segment.HEADER / 512 * 512 + 512;
        assertTrue(sector + 512 < last, "the journal is too small for this test");
        byte[] bytes = good.clone();
        Arrays.fill(bytes, sector, sector + 512, (byte) '\n');
        JournalDamage refused = assertThrows(JournalDamage.class, () -> replay(with(killed, file, bytes)));
        assertEquals(startOf(good, sector), refused.offset);
    }

    @Test
    void open_segmentMissing_refusesAndNamesIt() throws IOException {
        for (FaultyStorage good : List.of(killed, stopped)) {
            for (int number = 1; number <= 3; number++) {
                FaultyStorage storage = good.afterKill();
                storage.delete(Segment.name(number));
                JournalDamage refused = assertThrows(JournalDamage.class, () -> replay(storage));
                assertEquals(Segment.name(number), refused.file);
                assertTrue(refused.getMessage().contains("missing"), refused.getMessage());
            }
            FaultyStorage storage = good.afterKill();
            storage.delete(Segment.name(4));
            assertEquals(all(), replay(storage), "the prepared one was never used");
        }
    }

    @Test
    void open_segmentsSwapped_refuses() throws IOException {
        FaultyStorage storage = with(killed, Segment.name(2), killed.bytes(Segment.name(1)));
        JournalDamage refused = assertThrows(JournalDamage.class, () -> replay(storage));
        assertEquals(Segment.name(2), refused.file);
        assertEquals(0, refused.offset);
    }

    @Test
    void open_foreignAndHalfMadeFiles_leavesTheOnesAndRemovesTheOthers() throws IOException {
        FaultyStorage storage = killed.afterKill();
        storage.bytes("notes.txt", "mine".getBytes(StandardCharsets.UTF_8));
        storage.bytes("0000000001.journal.bak", new byte[3]);
        storage.bytes(Segment.name(5) + ".part", new byte[100]);
        assertEquals(all(), replay(storage));
        assertTrue(storage.list().containsAll(List.of("notes.txt", "0000000001.journal.bak")));
        assertFalse(storage.list().contains(Segment.name(5) + ".part"));
    }

    @Test
    void open_numberAfterADrop_isNeverOneThatWasGivenOut() throws IOException {
        String file = Segment.name(3);
        byte[] bytes = killed.bytes(file);
        int hole = (lines.get(lastBatch).offset / 512 + 1) * 512;
        Arrays.fill(bytes, hole, hole + 512, (byte) '\n');
        FaultyStorage storage = with(killed, file, bytes);
        Map<Long, String> found = new HashMap<>();
        try (Journal journal = Journal.open(storage, SMALL, (seq, position, json) -> found.put(seq, json.text()))) {
            assertTrue(found.size() < lines.size());
            assertTrue(journal.nextSeq() > lines.size() + 10, () -> "next " + journal.nextSeq());
            journal.append(rest(3));
            journal.awaitDurable(journal.appendedSeq());
        }
        assertEquals(found.size() + 1, replay(storage).size());
    }
}
