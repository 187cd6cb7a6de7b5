package server.queue;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import server.journal.Unit;
import shared.json.Slice;

/// Lines outside of the heap. Those of a batch are many megabytes that live for a moment: in the heap the collector
/// would copy them, more than once, and a large batch beside a long queue would not fit. For one thread.
///
/// Measured against lines that are slices of the body, as a single submit has them: with 900,000 tasks in a heap of
/// 256 MB a batch of 30 MB ended the server for want of memory, with 320 MB one of 60 MB; these take both in 256 MB.
final class OffHeapLines implements Unit {

    private static final int CHUNK_BYTES = 256 << 10;

    /// The first chunk: a batch of a few lines is not to pay for more. Longer lines have one of their own, so that
    /// little is left over at the end of the others.
    private static final int SMALL_BYTES = CHUNK_BYTES / 8;

    private final Arena arena;
    private final List<ByteBuffer> chunks = new ArrayList<>();
    /// The one of them that is being filled.
    private int filled = -1;
    private int[] chunkOf = new int[64];
    private int[] offsets = new int[64];
    private int[] lengths = new int[64];
    private int size;

    /// @param arena where they lie; they can be read until it is closed
    OffHeapLines(Arena arena) {
        this.arena = arena;
    }

    /// Takes a copy of a line, which comes in pieces.
    void add(Slice... line) {
        int length = 0;
        for (Slice piece : line) {
            length += piece.length();
        }
        int at = length > SMALL_BYTES ? allocate(length) : withRoom(length);
        ByteBuffer chunk = chunks.get(at);
        put(at, chunk.position(), length);
        for (Slice piece : line) {
            chunk.put(piece.bytes(), piece.from(), piece.length());
        }
    }

    private int withRoom(int length) {
        if (filled < 0) {
            filled = allocate(SMALL_BYTES);
        }
        if (chunks.get(filled).remaining() < length) {
            filled = allocate(CHUNK_BYTES);
        }
        return filled;
    }

    private int allocate(int bytes) {
        chunks.add(arena.allocate(bytes).asByteBuffer());
        return chunks.size() - 1;
    }

    /// Takes over the lines of another one in the same arena.
    void add(OffHeapLines other) {
        int before = chunks.size();
        chunks.addAll(other.chunks);
        for (int i = 0; i < other.size; i++) {
            put(before + other.chunkOf[i], other.offsets[i], other.lengths[i]);
        }
    }

    private void put(int chunk, int offset, int length) {
        if (size == lengths.length) {
            chunkOf = Arrays.copyOf(chunkOf, 2 * size);
            offsets = Arrays.copyOf(offsets, 2 * size);
            lengths = Arrays.copyOf(lengths, 2 * size);
        }
        chunkOf[size] = chunk;
        offsets[size] = offset;
        lengths[size++] = length;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public long length(int line) {
        return lengths[line];
    }

    @Override
    public ByteBuffer[] bytes(int line) {
        return new ByteBuffer[] {chunks.get(chunkOf[line]).slice(offsets[line], lengths[line])};
    }
}
