package server.journal.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;


/// The files under a journal: one flat directory. It is small so that a test can make every part of it fail.
///
/// Reads name the file each time and go through nothing that the writer holds: an interrupted reader must not be able
/// to close a channel under the writer.
public interface Storage {

    /// Takes the directory for this process; closing the answer gives it back.
    ///
    /// @throws IOException naming the process that has it, if it is taken
    Closeable lock() throws IOException;

    /// Returns the names of all files, in no order, also of those that are not the journal's; not the lock's.
    List<String> list() throws IOException;

    /// Makes an empty file, in the place of one that is there.
    Writable create(String name) throws IOException;

    /// Opens a file that is there.
    Writable open(String name) throws IOException;

    /// Returns the length of a file, in bytes.
    long size(String name) throws IOException;

    /// Reads until `length` bytes are there or the file ends. Not disturbed by an interrupt.
    ///
    /// @return the number of bytes read
    int read(String name, long position, byte[] into, int from, int length) throws IOException;

    /// Renames, atomically, in the place of a file that is there. Durable after [#sync].
    void rename(String from, String to) throws IOException;

    /// Deletes a file. Durable after [#sync].
    void delete(String name) throws IOException;

    /// Makes the directory itself durable: what was created, renamed and deleted.
    void sync() throws IOException;

    /// Returns bytes that can still be stored.
    long free() throws IOException;

    /// Returns the file's name as a person can use it.
    String describe(String name);

    /// A file being written, by one thread at a time.
    interface Writable extends AutoCloseable {

        /// Writes all that remains in the buffer.
        void write(ByteBuffer from, long position) throws IOException;

        /// Returns once what was written, and the file's length, is on the disk. Never called again after a failure.
        void force() throws IOException;

        /// Cuts the file off behind this many bytes.
        void truncate(long size) throws IOException;

        @Override
        void close() throws IOException;
    }
}
