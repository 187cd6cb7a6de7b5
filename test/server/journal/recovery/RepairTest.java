package server.journal.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import server.journal.Journal;
import server.journal.JournalOptions;
import server.journal.JournalRig;
import server.journal.disk.FileStorage;
import server.journal.disk.JournalFiles;
import server.journal.disk.Segment;
import support.Offline;

class RepairTest {

    private static final JournalOptions SMALL = new JournalOptions(4096);

    @TempDir
    Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private int run(String command) {
        out.reset();
        PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
        return Offline.run(printed, printed, "journal", command, directory.toString());
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    /// @return the positions of 100 lines in several segments
    private long[] write() throws IOException {
        long[] positions = new long[100];
        try (Journal journal = Journal.open(new FileStorage(directory), SMALL, (seq, position, json) -> { })) {
            for (int i = 0; i < positions.length; i++) {
                positions[i] = JournalRig.append(journal, JournalRig.rest("event " + i + "-".repeat(i)));
            }
        }
        return positions;
    }

    private TreeSet<Long> replayed() throws IOException {
        TreeSet<Long> seqs = new TreeSet<>();
        try (Journal journal = Journal.open(new FileStorage(directory), SMALL,
                (seq, position, json) -> seqs.add(seq))) {
            long seq = journal.nextSeq();
            assertTrue(seqs.isEmpty() || seq > seqs.last());
            JournalRig.append(journal, JournalRig.rest("after"));
            journal.awaitDurable(seq);
        }
        return seqs;
    }

    private void change(long position, int offset) throws IOException {
        Path file = directory.resolve(Segment.name(Segment.number(position)));
        byte[] bytes = Files.readAllBytes(file);
        bytes[Segment.offset(position) + offset] ^= 1;
        Files.write(file, bytes);
    }

    private void repaired() {
        assertEquals(1, run("verify"), this::printed);
        assertEquals(0, run("repair"), this::printed);
        String repair = printed();
        assertEquals(0, run("verify"), this::printed);
        assertEquals(0, run("repair"), this::printed);
        assertTrue(printed().startsWith("nothing to repair"), this::printed);
        out.reset();
        out.writeBytes(repair.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void repair_damagedLines_dropsThemOnlyAndKeepsTheFile() throws IOException {
        long[] positions = write();
        byte[] before = Files.readAllBytes(directory.resolve(Segment.name(Segment.number(positions[50]))));
        change(positions[50], 20);
        byte[] damaged = Files.readAllBytes(directory.resolve(Segment.name(Segment.number(positions[50]))));
        change(positions[3], 20);
        change(positions[4], 20);
        repaired();
        String file = Segment.name(Segment.number(positions[50]));
        assertTrue(printed().contains(file + ": offset " + Segment.offset(positions[50]) + ": dropped "), printed());
        assertTrue(printed().contains("the event with sequence number 51"), printed());
        assertTrue(printed().contains("the events with sequence numbers 4 to 5"), printed());
        assertTrue(Arrays.equals(damaged, Files.readAllBytes(directory.resolve(file + ".broken"))));
        assertTrue(!Arrays.equals(before, damaged));
        TreeSet<Long> found = replayed();
        assertEquals(97, found.size());
        assertTrue(!found.contains(4L) && !found.contains(5L) && !found.contains(51L));
    }

    @Test
    void repair_lineTakenOut_isToldAndTheRestStays() throws IOException {
        long[] positions = write();
        Path file = directory.resolve(Segment.name(Segment.number(positions[50])));
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        lines.removeIf(line -> line.contains("\"seq\":51,"));
        Files.writeString(file, String.join("\n", lines) + "\n");
        assertEquals(1, run("verify"));
        assertTrue(printed().contains(", sequence number 51: the file holds "), this::printed);
        repaired();
        assertTrue(printed().contains(file.getFileName() + ": offset ") && printed().contains("1 events were removed"),
                printed());
        TreeSet<Long> found = replayed();
        assertEquals(99, found.size());
        assertTrue(!found.contains(51L));
    }

    /// A misdirected write: what was overwritten is lost, and nothing of what stands in its place.
    @Test
    void repair_laterLinesTooEarly_goThemselves() throws IOException {
        long[] positions = write();
        Path early = directory.resolve(Segment.name(Segment.number(positions[20])));
        Path late = directory.resolve(Segment.name(Segment.number(positions[95])));
        byte[] bytes = Files.readAllBytes(early);
        byte[] later = Files.readAllBytes(late);
        int start = Segment.offset(positions[95]);
        int end = Segment.offset(positions[97]);
        System.arraycopy(later, start, bytes, Segment.offset(positions[20]), end - start);
        Files.write(early, bytes);
        repaired();
        TreeSet<Long> found = replayed();
        assertTrue(found.size() >= 92, found + " after " + printed());
        assertTrue(found.containsAll(List.of(20L, 30L, 96L, 97L, 100L)), found + " after " + printed());
    }

    @Test
    void repair_segmentReplacedByALaterOne_losesThatAlone() throws IOException {
        long[] positions = write();
        Files.copy(directory.resolve(Segment.name(Segment.number(positions[99]))), directory.resolve(Segment.name(2)),
                StandardCopyOption.REPLACE_EXISTING);
        assertTrue(Segment.number(positions[99]) > 3, "some stand between the two");
        repaired();
        TreeSet<Long> found = replayed();
        for (int i = 0; i < positions.length; i++) {
            assertEquals(Segment.number(positions[i]) != 2, found.contains(i + 1L), found + " after " + printed());
        }
    }

    @Test
    void repair_missingSegment_putsAnEmptyOneInItsPlace() throws IOException {
        write();
        Files.delete(directory.resolve(Segment.name(2)));
        repaired();
        assertTrue(printed().contains(Segment.name(2) + ": the file was missing"), printed());
        assertTrue(replayed().size() > 50);
    }

    @Test
    void repair_headerEndAndLength_areMended() throws IOException {
        long[] positions = write();
        int last = Segment.number(positions[99]);
        change(Segment.position(2, 0), 5);
        Path cut = directory.resolve(Segment.name(3));
        byte[] bytes = Files.readAllBytes(cut);
        Files.write(cut, Arrays.copyOf(bytes, bytes.length - 90));
        Path longer = directory.resolve(Segment.name(last));
        Files.write(longer, Arrays.copyOf(Files.readAllBytes(longer), 9000));
        repaired();
        TreeSet<Long> found = replayed();
        assertTrue(found.size() >= 98, found + " after " + printed());
    }

    @Test
    void repair_anyDamage_leavesAJournalThatStarts() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        write();
        // a sync for each line takes longer than all else here
        Map<Path, byte[]> written = files();
        for (int round = 0; round < 30; round++) {
            for (Path file : files().keySet()) {
                Files.delete(file);
            }
            for (Map.Entry<Path, byte[]> file : written.entrySet()) {
                Files.write(file.getKey(), file.getValue());
            }
            for (int i = 0; i <= random.nextInt(4); i++) {
                damage(random);
            }
            String context = "seed " + seed + ", round " + round;
            assertEquals(0, run("repair"), () -> context + ": " + printed());
            replayed();
            assertEquals(0, run("verify"), () -> context + ": " + printed());
        }
    }

    private Map<Path, byte[]> files() throws IOException {
        Map<Path, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(directory)) {
            for (Path file : all.toList()) {
                files.put(file, Files.readAllBytes(file));
            }
        }
        return files;
    }

    private void damage(Random random) throws IOException {
        List<Integer> numbers = JournalFiles.of(new FileStorage(directory)).files().stream()
                .map(JournalFiles.File::number).toList();
        Path file = directory.resolve(Segment.name(1 + random.nextInt(numbers.size())));
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length == 0) {
            // cut there before
            return;
        }
        int at = random.nextInt(bytes.length);
        int to = Math.min(bytes.length, at + 1 + random.nextInt(600));
        switch (random.nextInt(4)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> Arrays.fill(bytes, at, to, (byte) '\n');
            case 2 -> Arrays.fill(bytes, at, to, (byte) 0);
            default -> bytes = Arrays.copyOf(bytes, at);
        }
        Files.write(file, bytes);
    }

    @Test
    void repair_lastUsedSegmentMissing_anEmptyOneIsInItsPlace_andNoNumberIsUsedTwice() throws IOException {
        write();
        List<String> names = new FileStorage(directory).list().stream().filter(name -> Segment.number(name) > 0)
                .sorted().toList();
        String lost = names.get(names.size() - 2);
        Files.delete(directory.resolve(lost));
        assertEquals(1, run("verify"));
        assertEquals(0, run("repair"), printed());
        assertTrue(printed().contains(lost + ": the file was missing; an empty one is in its place"), printed());
        TreeSet<Long> replayed = replayed();
        assertTrue(replayed.size() > 50 && replayed.size() < 100, replayed.size() + " lines are left");
        assertTrue(replayed().last() > 100, "the numbers of the lost ones are not given out again");
    }

    @Test
    void repair_preparedSegmentMissing_thoseBehindItGo() throws IOException {
        write();
        FileStorage storage = new FileStorage(directory);
        int last = storage.list().stream().mapToInt(Segment::number).max().orElseThrow();
        for (int number = last + 2; number <= last + 3; number++) {
            Files.write(directory.resolve(Segment.name(number)), JournalRig.prepared(number));
        }
        assertEquals(1, run("verify"));
        assertEquals(0, run("repair"), printed());
        assertEquals(100, replayed().size());
    }

    @Test
    void repair_preparedSegmentMissingAfterAKill_oneRunIsEnough() throws Exception {
        JournalRig rig = new JournalRig();
        for (int number = 1; number <= 3; number++) {
            Files.write(directory.resolve(Segment.name(number)), rig.killed.bytes(Segment.name(number)));
        }
        Files.write(directory.resolve(Segment.name(5)), JournalRig.prepared(5));
        assertEquals(1, run("verify"));
        assertEquals(0, run("repair"), this::printed);
        assertEquals(rig.lines.keySet(), replayed());
    }

    @Test
    void repair_serverRunning_isRefused() throws Exception {
        write();
        try (AutoCloseable lock = new FileStorage(directory).lock()) {
            assertEquals(1, run("repair"));
            assertTrue(printed().contains("is in use by"), printed());
            assertTrue(lock != null);
        }
    }

    @Test
    void storage_unusableDirectory_saysWhy() throws IOException {
        Path file = Files.writeString(directory.resolve("plain"), "x");
        assertTrue(assertThrows(IOException.class, () -> new FileStorage(file)).getMessage()
                .endsWith("plain: there is a file of that name, which is not a directory"));
        Files.createDirectory(directory.resolve("lock"));
        String message = assertThrows(IOException.class, () -> new FileStorage(directory).lock()).getMessage();
        assertTrue(message.startsWith("cannot lock data directory " + directory) && message.contains("lock: ")
                && message.endsWith("it must be a directory that can be written to"), message);
    }
}
