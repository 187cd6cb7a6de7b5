package bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/// Syncs a file of its own all the time, which tells what of a delay is the disk's.
final class DiskBeside implements AutoCloseable {

    private static final long PAUSE_NANOS = 2_000_000;

    private final Disk disk;
    private final Thread thread = Thread.ofPlatform().name("disk-beside").daemon().unstarted(this::run);
    private volatile boolean closed;
    // guarded by this object's lock
    private boolean syncing;
    private long begunAt;
    private long longest;

    DiskBeside(Path file) throws IOException {
        disk = new Disk(file);
        thread.start();
    }

    /// Forgets what was before.
    synchronized void begin() {
        longest = 0;
    }

    /// The longest sync since then, in milliseconds, the present one included.
    synchronized double longest() {
        return Math.max(longest, syncing ? System.nanoTime() - begunAt : 0) / 1e6;
    }

    private void run() {
        try (disk) {
            while (!closed) {
                synchronized (this) {
                    syncing = true;
                    begunAt = System.nanoTime();
                }
                disk.sync(1);
                synchronized (this) {
                    syncing = false;
                    longest = Math.max(longest, System.nanoTime() - begunAt);
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
