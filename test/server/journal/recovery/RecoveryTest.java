package server.journal.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import server.journal.Journal;
import server.journal.JournalRig;
import server.journal.disk.JournalDamage;
import server.journal.disk.JournalFiles;
import server.journal.disk.Line;
import server.journal.disk.Segment;
import server.journal.disk.Storage;
import support.Effort;
import support.FaultyStorage;

/// A good journal, damaged in every place. What is right each time is worked out from the good one's bytes alone: it
/// opens with every line, or it is refused at the place of the damage.
class RecoveryTest {

    /// Of what is tried in the short form: every seventh, and so many at the ends of a line.
    private static final int STEP = 7;
    private static final int EDGE = 12;

    private JournalRig rig;
    private Map<Long, JournalRig.Written> lines;
    private FaultyStorage killed;
    private FaultyStorage stopped;

    @BeforeEach
    void write() throws Exception {
        rig = new JournalRig();
        lines = rig.lines;
        killed = rig.killed;
        stopped = rig.stopped;
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

    /// Where the line, header, closing mark or fill begins to which this byte belongs.
    private static int startOf(byte[] good, int at) {
        int start = at;
        while (start > 0 && good[start - 1] != '\n') {
            start--;
        }
        return start;
    }

    /// Whether a place is tried: in `make proof` each, in `make test` a line's first and last and every seventh.
    private static boolean isTried(byte[] good, int at) {
        return Effort.isProof() || at % STEP == 0 || at - startOf(good, at) < EDGE
                || startOf(good, Math.min(at + EDGE, good.length - 1)) > at;
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
        assertEquals(rig.all(), replay(killed.afterKill()));
        assertEquals(rig.all(), replay(stopped.afterKill()));
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
                        if (damage == was || fill && at % 97 > 0 || !isTried(bytes, at)) {
                            continue;
                        }
                        bytes[at] = damage;
                        FaultyStorage storage = JournalRig.with(good, file, bytes);
                        bytes[at] = was;
                        String where = file + " " + at + " " + damage;
                        try {
                            assertEquals(rig.all(), replay(storage), where);
                            assertTrue(at >= used(bytes), "not noticed: " + where);
                        } catch (JournalDamage refused) {
                            assertEquals(file, refused.file, where);
                            int expected = at >= used(bytes) && refused.offset == at ? at
                                    : at >= used(bytes) ? used(bytes) : startOf(bytes, at);
                            assertEquals(expected, refused.offset, where);
                            assertTrue(refused.seq < 0 || rig.seqAt(file, expected) == refused.seq, where);
                            assertTrue(refused.getMessage().contains(file) && refused.getMessage()
                                    .contains("offset " + refused.offset), refused.getMessage());
                        }
                    }
                }
            }
        }
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
                    if (!isTried(bytes, length)) {
                        continue;
                    }
                    FaultyStorage storage = JournalRig.with(good, file, Arrays.copyOf(bytes, length));
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
        int from = lines.get(rig.lastBatch).offset();
        for (int at = from; at < used(good); at++) {
            byte[] bytes = good.clone();
            Arrays.fill(bytes, at, bytes.length, (byte) '\n');
            FaultyStorage storage = JournalRig.with(killed, file, bytes);
            int start = good[at] == '\n' ? at + 1 : startOf(good, at);
            if (at <= start || at % 512 == 0) {
                Map<Long, String> expected = rig.all();
                lines.forEach((seq, line) -> {
                    if (line.file().equals(file) && line.end() > start) {
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
                        .offset();
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

    /// A line of every length, in the short form of every seventh: it begins and ends at every place in a sector. No
    /// single damaged byte of it may pass for a sector that was never written.
    @Test
    void open_lastLineDamagedAtASectorsEdge_refuses() throws IOException {
        for (int length = 0; length < 2 * Line.SECTOR; length += Effort.of(STEP, 1)) {
            byte[] first = line(1, Segment.HEADER, length);
            int start = Segment.HEADER + first.length;
            byte[] last = line(2, start, 600);
            byte[] good = JournalRig.prepared(1);
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
        int last = lines.get(rig.lastBatch).offset();
        int sector = Segment.HEADER / 512 * 512 + 512;
        assertTrue(sector + 512 < last, "the journal is too small for this test");
        byte[] bytes = good.clone();
        Arrays.fill(bytes, sector, sector + 512, (byte) '\n');
        JournalDamage refused = assertThrows(JournalDamage.class, () -> replay(JournalRig.with(killed, file, bytes)));
        assertEquals(startOf(good, sector), refused.offset);
    }

    /// As an editor or `grep -v` takes it out: the checksums of all others are right.
    @Test
    void open_anyLineTakenOutOfAClosedSegment_refusesThere() throws IOException {
        for (Map.Entry<Long, JournalRig.Written> line : lines.entrySet()) {
            JournalRig.Written gone = line.getValue();
            FaultyStorage storage = stopped.afterKill();
            storage.bytes(gone.file(), without(storage.bytes(gone.file()), gone.offset(), gone.end()));
            JournalDamage refused = assertThrows(JournalDamage.class, () -> replay(storage), "line " + line.getKey());
            assertEquals(gone.file(), refused.file);
            assertTrue(refused.getMessage().contains(" were written to it"), refused.getMessage());
            JournalRig.Written next = lines.get(line.getKey() + 1);
            boolean between = next != null && next.file().equals(gone.file()) && line.getKey() > rig.seqAt(gone.file(),
                    Segment.HEADER);
            assertEquals(between ? line.getKey() : -1, refused.seq, "line " + line.getKey());
            assertEquals(between ? gone.offset() : refused.offset, refused.offset);
        }
    }

    private static byte[] without(byte[] bytes, int from, int to) {
        byte[] left = Arrays.copyOf(bytes, bytes.length - (to - from));
        System.arraycopy(bytes, to, left, from, bytes.length - to);
        return left;
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
            assertEquals(rig.all(), replay(storage), "the prepared one was never used");
        }
    }

    @Test
    void open_segmentsSwapped_refuses() throws IOException {
        FaultyStorage storage = JournalRig.with(killed, Segment.name(2), killed.bytes(Segment.name(1)));
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
        assertEquals(rig.all(), replay(storage));
        assertTrue(storage.list().containsAll(List.of("notes.txt", "0000000001.journal.bak")));
        assertFalse(storage.list().contains(Segment.name(5) + ".part"));
    }

    @Test
    void open_numberAfterADrop_isNeverOneThatWasGivenOut() throws IOException {
        String file = Segment.name(3);
        byte[] bytes = killed.bytes(file);
        int hole = (lines.get(rig.lastBatch).offset() / 512 + 1) * 512;
        Arrays.fill(bytes, hole, hole + 512, (byte) '\n');
        FaultyStorage storage = JournalRig.with(killed, file, bytes);
        Map<Long, String> found = new HashMap<>();
        try (Journal journal = Journal.open(storage, JournalRig.SMALL, (seq, position, json) ->
                found.put(seq, json.text()))) {
            assertTrue(found.size() < lines.size());
            assertTrue(journal.nextSeq() > lines.size() + 10, () -> "next " + journal.nextSeq());
            JournalRig.append(journal, JournalRig.rest("3"));
            journal.awaitDurable(journal.appendedSeq());
        }
        assertEquals(found.size() + 1, replay(storage).size());
    }
}
