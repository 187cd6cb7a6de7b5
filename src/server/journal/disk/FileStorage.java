package server.journal.disk;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import shared.LogValue;


/// A directory in the file system.
public final class FileStorage implements Storage {

    private static final Logger LOG = System.getLogger(FileStorage.class.getName());
    private static final String LOCK = "lock";
    /// Follows the process id in the lock file since version 0.2.
    private static final String VERSION = "\n0.2\n";
    private static final int LOCK_MAX = 64;

    /// The JDK copies what it reads through a native buffer; a larger one would be allocated and freed for each call.
    private static final int READ_MAX = 64 << 10;

    /// The directories locked by this process. A file lock belongs to the process, and closing *any* descriptor of the
    /// file drops it. So a second user in the same process must be refused before it opens the file, and only a
    /// process-wide set makes that possible.
    private static final Set<Path> LOCKED = ConcurrentHashMap.newKeySet();

    /// The system's messages where a file system cannot sync a directory, such as CIFS, 9p, virtiofs and some FUSE
    /// ones: it makes names durable itself, or nobody can.
    private static final Set<String> CANNOT_SYNC = Set.of("Invalid argument", "Bad file descriptor",
            "Operation not supported", "Function not implemented");

    private final Path directory;
    private volatile boolean ofVersion01;
    private final AtomicBoolean warned = new AtomicBoolean();

    /// @param directory created if it does not exist
    /// @throws IOException that says what is wrong with it
    public FileStorage(Path directory) throws IOException {
        this.directory = directory.toAbsolutePath().normalize();
        try {
            Files.createDirectories(this.directory, owners("rwx------"));
        } catch (IOException e) {
            throw new IOException("cannot use data directory " + this.directory + ": " + FileReason.of(e), e);
        }
    }

    /// Returns attributes that give only the owner access, whatever the umask, because files contain prompts and
    /// answers. Returns none if the file system has no such permissions.
    private FileAttribute<?>[] owners(String permissions) {
        return directory.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(
                        PosixFilePermissions.fromString(permissions))}
                : new FileAttribute<?>[0];
    }

    /// Warns about a directory that others can read: one made by someone else, or by an older version, keeps its
    /// permissions.
    private void warnIfOpen(Path real) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(real, PosixFileAttributeView.class);
        String permissions = view == null ? "" : PosixFilePermissions.toString(view.readAttributes().permissions());
        if (!permissions.isEmpty() && !permissions.endsWith("---")) {
            LOG.log(Level.WARNING, () -> "event=data_directory_open directory=" + LogValue.of(real)
                    + " permissions=" + permissions
                    + " hint=\"others can read prompts and answers: chmod 700\"");
        }
    }

    @Override
    public Closeable lock() throws IOException {
        Path real = directory.toRealPath();
        warnIfOpen(real);
        if (!LOCKED.add(real)) {
            throw new IOException(inUse("this process, pid " + ProcessHandle.current().pid()));
        }
        FileChannel channel = null;
        try {
            channel = locked(real.resolve(LOCK));
        } finally {
            if (channel == null) {
                LOCKED.remove(real);
            }
        }
        FileChannel held = channel;
        return () -> {
            held.close();
            LOCKED.remove(real);
        };
    }

    /// Returns whether the process that locked the directory before this one was version 0.1.
    public boolean isOfVersion01() {
        return ofVersion01;
    }

    private FileChannel locked(Path file) throws IOException {
        boolean mine = false;
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ,
                    StandardOpenOption.WRITE), owners("rw-------"));
            mine = channel.tryLock() != null;
            if (mine) {
                // read through this channel: closing another one would drop the lock
                ByteBuffer before = ByteBuffer.allocate(LOCK_MAX);
                ofVersion01 = channel.read(before, 0) > 0 && !new String(before.array(), 0, before.position(),
                        StandardCharsets.US_ASCII).endsWith(VERSION);
                byte[] pid = (ProcessHandle.current().pid() + VERSION).getBytes(StandardCharsets.US_ASCII);
                channel.write(ByteBuffer.wrap(pid), 0);
                channel.truncate(pid.length);
                return channel;
            }
        } catch (IOException e) {
            mine = false;
            throw new IOException("cannot lock data directory " + directory + ": " + file + ": " + FileReason.of(e)
                    + "; it must be a directory that can be written to", e);
        } finally {
            if (channel != null && !mine) {
                channel.close();
            }
        }
        String pid = Files.readString(file).replace(VERSION, "").strip();
        throw new IOException(inUse(pid.isEmpty() ? "another process" : "the server with pid " + pid));
    }

    private String inUse(String whose) {
        return "data directory " + directory + " is in use by " + whose
                + "; stop it first, or choose another directory with --data-dir";
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            // the lock file must not be opened, and opening anything but a regular file might block
            return files.filter(Files::isRegularFile).map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(LOCK)).toList();
        }
    }

    @Override
    public Writable create(String name) throws IOException {
        return channel(name, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
    }

    @Override
    public Writable open(String name) throws IOException {
        return channel(name, StandardOpenOption.WRITE);
    }

    private Writable channel(String name, OpenOption... options) throws IOException {
        Path file = directory.resolve(name);
        return new Channel(file, FileChannel.open(file, Set.of(options), owners("rw-------")));
    }

    @Override
    public long size(String name) throws IOException {
        return Files.size(directory.resolve(name));
    }

    @Override
    public int read(String name, long position, byte[] into, int from, int length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(directory.resolve(name).toFile(), "r")) {
            file.seek(position);
            int done = 0;
            while (done < length) {
                int more = file.read(into, from + done, Math.min(length - done, READ_MAX));
                if (more < 0) {
                    break;
                }
                done += more;
            }
            return done;
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.delete(directory.resolve(name));
    }

    @Override
    public void sync() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            if (!CANNOT_SYNC.contains(FileReason.of(e))) {
                throw new IOException("cannot sync directory " + directory + ": " + FileReason.of(e), e);
            }
            if (!warned.getAndSet(true)) {
                LOG.log(Level.WARNING, () -> "event=directory_sync_unsupported directory=" + LogValue.of(directory)
                        + " reason=" + LogValue.of(FileReason.of(e))
                        + " hint=\"a power failure may cost the newest file there\"");
            }
        }
    }

    @Override
    public long free() throws IOException {
        // a FileStore needs a descriptor, and fails with "Mount point not found" where there is none
        long free = directory.toFile().getUsableSpace();
        if (free == 0 && !Files.isDirectory(directory)) {
            throw new IOException("there is no directory " + directory);
        }
        return free;
    }

    @Override
    public String describe(String name) {
        return directory.resolve(name).toString();
    }

    private record Channel(Path file, FileChannel channel) implements Writable {

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            for (long at = position; from.hasRemaining(); ) {
                try {
                    at += channel.write(from, at);
                } catch (IOException e) {
                    throw failed("write", e);
                }
            }
        }

        @Override
        public void force() throws IOException {
            try {
                // an fdatasync, which includes the length if that changed
                channel.force(false);
            } catch (IOException e) {
                throw failed("sync", e);
            }
        }

        /// Names the file, which the system's message does not.
        private IOException failed(String what, IOException e) {
            return new IOException("cannot " + what + " " + file + ": " + FileReason.of(e), e);
        }

        @Override
        public void truncate(long size) throws IOException {
            try {
                channel.truncate(size);
            } catch (IOException e) {
                throw failed("cut", e);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
