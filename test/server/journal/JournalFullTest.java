package server.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import server.journal.disk.Segment;
import server.journal.disk.Storage;
import shared.json.Slice;
import support.FaultyStorage;

/// A journal on a full disk: what is taken in has its bytes, what is not is refused, and nothing is broken by it.
class JournalFullTest {

    private static final JournalOptions SMALL = options(4096);

    private final FaultyStorage storage = new FaultyStorage();

    private static JournalOptions options(int segmentSize) {
        return new JournalOptions(segmentSize, segmentSize / 4, Duration.ofMillis(5), Duration.ofMillis(1));
    }

    private static Journal open(Storage storage) throws IOException {
        return Journal.open(storage, SMALL, (seq, position, json) -> { });
    }

    private static TreeMap<Long, String> replayed(Storage storage) throws IOException {
        TreeMap<Long, String> found = new TreeMap<>();
        Journal.open(storage, SMALL, (seq, position, json) -> found.put(seq, json.text())).close();
        return found;
    }

    private static Slice line(int length) {
        return JournalRig.rest("x".repeat(length));
    }

    /// Appends so long as it is possible.
    ///
    /// @return how often it was
    private static int fill(Journal journal, Urgency urgency) {
        int done = 0;
        try {
            while (true) {
                try {
                    JournalRig.tryAppend(journal, urgency, Unit.of(line(100)));
                    done++;
                } catch (NoRoom none) {
                    journal.awaitRoom(none);
                }
            }
        } catch (JournalFull full) {
            assertTrue(full.getMessage().startsWith("the disk is full: cannot make memory/00000000"),
                    full.getMessage());
            assertTrue(full.getMessage().contains("No space left on device; free some space there"), full.getMessage());
            return done;
        }
    }

    @Test
    void append_segmentThatWasNotMadeForWantOfMemory_isMadeInTheEnd() throws Exception {
        try (Journal journal = open(storage)) {
            storage.nextCreateThrows(new OutOfMemoryError("of the test"));
            assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
                for (int done = 0; done < 200;) {
                    try {
                        JournalRig.tryAppend(journal, Urgency.LOW, Unit.of(line(100)));
                        done++;
                    } catch (NoRoom none) {
                        try {
                            journal.awaitRoom(none);
                        } catch (JournalFull full) {
                            // it is tried again
                        }
                    }
                }
            });
            assertTrue(storage.hasThrown());
        }
        assertEquals(200, replayed(storage).size());
    }

    @Test
    void append_diskFull_isRefusedByUrgencyAndGoesOnWhenThereIsSpace() throws Exception {
        try (Journal journal = open(storage)) {
            storage.capacity(3 * 4096);
            int low = fill(journal, Urgency.LOW);
            assertNotNull(journal.full());
            int normal = fill(journal, Urgency.NORMAL);
            int high = fill(journal, Urgency.HIGH);
            assertTrue(low > 20, low + " lines before the disk was full");
            assertTrue(normal >= 4 && high >= 4, normal + " and " + high + " lines in the reserves");
            int all = low + normal + high;
            assertEquals(all, journal.appendedSeq(), "a refused line has no number");
            journal.awaitDurable(all);
            assertNull(journal.failure());
            assertThrows(JournalFull.class, () -> JournalRig.append(journal, line(3000)));

            CountDownLatch room = new CountDownLatch(1);
            journal.onRoom(room::countDown);
            storage.capacity(Long.MAX_VALUE);
            room.await();
            assertNull(journal.full());
            JournalRig.append(journal, line(1));
            journal.awaitDurable(all + 1);
        }
        assertFalse(storage.list().stream().anyMatch(Segment::isPart), "a part that could not be made is deleted");
        assertEquals(replayed(storage).size(), replayed(storage).lastEntry().getKey());
    }

    @Test
    void appendAll_diskFull_takesAllOrNone() throws Exception {
        try (Journal journal = open(storage)) {
            storage.capacity(4 * 4096);
            List<Slice[]> unit = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                unit.add(new Slice[] {line(300)});
            }
            NoRoom none = assertThrows(NoRoom.class, () -> JournalRig.tryAppend(journal, Urgency.LOW, Unit.of(unit)));
            assertThrows(JournalFull.class, () -> journal.awaitRoom(none));
            assertEquals(0, journal.appendedSeq());
            assertNull(journal.full(), "smaller ones still have room");
            JournalRig.tryAppend(journal, Urgency.LOW, Unit.of(unit.subList(0, 5)));
            storage.capacity(Long.MAX_VALUE);
            JournalRig.appendAll(journal, Unit.of(unit));
            journal.awaitDurable(65);
        }
        assertEquals(65, replayed(storage).size());
    }

    @Test
    void append_lineLargerThanAnySegment_getsOneOrIsRefused() throws Exception {
        try (Journal journal = open(storage)) {
            storage.capacity(4 * 4096);
            assertThrows(JournalFull.class, () -> JournalRig.append(journal, line(20_000)));
            JournalRig.append(journal, line(10));
            storage.capacity(Long.MAX_VALUE);
            long position = JournalRig.append(journal, line(20_000));
            JournalRig.append(journal, line(10));
            journal.awaitDurable(3);
            assertTrue(journal.read(position).length() > 20_000);
        }
        assertEquals(3, replayed(storage).size());
        assertEquals(0, storage.list().stream().filter(name -> name.endsWith(".broken")).count());
    }

    @Test
    void appendAll_longLineWithinAUnit_passesOverSegmentsAndSurvivesAnyCut() throws Exception {
        try (Journal journal = open(storage)) {
            JournalRig.append(journal, line(10));
            JournalRig.appendAll(journal, Unit.of(List.of(new Slice[] {line(100)}, new Slice[] {line(20_000)},
                    new Slice[] {line(100)})));
            journal.awaitDurable(4);
        }
        assertEquals(4, replayed(storage).size());
        FaultyStorage cut = new FaultyStorage();
        Journal journal = open(cut);
        JournalRig.append(journal, line(10));
        journal.awaitDurable(1);
        // the segment before is closed, the passed one too, then the unit's next line fails
        cut.failWrite(3, false);
        assertThrows(JournalFailure.class, () -> {
            JournalRig.appendAll(journal, Unit.of(List.of(new Slice[] {line(100)}, new Slice[] {line(20_000)},
                    new Slice[] {line(100)})));
            journal.awaitDurable(4);
        });
        journal.close();
        assertTrue(replayed(cut.afterKill()).size() <= 1, "the unit is dropped whole");
    }

    @Test
    void open_diskFull_makesDoWithLittleAndElseSaysSo() throws Exception {
        JournalOptions larger = options(64 << 10);
        storage.capacity(64 << 10);
        try (Journal journal = Journal.open(storage, larger, (seq, position, json) -> { })) {
            fill(journal, Urgency.LOW);
        }
        for (int start = 0; start < 3; start++) {
            try (Journal journal = Journal.open(storage, larger, (seq, position, json) -> { })) {
                NoRoom none = assertThrows(NoRoom.class,
                        () -> JournalRig.tryAppend(journal, Urgency.LOW, Unit.of(line(100))));
                assertThrows(JournalFull.class, () -> journal.awaitRoom(none));
                JournalRig.tryAppend(journal, Urgency.HIGH, Unit.of(line(10)));
                journal.awaitDurable(journal.appendedSeq());
            }
        }
        FaultyStorage none = new FaultyStorage();
        none.capacity(1000);
        IOException refused = assertThrows(IOException.class, () -> open(none));
        assertTrue(refused.getMessage().startsWith("the disk is full: cannot make memory/0000000001.journal")
                && refused.getMessage().endsWith("; free some space there"), refused.getMessage());
    }

    @Test
    void awaitRoom_diskHangs_boundsWhatIsInMemory() throws Exception {
        try (Journal journal = Journal.open(storage, new JournalOptions(16 << 20), (seq, position, json) -> { })) {
            storage.holdSync();
            JournalRig.append(journal, line(10));
            storage.awaitHeldSync();
            JournalRig.append(journal, line(20 << 20));
            journal.awaitRoom();
            JournalRig.append(journal, line(20 << 20));
            CountDownLatch waiting = new CountDownLatch(1);
            Thread late = Thread.ofVirtual().start(() -> {
                waiting.countDown();
                journal.awaitRoom();
            });
            waiting.await();
            assertFalse(late.join(Duration.ofMillis(50)), "40 MiB wait for the disk");
            storage.releaseSync();
            late.join();
        }
    }
}
