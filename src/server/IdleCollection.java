package server;

import java.time.Duration;
import java.util.function.LongSupplier;

import server.clock.Rounds;

/// Collects garbage while the server has nothing to do. A full collection stops all threads, so it should not happen
/// while many callers wait; and memory that is not used again until then need not be taken from the machine. The
/// parallel collector does not do this by itself.
final class IdleCollection implements AutoCloseable {

    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    /// A server that allocates less between two looks has nothing to do: a young collection is at least ten looks away.
    static final long IDLE_BYTES = 2 << 20;

    private final LongSupplier used;
    private final Runnable collector;
    private final long garbage;
    private final Rounds rounds = new Rounds("idle-collection", LOOK_EVERY, this::look, () -> !this.closed);
    /// At the last look.
    private long before;
    /// The least since the last collection of ours, or after it.
    private long live;
    private volatile boolean closed;

    /// @param used      returns the bytes in use, garbage included
    /// @param collector collects all garbage
    /// @param garbage   bytes that may come into use after a collection before there is another one
    IdleCollection(LongSupplier used, Runnable collector, long garbage) {
        this.used = used;
        this.collector = collector;
        this.garbage = garbage;
    }

    /// Begins, with this process's heap: once an eighth of it may be garbage, it is collected.
    static IdleCollection start() {
        Runtime heap = Runtime.getRuntime();
        IdleCollection collection = new IdleCollection(() -> heap.totalMemory() - heap.freeMemory(), System::gc,
                heap.maxMemory() / 8);
        collection.rounds.begin();
        return collection;
    }

    void look() {
        long now = used.getAsLong();
        boolean idle = now >= before && now - before < IDLE_BYTES;
        before = now;
        live = Math.min(live, now);
        if (idle && now - live > garbage) {
            collector.run();
            before = used.getAsLong();
            live = before;
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
