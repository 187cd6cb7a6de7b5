package server.queue;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import server.journal.Unit;
import shared.json.Slice;

/// Lines outside the heap. A batch's lines are many megabytes that live only for a moment: in the heap the collector
/// would copy them repeatedly, and a large batch would not fit beside a long queue. For one thread.
///
/// Measured against lines that are slices of the body, as for a single submit: with 900,000 tasks in a heap of 256 MB,
/// a batch of 30 MB made the server run out of memory, as did one of 60 MB with 320 MB; these lines hold both in 256
/// MB.
final class OffHeapLines implements Unit {

    private static final int CHUNK_BYTES = 256 << 10;

    /// The size of the first chunk: a batch of a few lines should not pay for more. A longer line gets a chunk of its
    /// own, so that little space is wasted at the end of the others.
    private static final int SMALL_BYTES = CHUNK_BYTES / 8;

    private final Arena arena;
    private final List<ByteBuffer> chunks = new ArrayList<>();
    /// The chunk that is being filled.
    private int filled = -1;
    private int[] chunkOf = new int[64];
    private int[] offsets = new int[64];
    private int[] lengths = new int[64];
    private int size;

    /// @param arena where the lines are stored; they can be read until it is closed
    OffHeapLines(Arena arena) {
        this.arena = arena;
    }

    /// Copies a line, which is given in pieces.
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

    /// Takes over the lines of another instance in the same arena.
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
