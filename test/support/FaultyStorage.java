package support;

import java.io.FileNotFoundException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

import server.journal.disk.Storage;

/// A disk in memory that fails on request. It distinguishes, sector by sector, what was written from what was synced,
/// so that a power loss at any moment can be tested: any part of what was not synced may survive.
public final class FaultyStorage implements Storage {

    private static final int SECTOR = 512;

    private static final class File {
        byte[] bytes = new byte[0];
        int length;
        int syncedLength;
        /// By index: what a sector held at the last sync, if it has changed since.
        final Map<Integer, byte[]> unsynced = new HashMap<>();

        void resize(int newLength) {
            touch(Math.min(length, newLength), Math.max(length, newLength));
            if (newLength > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(newLength, 2 * bytes.length));
            }
            if (newLength < length) {
                Arrays.fill(bytes, newLength, length, (byte) 0);
            }
            length = newLength;
        }

        void touch(int from, int to) {
            for (int sector = from / SECTOR; sector * SECTOR < to; sector++) {
                int start = sector * SECTOR;
                unsynced.computeIfAbsent(sector, key -> start < bytes.length
                        ? Arrays.copyOfRange(bytes, start, start + SECTOR) : new byte[SECTOR]);
            }
        }

        File copy() {
            File copy = new File();
            copy.bytes = Arrays.copyOf(bytes, length);
            copy.length = length;
            copy.syncedLength = length;
            return copy;
        }

        File afterPowerLoss(RandomGenerator random) {
            File copy = new File();
            copy.length = random.nextBoolean() ? length : syncedLength;
            copy.bytes = Arrays.copyOf(bytes, (copy.length + SECTOR - 1) / SECTOR * SECTOR);
            int style = random.nextInt(4);
            unsynced.forEach((sector, old) -> {
                boolean lost = style == 0 || style != 1 && random.nextBoolean() || sector * SECTOR >= length;
                if (lost && sector * SECTOR < copy.length) {
                    System.arraycopy(old, 0, copy.bytes, sector * SECTOR, SECTOR);
                }
            });
            copy.syncedLength = copy.length;
            return copy;
        }
    }

    private final Map<String, File> files = new TreeMap<>();
    private final Map<String, File> syncedFiles = new TreeMap<>();
    /// What has been done to the directory since it was synced.
    private final List<Consumer<Map<String, File>>> directoryChanges = new ArrayList<>();

    private boolean locked;
    private long capacity = Long.MAX_VALUE;
    /// What the next of these calls throws; null: nothing.
    private Error nextCreate;
    private Error nextSize;
    /// How many writes and syncs are left until one fails; 0: none fails.
    private int writesLeft;
    private int syncsLeft;
    private int changesLeft = Integer.MAX_VALUE;
    private int changes;
    private boolean tearing;
    private String unreadable;
    private long unreadableFrom;
    private long unreadableTo;
    private boolean holding;
    private int held;

    // ---- what a test can do to it

    /// Holds back the syncs of segments in use from now on, until [#releaseSync].
    public synchronized void holdSync() {
        holding = true;
    }

    public synchronized void releaseSync() {
        holding = false;
        notifyAll();
    }

    /// Waits until a sync is held back.
    public synchronized void awaitHeldSync() throws InterruptedException {
        while (held == 0) {
            wait();
        }
    }

    /// Lets the n-th write to a segment from now on fail; with `tear`, after some of its sectors were written.
    public synchronized void failWrite(int n, boolean tear) {
        writesLeft = n;
        tearing = tear;
    }

    /// Lets the n-th sync of a segment from now on fail.
    public synchronized void failSync(int n) {
        syncsLeft = n;
    }

    /// Lets everything fail after this many more changes of any kind, as if the machine had stopped then.
    public synchronized void stopAfter(int changes) {
        changesLeft = changes;
    }

    /// Returns how many changes of any kind there have been.
    public synchronized int changes() {
        return changes;
    }

    /// Lets the creation of the next file throw this, as when memory runs out.
    public synchronized void nextCreateThrows(Error error) {
        nextCreate = error;
    }

    /// Lets the next query of a file's length throw this.
    public synchronized void nextSizeThrows(Error error) {
        nextSize = error;
    }

    /// Returns whether everything that was to be thrown has been.
    public synchronized boolean hasThrown() {
        return nextCreate == null && nextSize == null;
    }

    /// Limits the disk to this many bytes.
    public synchronized void capacity(long bytes) {
        capacity = bytes;
    }

    /// Makes this part of a file unreadable from now on.
    public synchronized void failRead(String name, long from, long to) {
        unreadable = name;
        unreadableFrom = from;
        unreadableTo = to;
    }

    /// Returns what a killed process leaves: everything that was written.
    public synchronized FaultyStorage afterKill() {
        FaultyStorage copy = new FaultyStorage();
        files.forEach((name, file) -> copy.put(name, file.copy()));
        return copy;
    }

    /// Returns what a power loss may leave.
    public synchronized FaultyStorage afterPowerLoss(RandomGenerator random) {
        Map<String, File> names = new TreeMap<>(syncedFiles);
        int done = random.nextInt(directoryChanges.size() + 1);
        directoryChanges.subList(0, done).forEach(change -> change.accept(names));
        FaultyStorage copy = new FaultyStorage();
        names.forEach((name, file) -> copy.put(name, file.afterPowerLoss(random)));
        return copy;
    }

    private void put(String name, File file) {
        files.put(name, file);
        syncedFiles.put(name, file);
    }

    public synchronized byte[] bytes(String name) throws IOException {
        File file = file(name);
        return Arrays.copyOf(file.bytes, file.length);
    }

    /// Replaces a file's contents.
    public synchronized void bytes(String name, byte[] bytes) {
        File file = new File();
        file.bytes = bytes.clone();
        file.length = bytes.length;
        file.syncedLength = bytes.length;
        put(name, file);
    }

    // ---- the storage

    @Override
    public synchronized Closeable lock() throws IOException {
        if (locked) {
            throw new IOException("the directory is in use by this process");
        }
        locked = true;
        return () -> {
            synchronized (this) {
                locked = false;
            }
        };
    }

    @Override
    public synchronized List<String> list() {
        return List.copyOf(files.keySet());
    }

    @Override
    public synchronized Writable create(String name) throws IOException {
        Error error = nextCreate;
        nextCreate = null;
        if (error != null) {
            throw error;
        }
        change();
        File file = new File();
        changeDirectory(names -> names.put(name, file));
        return new Open(name, file);
    }

    @Override
    public synchronized Writable open(String name) throws IOException {
        return new Open(name, file(name));
    }

    @Override
    public synchronized long size(String name) throws IOException {
        Error error = nextSize;
        nextSize = null;
        if (error != null) {
            throw error;
        }
        return file(name).length;
    }

    @Override
    public synchronized int read(String name, long position, byte[] into, int from, int length) throws IOException {
        File file = file(name);
        int done = (int) Math.max(0, Math.min(length, file.length - position));
        if (name.equals(unreadable) && position < unreadableTo && position + done > unreadableFrom) {
            throw new IOException("Input/output error");
        }
        if (done > 0) {
            System.arraycopy(file.bytes, (int) position, into, from, done);
        }
        return done;
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        change();
        file(from);
        changeDirectory(names -> {
            // a power loss may have kept this, but not the file's creation
            File file = names.remove(from);
            if (file != null) {
                names.put(to, file);
            }
        });
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        change();
        file(name);
        changeDirectory(names -> names.remove(name));
    }

    @Override
    public synchronized void sync() throws IOException {
        change();
        directoryChanges.clear();
        syncedFiles.clear();
        syncedFiles.putAll(files);
    }

    @Override
    public synchronized long free() {
        return Math.max(0, capacity - files.values().stream().mapToLong(file -> file.length).sum());
    }

    @Override
    public String describe(String name) {
        return "memory/" + name;
    }

    private File file(String name) throws IOException {
        File file = files.get(name);
        if (file == null) {
            throw new FileNotFoundException(describe(name));
        }
        return file;
    }

    private void changeDirectory(Consumer<Map<String, File>> change) {
        change.accept(files);
        directoryChanges.add(change);
    }

    private void change() throws IOException {
        if (changesLeft <= 0) {
            throw new IOException("the disk has stopped");
        }
        changesLeft--;
        changes++;
    }

    private final class Open implements Writable {
        private final File file;
        private final boolean inUse;

        Open(String name, File file) {
            this.file = file;
            inUse = name.endsWith(".journal");
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            synchronized (FaultyStorage.this) {
                change();
                if (inUse && writesLeft > 0 && --writesLeft == 0) {
                    if (tearing) {
                        int half = (int) position + from.remaining() / 2;
                        put(from.slice(0, Math.max(0, half / SECTOR * SECTOR - (int) position)), (int) position);
                    }
                    throw new IOException("the write failed, as the test wants");
                }
                int end = (int) position + from.remaining();
                if (end - file.length > free()) {
                    throw new IOException("No space left on device");
                }
                put(from, (int) position);
            }
        }

        private void put(ByteBuffer from, int position) {
            int end = position + from.remaining();
            if (end > file.length) {
                file.resize(end);
            }
            file.touch(position, end);
            from.get(file.bytes, position, from.remaining());
        }

        @Override
        public void force() throws IOException {
            synchronized (FaultyStorage.this) {
                if (inUse) {
                    waitWhileHeld();
                }
                change();
                if (inUse && syncsLeft > 0 && --syncsLeft == 0) {
                    throw new IOException("the sync failed, as the test wants");
                }
                file.unsynced.clear();
                file.syncedLength = file.length;
            }
        }

        private void waitWhileHeld() throws IOException {
            while (holding) {
                held++;
                FaultyStorage.this.notifyAll();
                try {
                    FaultyStorage.this.wait();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                } finally {
                    held--;
                }
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (FaultyStorage.this) {
                change();
                file.resize((int) size);
            }
        }

        @Override
        public void close() {
            // nothing to do: reads and writes use the file itself
        }
    }
}
