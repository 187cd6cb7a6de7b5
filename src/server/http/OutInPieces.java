package server.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Writes an answer in pieces, because `jdk.httpserver` copies each write into a buffer of twice its size and keeps
/// that buffer as long as the connection: each idle connection could hold twice its largest answer. Knows how long its
/// client has taken nothing. Used by the thread that created it.
final class OutInPieces extends FilterOutputStream {

    private static final int PIECE_BYTES = 32 << 10;

    private final Thread thread = Thread.currentThread();
    /// When the current write began, by System.nanoTime; 0 if none is in progress.
    private volatile long writingSince;

    OutInPieces(OutputStream out) {
        super(out);
    }

    private interface Step {
        void run() throws IOException;
    }

    private void timed(Step step) throws IOException {
        writingSince = System.nanoTime();
        try {
            step.run();
        } finally {
            writingSince = 0;
        }
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        for (int done = 0; done < length; done += PIECE_BYTES) {
            int next = from + done;
            int count = Math.min(PIECE_BYTES, length - done);
            timed(() -> out.write(bytes, next, count));
        }
    }

    @Override
    public void flush() throws IOException {
        timed(out::flush);
    }

    /// Closes the stream below, which flushes itself, and throws what that throws.
    @Override
    public void close() throws IOException {
        timed(out::close);
    }

    /// Breaks the answer off if its client has taken nothing for this long. May be called by any thread.
    void endIfStuck(long nanos) {
        long since = writingSince;
        if (since != 0 && System.nanoTime() - since > nanos) {
            thread.interrupt();
        }
    }
}
