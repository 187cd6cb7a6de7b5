package server.journal.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

import shared.json.Slice;

/// A compacted file being written, under a temporary name until it is complete.
public final class CompactedFile implements AutoCloseable {

    private static final int BUFFER_BYTES = 256 << 10;

    /// Bytes between two syncs: syncing much more at once would delay the journal's writer.
    public static final long SYNC_EVERY = 1 << 20;

    /// For a file that is written before the journal has a writer.
    public static final long SYNC_AT_END = Long.MAX_VALUE;

    private final Storage storage;
    private final int number;
    private final long syncEvery;
    private final Storage.Writable file;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private long lines;
    private long written;
    private long synced;

    /// @param syncEvery bytes between two syncs
    public CompactedFile(Storage storage, int number, Segment.Range range, long syncEvery) throws IOException {
        this.storage = storage;
        this.number = number;
        this.syncEvery = syncEvery;
        file = storage.create(partName(number));
        put(Slice.of(Segment.header(number, range)));
    }

    private static String partName(int number) {
        return Segment.name(number) + Segment.PART;
    }

    /// Returns where the next line begins, in bytes from the start of the file.
    public int offset() {
        return Math.toIntExact(written + buffer.position());
    }

    /// Adds a complete line, with its terminator.
    public void add(Slice line) throws IOException {
        lines++;
        put(line);
    }

    /// Adds a line with this JSON.
    public void addJson(Slice json) throws IOException {
        lines++;
        put(Slice.of(Line.checksum(json)));
        put(json);
        put(Slice.of(new byte[] {'\n'}));
    }

    /// Completes the file and gives it its name, durably: from now on it stands for its segments, even after a crash.
    public void finish(long nextSeq, long kept) throws IOException {
        complete(nextSeq, kept);
        giveName(storage, number);
        storage.sync();
    }

    /// Writes the closing mark, and syncs the file.
    public void complete(long nextSeq, long kept) throws IOException {
        put(Slice.of(Line.closing(number, offset(), nextSeq, kept, lines)));
        flush();
        file.force();
    }

    /// Gives a complete file its name; durable after [Storage#sync].
    public static void giveName(Storage storage, int number) throws IOException {
        storage.rename(partName(number), Segment.name(number));
    }

    /// Deletes the file, which was not finished.
    public void discard() throws IOException {
        discard(storage, number);
    }

    /// Deletes a compacted file that was not finished.
    public static void discard(Storage storage, int number) throws IOException {
        storage.delete(partName(number));
    }

    private void put(Slice bytes) throws IOException {
        for (int done = 0; done < bytes.length(); ) {
            int length = Math.min(bytes.length() - done, buffer.remaining());
            buffer.put(bytes.bytes(), bytes.from() + done, length);
            done += length;
            if (!buffer.hasRemaining()) {
                flush();
            }
        }
    }

    private void flush() throws IOException {
        int length = buffer.flip().remaining();
        file.write(buffer, written);
        buffer.clear();
        written += length;
        if (written - synced >= syncEvery) {
            long begun = System.nanoTime();
            file.force();
            synced = written;
            // leave the disk to others for as long as the sync took
            LockSupport.parkNanos(System.nanoTime() - begun);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
