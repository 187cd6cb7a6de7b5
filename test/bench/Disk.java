package bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The time that the disk itself takes.
final class Disk implements AutoCloseable {

    private static final int RECORD = 512;
    private static final int SIZE = 8 << 20;

    private final FileChannel file;
    private final ByteBuffer record = ByteBuffer.allocateDirect(RECORD);
    private long at;

    Disk(Path path) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        prepare(file, SIZE);
    }

    /// Writes this many bytes and syncs them, so that later writes find their space.
    static void prepare(FileChannel file, int size) throws IOException {
        ByteBuffer block = ByteBuffer.allocateDirect(1 << 20);
        for (long done = 0; done < size; done += block.capacity()) {
            file.write(block.clear(), done);
        }
        file.force(true);
    }

    /// The median of this many durable writes of 512 bytes into prepared space, in microseconds.
    double sync(int times) throws IOException {
        Figures figures = new Figures();
        for (int i = 0; i < times; i++) {
            long begun = System.nanoTime();
            file.write(record.clear(), at);
            file.force(false);
            figures.add((System.nanoTime() - begun) / 1e3);
            at = (at + RECORD) % SIZE;
        }
        return figures.median();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
