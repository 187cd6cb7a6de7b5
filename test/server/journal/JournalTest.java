package server.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import server.journal.disk.FileStorage;
import server.journal.disk.Segment;
import shared.json.Slice;

/// The journal on a real directory.
class JournalTest {

    private static final JournalOptions SMALL = new JournalOptions(4096);

    @TempDir
    Path directory;

    private Journal open(Map<Long, String> replayed) throws IOException {
        return Journal.open(new FileStorage(directory), SMALL, (seq, position, json) -> replayed.put(seq, json.text()));
    }

    @Test
    void append_manySegmentsThenReopen_replaysEveryLine() throws IOException {
        Map<Long, String> written = new TreeMap<>();
        try (Journal journal = open(new TreeMap<>())) {
            List<Long> positions = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                positions.add(JournalRig.append(journal, JournalRig.rest("e" + i + "x".repeat(i % 97))));
                if (i % 7 == 0) {
                    journal.awaitDurable(journal.appendedSeq());
                }
            }
            long[] unit = JournalRig.appendAll(journal, Unit.of(IntStream.range(0, 200)
                    .mapToObj(i -> new Slice[] {JournalRig.rest("unit" + i)}).toList()));
            assertEquals(500, journal.appendedSeq());
            for (int i = 0; i < 300; i++) {
                String json = journal.read(positions.get(i)).text();
                assertTrue(json.startsWith("{\"seq\":" + (i + 1) + ",\"synced\":\""), json);
                assertTrue(json.endsWith(",\"event\":\"e" + i + "x".repeat(i % 97) + "\"}"), json);
                written.put((long) i + 1, json);
            }
            for (int i = 0; i < 200; i++) {
                written.put((long) i + 301, journal.read(unit[i]).text());
            }
            journal.awaitDurable(500);
            assertEquals(500, journal.durableSeq());
            for (int i = 0; i < 200; i++) {
                assertEquals(written.get((long) i + 301), journal.read(unit[i]).text());
            }
            Map<Long, String> scanned = new TreeMap<>();
            journal.scan(123).next(Long.MAX_VALUE, (seq, position, json) -> scanned.put(seq, json.text()));
            assertEquals(new TreeMap<>(written).tailMap(124L), scanned);
        }
        Map<Long, String> replayed = new TreeMap<>();
        try (Journal journal = open(replayed)) {
            assertEquals(written, replayed);
            assertEquals(501, journal.nextSeq());
        }
    }

    @Test
    void scan_fromAnyPlaceInALongSegment_beginsBehindIt() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (Journal journal = Journal.open(new FileStorage(directory), new JournalOptions(1 << 20),
                (seq, position, json) -> { })) {
            for (int i = 0; i < 1_500; i++) {
                JournalRig.append(journal, JournalRig.rest("x".repeat(random.nextInt(i % 100 == 0 ? 100_000 : 1_000))));
            }
            journal.awaitDurable(1_500);
            assertTrue(directory.toFile().list().length > 3);
            for (int i = 0; i < 200; i++) {
                long after = i < 3 ? 1_500 - i : random.nextInt(1_500);
                JournalScan scan = journal.scan(after);
                List<Long> seqs = new ArrayList<>();
                boolean more = true;
                while (more && seqs.isEmpty()) {
                    more = scan.next(1, (seq, position, json) -> seqs.add(seq));
                }
                assertEquals(after == 1_500 ? List.of() : List.of(after + 1), seqs.stream().limit(1).toList(),
                        "seed " + seed);
                scan.next(5_000, (seq, position, json) -> seqs.add(seq));
                assertEquals(LongStream.rangeClosed(after + 1, after + seqs.size()).boxed().toList(), seqs,
                        "seed " + seed);
            }
        }
    }

    @Test
    void append_thatNobodyAwaits_sharesTheNextSync() throws Exception {
        JournalOptions patient = new JournalOptions(4096, 1024, Duration.ofSeconds(1), Duration.ofDays(1));
        BlockingQueue<Integer> synced = new LinkedBlockingQueue<>();
        try (Journal journal = Journal.open(new FileStorage(directory), patient, (seq, position, json) -> { })) {
            journal.onSync((lines, bytes, nanos) -> synced.add(lines));
            notAwaited(journal);
            notAwaited(journal);
            JournalRig.append(journal, JournalRig.rest("awaited"));
            assertEquals(3, synced.take());
            notAwaited(journal);
            journal.hurry();
            journal.awaitDurable(4);
            notAwaited(journal);
            journal.endSegment();
            journal.awaitDurable(5);
            notAwaited(journal);
        }
        Map<Long, String> replayed = new TreeMap<>();
        open(replayed).close();
        assertEquals(6, replayed.size());
    }

    @Test
    void append_thatNobodyAwaits_isWrittenByItself() throws Exception {
        try (Journal journal = open(new TreeMap<>())) {
            notAwaited(journal);
            journal.awaitDurable(1);
        }
    }

    private static void notAwaited(Journal journal) {
        journal.tryAppend(Urgency.HIGH, Unit.of(JournalRig.rest("nobody waits")), false);
        journal.writeAppended();
    }

    @Test
    void open_emptyTwice_addsNoSegment() throws IOException {
        for (int i = 0; i < 3; i++) {
            open(new TreeMap<>()).close();
        }
        assertEquals(List.of("0000000001.journal", "0000000002.journal"),
                new FileStorage(directory).list().stream().sorted().toList());
    }

    /// The start waits for the first segment, so it is small; those that follow are made beside the work.
    @Test
    void open_empty_waitsForASmallSegmentOnly() throws IOException {
        FileStorage storage = new FileStorage(directory);
        try (Journal journal = Journal.open(storage, JournalOptions.DEFAULT, (seq, position, json) -> { })) {
            assertEquals(1 << 20, storage.size(Segment.name(1)));
            // beside the reserves, which alone are larger than that
            boolean taken = false;
            while (!taken) {
                try {
                    JournalRig.tryAppend(journal, Urgency.LOW, Unit.of(JournalRig.rest("first")));
                    taken = true;
                } catch (NoRoom none) {
                    journal.awaitRoom(none);
                }
            }
            assertEquals(JournalOptions.DEFAULT.segmentSize(), storage.size(Segment.name(2)));
        }
    }

    @Test
    void append_lineLongerThanASegment_getsOneOfItsOwn() throws IOException {
        String text = "y".repeat(3_000_000);
        try (Journal journal = open(new TreeMap<>())) {
            JournalRig.append(journal, JournalRig.rest("a"));
            long position = JournalRig.append(journal, JournalRig.rest(text));
            JournalRig.append(journal, JournalRig.rest("b"));
            journal.awaitDurable(3);
            assertTrue(journal.read(position).text().endsWith(text + "\"}"));
        }
        Map<Long, String> replayed = new TreeMap<>();
        open(replayed).close();
        assertEquals(3, replayed.size());
    }

    @Test
    void append_manyLinesLongerThanASegment_noMoreThanOneIsPassedOverForEach() throws IOException {
        try (Journal journal = open(new TreeMap<>())) {
            for (int i = 0; i < 20; i++) {
                JournalRig.append(journal, JournalRig.rest("y".repeat(2 * SMALL.segmentSize())));
                journal.awaitDurable(journal.appendedSeq());
            }
            int files = new FileStorage(directory).list().size();
            assertTrue(files <= 20 + 20 + 2, files + " files for 20 lines");
        }
    }

    @Test
    void read_interrupted_disturbsNeitherReaderNorWriter() throws Exception {
        try (Journal journal = open(new TreeMap<>())) {
            long position = JournalRig.append(journal, JournalRig.rest("read me"));
            journal.awaitDurable(1);
            AtomicReference<Object> found = new AtomicReference<>();
            Thread.ofVirtual().start(() -> {
                Thread.currentThread().interrupt();
                try {
                    found.set(journal.read(position).text());
                    journal.scan(0).next(Long.MAX_VALUE, (seq, at, json) -> { });
                } catch (IOException e) {
                    found.set(e);
                }
            }).join();
            assertTrue(found.get().toString().contains("read me"), () -> found.get().toString());
            JournalRig.append(journal, JournalRig.rest("more"));
            journal.awaitDurable(2);
        }
    }

    @Test
    void open_takenInThisProcess_namesThePid() throws IOException {
        try (Journal journal = open(new TreeMap<>())) {
            IOException refused = assertThrows(IOException.class, () -> open(new TreeMap<>()));
            assertTrue(refused.getMessage().contains("pid " + ProcessHandle.current().pid()), refused.getMessage());
            JournalRig.append(journal, JournalRig.rest("still well"));
            journal.awaitDurable(1);
        }
        open(new TreeMap<>()).close();
    }

    /// Its `main` is the other process.
    static final class Holder {

        private Holder() {
        }

        public static void main(String[] arguments) throws Exception {
            new FileStorage(Path.of(arguments[0])).lock();
            System.out.println("locked");
            System.in.read();
        }
    }

    @Test
    @Tag("process")
    void open_takenByAnotherProcess_namesItsPidAndIsFreeOnceItIsKilled() throws Exception {
        String classes = Path.of(FileStorage.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                + File.pathSeparator
                + Path.of(Holder.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Process holder = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-Xshare:auto",
                "-cp", classes, Holder.class.getName(), directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            assertEquals("locked", holder.inputReader().readLine());
            IOException refused = assertThrows(IOException.class, () -> open(new TreeMap<>()));
            assertTrue(refused.getMessage().contains("pid " + holder.pid()), refused.getMessage());
        } finally {
            holder.destroyForcibly().waitFor();
        }
        open(new TreeMap<>()).close();
    }
}
