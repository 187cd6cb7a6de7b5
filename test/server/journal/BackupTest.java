package server.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import server.journal.disk.FileStorage;
import server.journal.disk.Segment;
import server.journal.disk.Storage;
import shared.json.Slice;
import support.FaultyStorage;
import support.Offline;

/// What a backup's file holds, and what a start makes of it.
class BackupTest {

    private static final JournalOptions SMALL = new JournalOptions(4096);
    private static final String NAME = "taken.backup";

    private final FaultyStorage disk = new FaultyStorage();

    private static Journal open(Storage storage, Map<Long, String> replayed) throws IOException {
        return Journal.open(storage, SMALL, (seq, position, json) -> replayed.put(seq, json.text()));
    }

    private static byte[] backup(Journal journal) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        journal.backup().writeTo(out, false);
        return out.toByteArray();
    }

    private static FaultyStorage holding(byte[] backup) {
        FaultyStorage storage = new FaultyStorage();
        storage.bytes(NAME, backup);
        return storage;
    }

    /// A backup of so many lines, and of what it is the backup.
    private byte[] taken(int lines, Map<Long, String> events) throws IOException {
        try (Journal journal = open(disk, new TreeMap<>())) {
            for (int i = 0; i < lines; i++) {
                JournalRig.append(journal, JournalRig.rest("e" + i + "x".repeat(i % 97)));
            }
            byte[] backup = backup(journal);
            JournalRig.append(journal, JournalRig.rest("later"));
            journal.awaitDurable(journal.appendedSeq());
            journal.scan(0).next(Long.MAX_VALUE, (seq, position, json) -> events.put(seq, json.text()));
            events.remove(journal.appendedSeq());
            return backup;
        }
    }

    @Test
    void backup_emptySmallAndManySegments_restoresEveryLine() throws IOException {
        for (int lines : new int[] {0, 1, 300}) {
            Map<Long, String> events = new TreeMap<>();
            FaultyStorage restored = holding(new BackupTest().taken(lines, events));
            Map<Long, String> replayed = new TreeMap<>();
            try (Journal journal = open(restored, replayed)) {
                assertEquals(events, replayed);
                assertEquals(1_000_000_001L + lines, journal.nextSeq(), "no number of the other history");
                assertEquals(journal.appendedSeq(), journal.keptAfter(), "subscribers of before read anew");
                JournalRig.append(journal, JournalRig.rest("new"));
                long position = JournalRig.append(journal, JournalRig.rest("new"));
                events.put(journal.appendedSeq(), journal.read(position).text());
            }
            Map<Long, String> again = new TreeMap<>();
            try (Journal journal = open(restored, again)) {
                assertEquals(lines + 2, again.size(), "the backup is still there, and no matter");
                assertEquals(1_000_000_003L + lines, journal.nextSeq());
            }
        }
    }

    @Test
    void backup_ofARestoredJournal_isOne() throws IOException {
        Map<Long, String> events = new TreeMap<>();
        byte[] second;
        try (Journal journal = open(holding(taken(300, events)), new TreeMap<>())) {
            second = backup(journal);
        }
        Map<Long, String> replayed = new TreeMap<>();
        open(holding(second), replayed).close();
        assertEquals(events, replayed);
    }

    @Test
    void backup_unitsAndLongLines_areWhole() throws IOException {
        byte[] backup;
        try (Journal journal = open(disk, new TreeMap<>())) {
            JournalRig.append(journal, JournalRig.rest("long".repeat(5000)));
            JournalRig.appendAll(journal, Unit.of(IntStream.range(0, 200)
                    .mapToObj(i -> new Slice[] {JournalRig.rest("unit" + i)}).toList()));
            backup = backup(journal);
        }
        Map<Long, String> replayed = new TreeMap<>();
        FaultyStorage restored = holding(backup);
        open(restored, replayed).close();
        assertEquals(201, replayed.size());
        Map<Long, String> again = new TreeMap<>();
        open(restored, again).close();
        assertEquals(replayed, again);
    }

    @Test
    void open_backupCutAnywhere_isRefusedAsIncomplete() throws IOException {
        byte[] backup = taken(6, new TreeMap<>());
        for (int length = 0; length < backup.length; length++) {
            FaultyStorage cut = holding(Arrays.copyOf(backup, length));
            IOException refused = assertThrows(IOException.class, () -> open(cut, new TreeMap<>()), "at " + length);
            assertTrue(refused.getMessage().contains("memory/" + NAME)
                    && refused.getMessage().contains("the backup is incomplete"), refused.getMessage());
            assertEquals(List.of(NAME), cut.list());
        }
    }

    @Test
    void open_backupChangedOrLonger_isRefused() throws IOException {
        byte[] backup = taken(6, new TreeMap<>());
        for (int at = Segment.HEADER; at < backup.length; at++) {
            byte[] changed = backup.clone();
            changed[at] ^= 4;
            assertThrows(IOException.class, () -> open(holding(changed), new TreeMap<>()), "at " + at);
        }
        byte[] longer = Arrays.copyOf(backup, backup.length + 1);
        assertTrue(assertThrows(IOException.class, () -> open(holding(longer), new TreeMap<>())).getMessage()
                .contains("bytes follow the backup's end"));
    }

    @Test
    void open_backupWithoutOneOfItsLines_isRefused() throws IOException {
        byte[] backup = taken(6, new TreeMap<>());
        int from = Segment.HEADER;
        for (int line = 0; line < 6; line++) {
            int to = from;
            while (backup[to++] != '\n') {
                continue;
            }
            byte[] left = Arrays.copyOf(backup, backup.length - (to - from));
            System.arraycopy(backup, to, left, from, backup.length - to);
            String message = assertThrows(IOException.class, () -> open(holding(left), new TreeMap<>())).getMessage();
            assertTrue(message.contains("memory/" + NAME) && message.contains("the file holds 5 lines, but 6 were "
                    + "written to it"), message);
            from = to;
        }
    }

    @Test
    void open_severalBackupsOrNoRoom_isRefused() throws IOException {
        byte[] backup = taken(40, new TreeMap<>());
        FaultyStorage two = holding(backup);
        two.bytes("other", backup);
        assertTrue(assertThrows(IOException.class, () -> open(two, new TreeMap<>())).getMessage()
                .contains("several backups: other, " + NAME));
        FaultyStorage full = holding(backup);
        full.capacity(2L * backup.length);
        assertTrue(assertThrows(IOException.class, () -> open(full, new TreeMap<>())).getMessage()
                .startsWith("no room to restore memory/" + NAME));
    }

    @Test
    void open_backupBesideAJournal_isLeftAlone() throws IOException {
        disk.bytes(NAME, new BackupTest().taken(40, new TreeMap<>()));
        disk.bytes("0000000001.journal", Segment.header(1, 4096));
        Map<Long, String> replayed = new TreeMap<>();
        assertThrows(IOException.class, () -> open(disk, replayed), "a damaged journal stays one");
        disk.delete("0000000001.journal");
        open(disk, replayed).close();
        disk.delete(NAME);
        disk.bytes(NAME, new BackupTest().taken(10, new TreeMap<>()));
        Map<Long, String> again = new TreeMap<>();
        open(disk, again).close();
        assertEquals(replayed, again);
    }

    @Test
    void restore_cutOffAtAnyChange_isDoneByTheNextStart() throws IOException {
        Map<Long, String> events = new TreeMap<>();
        byte[] backup = taken(300, events);
        FaultyStorage whole = holding(backup);
        open(whole, new TreeMap<>()).close();
        Random random = new Random(Long.getLong("seed", 11));
        for (int changes = 0; changes <= whole.changes(); changes++) {
            FaultyStorage cut = holding(backup);
            cut.stopAfter(changes);
            try {
                open(cut, new TreeMap<>()).close();
            } catch (IOException | RuntimeException stopped) {
                assertFalse(stopped.getMessage().isEmpty());
            }
            for (FaultyStorage left : List.of(cut.afterKill(), cut.afterPowerLoss(random))) {
                Map<Long, String> replayed = new TreeMap<>();
                open(left, replayed).close();
                assertEquals(events, replayed, "after " + changes + " changes");
            }
        }
    }

    @Test
    void verifyAndDump_directoryWithABackup_readIt(@TempDir Path directory) throws IOException {
        byte[] backup = taken(40, new TreeMap<>());
        Path file = Files.write(directory.resolve("any name"), backup);
        assertTrue(said(0, "verify", directory).contains(
                "any name: a backup; the next start restores it\n0 segments, 40 events, sequence numbers 1 to 40, 0"));
        assertEquals(40, said(0, "dump", directory).lines().filter(line -> line.startsWith("{\"seq\":")).count());
        Files.write(file, Arrays.copyOf(backup, backup.length / 2));
        String incomplete = said(1, "verify", directory);
        assertTrue(incomplete.contains("the backup is incomplete"), incomplete);
        Files.write(file, backup);
        open(new FileStorage(directory), new TreeMap<>()).close();
        assertTrue(said(0, "verify", directory).contains("40 events, sequence numbers 1 to 40, 0 problems"));
    }

    private static String said(int status, String command, Path directory) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        assertEquals(status, Offline.run(stream, stream, "journal", command, directory.toString()));
        return out.toString(StandardCharsets.UTF_8);
    }
}
