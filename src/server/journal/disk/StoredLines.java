package server.journal.disk;

import java.io.IOException;
import java.util.concurrent.Semaphore;

import shared.json.Slice;

/// Reads single lines from the disk, using hardly more memory than the line is long.
public final class StoredLines {

    /// The size of the first read; most lines are shorter.
    private static final int FIRST_READ_BYTES = 4 << 10;
    private static final int READ_WINDOW_BYTES = 64 << 10;

    /// A line may be as long as the largest answer, so only this many long ones are read at the same time.
    private static final int LONG_READS_MAX = 2;

    private final Storage storage;
    private final Semaphore longReads = new Semaphore(LONG_READS_MAX);

    /// @param storage the files
    public StoredLines(Storage storage) {
        this.storage = storage;
    }

    /// Returns the JSON object of the line at a position, after verifying its checksum.
    ///
    /// @throws IOException that says where, if there is no line or it cannot be read
    public Slice read(long position) throws IOException {
        String name = Segment.name(Segment.number(position));
        int start = Segment.offset(position);
        byte[] bytes = new byte[FIRST_READ_BYTES];
        int filled = read(name, start, 0, bytes, bytes.length);
        int terminator = terminator(bytes, filled);
        if (terminator >= 0) {
            return line(name, start, bytes, terminator);
        }
        if (filled < bytes.length) {
            throw new JournalDamage(storage, name, start, -1, "no line ends here");
        }
        longReads.acquireUninterruptibly();
        try {
            terminator = terminator(name, start, filled);
            bytes = new byte[terminator];
            read(name, start, 0, bytes, terminator);
            return line(name, start, bytes, terminator);
        } finally {
            longReads.release();
        }
    }

    /// Returns the length of a long line, without its terminator.
    private int terminator(String name, int start, int known) throws IOException {
        byte[] window = new byte[READ_WINDOW_BYTES];
        for (int at = known; ; at += window.length) {
            int filled = read(name, start, at, window, window.length);
            int end = terminator(window, filled);
            if (end >= 0) {
                return at + end;
            }
            if (filled < window.length) {
                throw new JournalDamage(storage, name, start, -1, "no line ends here");
            }
        }
    }

    private int read(String name, int start, int skipped, byte[] into, int length) throws IOException {
        try {
            return storage.read(name, start + skipped, into, 0, length);
        } catch (IOException e) {
            throw new IOException("cannot read " + storage.describe(name) + ", offset " + start + ": "
                    + FileReason.of(e), e);
        }
    }

    private static int terminator(byte[] bytes, int to) {
        for (int i = 0; i < to; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
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
