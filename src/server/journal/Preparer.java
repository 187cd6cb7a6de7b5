package server.journal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import server.journal.disk.FileReason;
import server.journal.disk.Line;
import server.journal.disk.Segment;
import server.journal.disk.Storage;
import shared.LogValue;

/// Makes segments ahead of their use, on a thread of its own: a write into existing space costs half as much as one
/// that makes the file longer.
final class Preparer implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Preparer.class.getName());
    private static final int BLOCK_BYTES = 256 << 10;

    private final Storage storage;
    private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1,
            Thread.ofPlatform().name("journal-preparer").daemon().factory());

    Preparer(Storage storage) {
        this.storage = storage;
        // written byte by byte, this took 6 ms of the server's start
        byte[] fill = new byte[BLOCK_BYTES];
        Arrays.fill(fill, Line.FILL);
        block.put(fill);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /// Runs this on the preparer's thread, after its other work. Nothing is run after [#close].
    void run(Runnable work, Duration delay) {
        try {
            thread.schedule(work, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            LOG.log(Level.DEBUG, "event=journal_preparer_closed");
        }
    }

    /// Makes a segment. If it cannot be made it leaves nothing behind, so that it does not take up a full disk.
    ///
    /// @param again whether the caller tries again after a failure, for the message
    void make(Segment.Fresh fresh, boolean again) throws IOException {
        String name = Segment.name(fresh.number());
        try {
            write(name, fresh.number(), fresh.size());
        } catch (IOException failure) {
            delete(name + Segment.PART);
            throw new IOException(reason(name, fresh.size(), failure, again), failure);
        }
    }

    private String reason(String name, int size, IOException failure, boolean again) {
        long free = -1;
        try {
            free = storage.free();
        } catch (IOException unknown) {
            failure.addSuppressed(unknown);
        }
        boolean full = free >= 0 && free < size;
        return (full ? "the disk is full: " : "") + "cannot make " + storage.describe(name) + ", a file of " + size
                + " bytes" + (free < 0 ? "" : ", where " + free + " are free") + ": " + FileReason.of(failure)
                + (full ? "; free some space there" : "")
                + (!again ? "" : full ? ", the server then continues by itself" : "; the server tries again");
    }

    private void delete(String name) {
        try {
            storage.delete(name);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> "event=journal_part_left file=" + name + " reason=" + LogValue.of(e));
        }
    }

    private void write(String name, int number, int size) throws IOException {
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
    }

    /// Cuts a closed segment after its mark. It is valid without that, so a failure is only logged.
    void cut(int number, long length) {
        run(() -> {
            try (Storage.Writable file = storage.open(Segment.name(number))) {
                file.truncate(length);
            } catch (IOException | RuntimeException e) {
                LOG.log(Level.WARNING, () -> "event=journal_cut_failed file=" + Segment.name(number)
                        + " reason=" + LogValue.of(e));
            }
        }, Duration.ZERO);
    }

    /// Waits until everything that was begun is done, including the cutting.
    void settle() {
        try {
            thread.submit(() -> { }).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "event=journal_preparer_closed");
        }
    }

    /// Waits for what was begun; postponed work is not done.
    @Override
    public void close() {
        thread.close();
    }
}
