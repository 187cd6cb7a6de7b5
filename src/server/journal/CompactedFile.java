package server.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

import shared.json.Slice;

/// A compacted file being written, under another name until it is whole.
final class CompactedFile implements AutoCloseable {

    private static final int BUFFER = 256 << 10;

    /// So many bytes are synced at once: a sync of much more would hold up those of the journal's writer.
    private static final int SYNC_EVERY = 1 << 20;

    private final Storage storage;
    private final int number;
    private final Storage.Writable file;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private long written;
    private long synced;

    CompactedFile(Storage storage, int number, Segment.Range range) throws IOException {
        this.storage = storage;
        this.number = number;
        file = storage.create(partName());
        put(Slice.of(Segment.header(number, range)));
    }

    private String partName() {
        return Segment.name(number) + Segment.PART;
    }

    /// Where the next line begins.
    int offset() {
        return Math.toIntExact(written + buffer.position());
    }

    /// Adds a line as it is, with its terminator.
    void add(Slice line) throws IOException {
        put(line);
    }

    /// Adds a line around this JSON.
    void addJson(Slice json) throws IOException {
        put(Slice.of(Line.checksum(json)));
        put(json);
        put(Slice.of(new byte[] {'\n'}));
    }

    /// Closes the file and gives it its name: from here on it stands for its segments, also after a crash.
    void finish(long nextSeq, long kept) throws IOException {
        put(Slice.of(Line.closing(number, offset(), nextSeq, kept)));
        flush();
        file.force();
        storage.rename(partName(), Segment.name(number));
        storage.sync();
    }

    /// Removes what was written; for a file that was not finished.
    void discard() throws IOException {
        storage.delete(partName());
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
        if (written - synced >= SYNC_EVERY) {
            long begun = System.nanoTime();
            file.force();
            synced = written;
            // the disk is the others' for as long again
            LockSupport.parkNanos(System.nanoTime() - begun);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
