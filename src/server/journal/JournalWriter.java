package server.journal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

import server.journal.disk.Line;
import server.journal.disk.Segment;
import server.journal.disk.Storage;
import server.journal.recovery.Recovery;

/// Writes batches to the disk: their bytes into the segment, then one sync. Used by the journal's writer thread only.
final class JournalWriter {

    private static final Logger LOG = System.getLogger(JournalWriter.class.getName());

    /// The size of the buffer through which batches are streamed: memory use stays the same however large a unit is.
    private static final int BUFFER_BYTES = 1 << 20;

    private static final long SLOW_NANOS = 1_000_000_000;

    private final Storage storage;
    private final Preparer preparer;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final byte[] prefix = new byte[Line.PREFIX_MAX];
    private final byte[] checksum = new byte[Line.CRC];
    private final byte[] ending = {' ', ' ', ' ', ' ', '\n'};
    private final CRC32C crc = new CRC32C();

    private int segment;
    /// The number of its first line.
    private long firstSeq;
    private Storage.Writable file;
    /// The position in the segment of the buffer's first byte.
    private long base;

    JournalWriter(Storage storage, Preparer preparer) {
        this.storage = storage;
        this.preparer = preparer;
        checksum[Line.CRC - 1] = ' ';
    }

    /// Begins a segment that was prepared.
    void use(int number) throws IOException {
        if (file != null) {
            file.close();
        }
        file = storage.open(Segment.name(number));
        segment = number;
    }

    /// Writes a batch and syncs it; returns how long the sync took, in nanoseconds.
    long write(Batch batch) throws IOException {
        if (batch.segment != segment) {
            use(batch.segment);
        }
        if (batch.start == Segment.HEADER) {
            firstSeq = batch.firstSeq;
        }
        begin(batch.start);
        long synced = batch.startPosition();
        for (int i = 0; i < batch.count; i++) {
            line(batch, i, synced);
        }
        if (batch.closes) {
            byte[] mark = Line.closing(segment, batch.end, synced, batch.nextSeq(), batch.moreAfter,
                    batch.nextSeq() - firstSeq);
            put(mark, 0, mark.length);
            flush();
            long nanos = sync();
            preparer.cut(segment, (long) batch.end + mark.length);
            return nanos;
        }
        flush();
        return sync();
    }

    /// Marks the clean stop.
    void seal(long end, long nextSeq) throws IOException {
        Recovery.seal(file, segment, end, nextSeq, nextSeq - firstSeq);
    }

    void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }

    private void line(Batch batch, int index, long synced) throws IOException {
        int prefixLength = Line.prefix(prefix, batch.firstSeq + index, synced, batch.more(index));
        ByteBuffer[] rest = batch.rest(index);
        int length = Line.CRC + prefixLength;
        crc.reset();
        crc.update(prefix, 0, prefixLength);
        for (ByteBuffer piece : rest) {
            int from = piece.position();
            length += piece.remaining();
            crc.update(piece);
            piece.position(from);
        }
        int pad = batch.end(index) - batch.offset(index) - length - 1;
        crc.update(ending, 0, pad);
        Line.hex(checksum, 0, crc.getValue(), Line.CRC - 1);
        put(checksum, 0, Line.CRC);
        put(prefix, 0, prefixLength);
        for (ByteBuffer piece : rest) {
            put(piece);
        }
        put(ending, ending.length - 1 - pad, pad + 1);
    }

    private void put(byte[] bytes, int from, int length) throws IOException {
        if (length <= buffer.remaining()) {
            buffer.put(bytes, from, length);
        } else {
            put(ByteBuffer.wrap(bytes, from, length));
        }
    }

    private void put(ByteBuffer bytes) throws IOException {
        int end = bytes.limit();
        while (end - bytes.position() > buffer.remaining()) {
            buffer.put(bytes.limit(bytes.position() + buffer.remaining()));
            bytes.limit(end);
            flush();
        }
        buffer.put(bytes);
    }

    /// Returns where to split a batch that takes several writes: at sector boundaries, because the process may be
    /// killed between two writes, and what is then missing must look like sectors that were never written.
    private void begin(long offset) {
        base = offset;
        buffer.clear().limit(BUFFER_BYTES - (int) (offset % Segment.PAGE));
    }

    private void flush() throws IOException {
        long next = base + buffer.position();
        file.write(buffer.flip(), base);
        begin(next);
    }

    private long sync() throws IOException {
        long begun = System.nanoTime();
        file.force();
        long nanos = System.nanoTime() - begun;
        if (nanos > SLOW_NANOS) {
            LOG.log(Level.WARNING, () -> "event=journal_sync_slow file=" + Segment.name(segment) + " ms="
                    + nanos / 1_000_000);
        }
        return nanos;
    }
}
