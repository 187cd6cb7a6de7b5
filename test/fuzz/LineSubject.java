package fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import server.journal.disk.JournalDamage;
import server.journal.disk.Line;
import server.journal.disk.Segment;
import server.journal.disk.SegmentReader;
import server.journal.disk.Tail;
import support.FaultyStorage;

/// A segment of the journal: only lines that were written that way are accepted.
final class LineSubject implements Subject {

    private static final int NUMBER = 4;
    private static final int SIZE = 32 << 10;
    private static final Path JOURNAL = Path.of("test/server/journal/format1/data");

    private final FaultyStorage storage = new FaultyStorage();
    private final byte[] header = Segment.header(NUMBER, SIZE);
    private final Set<String> written = new HashSet<>();

    @Override
    public String name() {
        return "line";
    }

    @Override
    public List<byte[]> corpus() {
        List<byte[]> corpus = new ArrayList<>();
        for (String name : List.of("0000000004.journal", "0000000005.journal", "0000000007.journal",
                "c000000001.journal")) {
            byte[] file = read(name);
            byte[] lines = Arrays.copyOfRange(file, Segment.HEADER, file.length);
            corpus.add(lines);
            for (String line : new String(lines, StandardCharsets.ISO_8859_1).split("\n")) {
                written.add(line);
            }
        }
        return corpus;
    }

    private static byte[] read(String name) {
        try {
            return Files.readAllBytes(JOURNAL.resolve(name));
        } catch (IOException missing) {
            throw new IllegalStateException(missing);
        }
    }

    @Override
    public List<String> words() {
        return List.of("\n", "\n\n\n\n", " ", "{\"seq\":", ",\"synced\":\"", "\",\"more\":", "{\"closed\":",
                "\",\"next\":",
                ",\"kept\":", ",\"lines\":", "00000000 ", "ffffffff ", "}");
    }

    @Override
    public String take(byte[] input) throws IOException {
        byte[] file = new byte[SIZE];
        Arrays.fill(file, Line.FILL);
        System.arraycopy(header, 0, file, 0, header.length);
        System.arraycopy(input, 0, file, header.length, Math.min(input.length, SIZE - header.length));
        storage.bytes(Segment.name(NUMBER), file);
        try {
            SegmentReader reader = new SegmentReader(storage, NUMBER, Segment.HEADER, SIZE, SIZE);
            boolean closed = false;
            while (reader.next()) {
                String line = new String(reader.bytes().toBytes(), StandardCharsets.ISO_8859_1);
                assertTrue(written.contains(line.substring(0, line.length() - 1)), line);
                closed = reader.line.closing;
            }
            assertTrue(reader.end() <= SIZE);
            if (closed) {
                return "closed";
            }
            Tail tail = Tail.of(storage, NUMBER, SIZE, reader.end());
            assertEquals(reader.end(), tail.offset());
            return tail.kind() + tail.reason().replaceAll("\\d+", "#");
        } catch (JournalDamage damage) {
            return Subject.way(damage);
        }
    }
}
