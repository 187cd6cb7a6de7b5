package server.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import server.AllSettings;
import server.journal.Journal;
import server.journal.JournalOptions;
import server.journal.JournalRig;
import server.journal.Unit;
import server.journal.disk.FileStorage;
import server.journal.disk.Segment;

class JournalCommandTest {

    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        out.reset();
        err.reset();
        List<String> words = Stream.concat(Stream.of("journal"), Stream.of(arguments)).toList();
        return OfflineCommands.run(words, AllSettings.READER, environment, InstantSource.system(),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private Journal open() throws IOException {
        return Journal.open(new FileStorage(directory), new JournalOptions(4096), (seq, position, json) -> { });
    }

    /// @return the positions of 100 lines
    private long[] write() throws IOException {
        long[] positions = new long[100];
        try (Journal journal = open()) {
            for (int i = 0; i < positions.length; i++) {
                positions[i] = JournalRig.append(journal, JournalRig.rest("event " + i + "-".repeat(i)));
            }
        }
        return positions;
    }

    @Test
    void verify_good_saysWhatIsThere() throws IOException {
        write();
        assertEquals(0, run("verify", directory.toString()));
        assertTrue(out.toString(StandardCharsets.UTF_8)
                .contains("100 events, sequence numbers 1 to 100, 0 problems"), out::toString);
    }

    @Test
    void verifyAndDump_runningServer_doNotDisturbIt() throws IOException {
        try (Journal journal = open()) {
            JournalRig.append(journal, JournalRig.rest("one"));
            journal.awaitDurable(1);
            assertEquals(0, run("verify", directory.toString()));
            assertEquals(0, run("dump", directory.toString()));
            assertTrue(out.toString(StandardCharsets.UTF_8).matches("\\{\"seq\":1,.*\"one\"}\n"), out::toString);
            JournalRig.append(journal, JournalRig.rest("two"));
            journal.awaitDurable(2);
        }
    }

    @Test
    void dump_whoseReaderHasGone_readsNoFurther() throws IOException {
        try (Journal journal = Journal.open(new FileStorage(directory), new JournalOptions(1 << 20),
                (seq, position, json) -> { })) {
            for (int i = 0; i < 300; i++) {
                JournalRig.append(journal, JournalRig.rest("-".repeat(10_000)));
            }
            journal.awaitDurable(300);
        }
        long[] asked = new long[1];
        PrintStream gone = new PrintStream(new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException("Broken pipe");
            }
        }, false, StandardCharsets.UTF_8) {
            @Override
            public void writeBytes(byte[] line) {
                asked[0]++;
                super.writeBytes(line);
            }
        };
        assertEquals(1, OfflineCommands.run(List.of("journal", "dump", directory.toString()), AllSettings.READER,
                environment, InstantSource.system(), gone, new PrintStream(err, true, StandardCharsets.UTF_8)));
        assertTrue(asked[0] < 100, "it went on for " + asked[0] + " lines of 300");
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void dump_ofWhatSteersATerminal_isTheSameJsonEscaped() throws IOException {
        try (Journal journal = open()) {
            JournalRig.append(journal, JournalRig.rest("\u009b2J \u202e \u00e9"));
            journal.awaitDurable(1);
        }
        assertEquals(0, run("dump", directory.toString()));
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("\"\\u009b2J \\u202e \u00e9\""), out::toString);
    }

    @Test
    void verify_severalDamages_namesEachAndDumpGoesOnBehindThem() throws IOException {
        long[] positions = write();
        for (int line : new int[] {3, 4, 50}) {
            Path file = directory.resolve(Segment.name(Segment.number(positions[line])));
            byte[] bytes = Files.readAllBytes(file);
            bytes[Segment.offset(positions[line]) + 20] ^= 1;
            Files.write(file, bytes);
        }
        assertEquals(1, run("verify", directory.toString()));
        String text = out.toString(StandardCharsets.UTF_8);
        for (int line : new int[] {3, 4, 50}) {
            assertTrue(text.contains(Segment.name(Segment.number(positions[line])) + ": offset "
                    + Segment.offset(positions[line]) + ", sequence number "), text);
        }
        assertTrue(text.contains("sequence number 4: "), text);
        assertTrue(text.contains("97 events, sequence numbers 1 to 100, 3 problems"), text);
        assertEquals(1, run("dump", directory.toString()));
        assertEquals(97, out.toString(StandardCharsets.UTF_8).lines().count());
        assertEquals(3, err.toString(StandardCharsets.UTF_8).lines().count(), err::toString);
    }

    @Test
    void verify_missingSegmentAndBadHeader_namesThem() throws IOException {
        write();
        Files.delete(directory.resolve(Segment.name(2)));
        byte[] bytes = Files.readAllBytes(directory.resolve(Segment.name(3)));
        bytes[5] ^= 1;
        Files.write(directory.resolve(Segment.name(3)), bytes);
        assertEquals(1, run("verify", directory.toString()));
        String text = out.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains(Segment.name(2) + ": offset 0, sequence number") && text.contains("missing"), text);
        assertTrue(text.contains(Segment.name(3) + ": offset 0, "), text);
        assertTrue(text.contains("2 problems"), text);
    }

    @Test
    void run_wrongUse_exits2AndSaysWhatIsRight() {
        String[][] wrongs = {
            {"journal needs a command: verify, repair, dump or compact"},
            {"journal verify needs the data directory", "verify"},
            {"unknown command journal verfy; did you mean verify?", "verfy", "x"},
            {"unexpected argument b", "verify", "a", "b"}};
        for (String[] wrong : wrongs) {
            assertEquals(2, run(List.of(wrong).subList(1, wrong.length).toArray(String[]::new)));
            assertTrue(err.toString(StandardCharsets.UTF_8).startsWith("ollama-queue-server: " + wrong[0]),
                    err::toString);
        }
        assertEquals(0, run("--help"));
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("repair"));
    }

    @Test
    void run_noDirectory_exits1AndMakesNone() {
        assertEquals(1, run("verify", directory.resolve("absent").toString()));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("absent does not exist"), err::toString);
        assertEquals(List.of(), List.of(directory.toFile().list()));
    }

    @Test
    void compact_segmentSize_isTheSettings() throws IOException {
        environment.put("OLLAMA_QUEUE_STORAGE_SEGMENT_SIZE", "64KiB");
        environment.put("HOME", directory.toString());
        Path data = directory.resolve("data");
        assertEquals(1, run("compact", data.toString()), "there is none");
        Files.createDirectory(data);
        assertEquals(0, run("compact", data.toString()), err::toString);
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("events dropped"), out::toString);
        assertEquals(64 << 10, Files.size(data.resolve(Segment.name(1))));
        assertEquals(2, run("compact", data.toString(), "--nosuch"));
        assertEquals(2, run("compact"));
    }
}
