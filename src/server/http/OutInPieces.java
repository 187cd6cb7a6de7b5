package server.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Writes an answer in pieces, because `jdk.httpserver` copies each write into a buffer of twice its size and keeps
/// that buffer as long as the connection: each idle connection could hold twice its largest answer.
final class OutInPieces extends FilterOutputStream {

    private static final int PIECE_BYTES = 32 << 10;

    OutInPieces(OutputStream out) {
        super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        for (int done = 0; done < length; done += PIECE_BYTES) {
            out.write(bytes, from + done, Math.min(PIECE_BYTES, length - done));
        }
    }

    /// Closes the stream below, which flushes itself, and throws what that throws.
    @Override
    public void close() throws IOException {
        out.close();
    }
}
