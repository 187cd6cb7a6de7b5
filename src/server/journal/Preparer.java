package server.journal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Makes segments ahead of their use, on a thread of its own: a write into space that is there already costs half of
/// one that makes the file longer.
final class Preparer implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Preparer.class.getName());

    private final Storage storage;
    private final ByteBuffer block = ByteBuffer.allocateDirect(256 << 10);
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("journal-preparer").daemon().factory());

    private record Prepared(int number, int size, Future<?> done) {
    }

    private Prepared ahead;

    Preparer(Storage storage) {
        this.storage = storage;
        while (block.hasRemaining()) {
            block.put(Line.FILL);
        }
    }

    /// Begins to make a segment. Called by the writer only, as is [#await].
    void prepare(int number, int size) {
        ahead = new Prepared(number, size, thread.submit(() -> make(number, size)));
    }

    /// Returns once this segment can be used.
    void await(int number, int size) throws IOException {
        if (ahead == null || ahead.number != number || ahead.size != size || failed()) {
            prepare(number, size);
        }
        try {
            ahead.done.get();
        } catch (ExecutionException e) {
            throw new IOException("cannot make " + storage.describe(Segment.name(number)) + ": "
                    + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private boolean failed() {
        return ahead.done.state() == Future.State.FAILED;
    }

    private Void make(int number, int size) throws IOException {
        String name = Segment.name(number);
        try (Storage.Writable file = storage.create(name + Segment.PART)) {
            file.write(ByteBuffer.wrap(Segment.header(number, size)), 0);
            for (int at = Segment.HEADER; at < size; ) {
                int length = Math.min(block.capacity(), size - at);
                file.write(block.duplicate().position(0).limit(length), at);
                at += length;
            }
            file.force();
        }
        storage.rename(name + Segment.PART, name);
        storage.sync();
        return null;
    }

    /// Cuts a closed segment behind its mark. It is whole without that: a failure is only logged.
    void cut(int number, long length) {
        thread.execute(() -> {
            try (Storage.Writable file = storage.open(Segment.name(number))) {
                file.truncate(length);
            } catch (IOException | RuntimeException e) {
                LOG.log(Level.WARNING, () -> "event=journal_cut_failed file=" + Segment.name(number) + " reason=\"" + e
                        + "\"");
            }
        });
    }

    /// Waits until what was begun is done, also the cutting.
    void settle() {
        try {
            thread.submit(() -> { }).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Waits for what was begun.
    @Override
    public void close() {
        thread.close();
    }
}
