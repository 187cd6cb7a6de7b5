package server.journal;

import java.io.IOException;
import java.util.Arrays;

import shared.json.Slice;

/// Reads single lines from the disk. One that is damaged or cannot be read concerns nobody but who asked for it.
final class RecordReader {

    /// The first read of a line; most are shorter.
    private static final int READ_FIRST = 4 << 10;

    private final Storage storage;

    RecordReader(Storage storage) {
        this.storage = storage;
    }

    /// The whole JSON object of the line at this position, its checksum verified.
    ///
    /// @throws IOException saying where, if there is none or it cannot be read
    Slice read(long position) throws IOException {
        String name = Segment.name(Segment.number(position));
        int start = Segment.offset(position);
        byte[] bytes = new byte[READ_FIRST];
        int filled = 0;
        while (true) {
            int length = read(name, start, bytes, filled);
            for (int i = filled; i < filled + length; i++) {
                if (bytes[i] == '\n') {
                    return line(name, start, bytes, i);
                }
            }
            filled += length;
            if (filled < bytes.length) {
                throw new JournalDamage(storage, name, start, -1, "no line ends here");
            }
            bytes = Arrays.copyOf(bytes, Math.multiplyExact(4, filled));
        }
    }

    private int read(String name, int start, byte[] bytes, int filled) throws IOException {
        try {
            return storage.read(name, start + filled, bytes, filled, bytes.length - filled);
        } catch (IOException e) {
            throw new IOException("cannot read " + storage.describe(name) + ", offset " + start + ": "
                    + FileReason.of(e), e);
        }
    }

    private Slice line(String name, long start, byte[] bytes, int terminator) throws IOException {
        Line line = new Line();
        if (!line.parse(bytes, 0, terminator) || line.closing) {
            throw new JournalDamage(storage, name, start, -1, "the bytes here are not the line that was written");
        }
        int to = terminator;
        while (bytes[to - 1] == ' ') {
            to--;
        }
        return new Slice(bytes, Line.CRC, to);
    }
}
