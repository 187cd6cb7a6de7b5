package server.journal.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class FileStorageTest {

    @TempDir
    Path directory;

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    /// The umask of those who run tests is 022, as almost everywhere.
    @Test
    void create_directoryAndFiles_areTheOwnersOnly() throws Exception {
        Path data = directory.resolve("a/data");
        FileStorage storage = new FileStorage(data);
        storage.create("0000000001.journal").close();
        try (AutoCloseable lock = storage.lock()) {
            assertEquals("rw-------", permissions(data.resolve("lock")), lock::toString);
        }
        assertEquals("rwx------", permissions(data));
        assertEquals("rw-------", permissions(data.resolve("0000000001.journal")));
    }

    @Test
    void file_failure_namesIt() throws Exception {
        Storage.Writable file = new FileStorage(directory).create("x.journal");
        file.close();
        for (Executable use : List.<Executable>of(() -> file.truncate(0), file::force,
                () -> file.write(ByteBuffer.allocate(1), 0))) {
            String message = assertThrows(IOException.class, use).getMessage();
            assertTrue(message.startsWith("cannot ") && message.contains(directory + "/x.journal: "), message);
        }
    }

    @Test
    void lock_tellsWhetherVersion01HadTheDirectory() throws Exception {
        FileStorage storage = new FileStorage(directory);
        storage.lock().close();
        assertFalse(storage.isOfVersion01());
        storage.lock().close();
        assertFalse(storage.isOfVersion01());
        Files.writeString(directory.resolve("lock"), "123\n");
        try (AutoCloseable lock = storage.lock()) {
            assertTrue(storage.isOfVersion01(), lock::toString);
            assertEquals(ProcessHandle.current().pid() + "\n0.2\n", Files.readString(directory.resolve("lock")));
        }
        storage.lock().close();
        assertFalse(storage.isOfVersion01());
    }

    @Test
    void open_directoryOfBefore_keepsItsPermissions() throws Exception {
        Path data = Files.createDirectory(directory.resolve("open"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
        new FileStorage(data).lock().close();
        assertEquals("rwxr-xr-x", permissions(data));
        assertEquals(Set.of("lock"), Set.of(data.toFile().list()));
    }
}
