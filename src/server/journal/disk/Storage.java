package server.journal.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;


/// The files of a journal, in one flat directory. The interface is small so that a test can make every part of it fail.
///
/// Reads name the file each time and share nothing with the writer: an interrupted reader must not be able to close a
/// channel that the writer uses.
public interface Storage {

    /// Locks the directory for this process, until the result is closed.
    ///
    /// @throws IOException that names the process that holds the lock, if another one does
    Closeable lock() throws IOException;

    /// Returns the names of all files, in no order, including those that are not the journal's, but not the lock.
    List<String> list() throws IOException;

    /// Creates an empty file, replacing an existing one.
    Writable create(String name) throws IOException;

    /// Opens an existing file.
    Writable open(String name) throws IOException;

    /// Returns the length of a file, in bytes.
    long size(String name) throws IOException;

    /// Reads until `length` bytes have been read or the file ends. An interrupt does not disturb it.
    ///
    /// @return the number of bytes read
    int read(String name, long position, byte[] into, int from, int length) throws IOException;

    /// Renames a file atomically, replacing an existing one. Durable after [#sync].
    void rename(String from, String to) throws IOException;

    /// Deletes a file. Durable after [#sync].
    void delete(String name) throws IOException;

    /// Makes the directory itself durable: creations, renames and deletions.
    void sync() throws IOException;

    /// Returns how many bytes can still be stored.
    long free() throws IOException;

    /// Returns the file's name for people, with its directory.
    String describe(String name);

    /// A file being written, by one thread at a time.
    interface Writable extends AutoCloseable {

        /// Writes everything that remains in the buffer.
        void write(ByteBuffer from, long position) throws IOException;

        /// Returns once everything that was written, and the file's length, is on the disk. Never called again after a
        /// failure.
        void force() throws IOException;

        /// Truncates the file to this many bytes.
        void truncate(long size) throws IOException;

        @Override
        void close() throws IOException;
    }
}
