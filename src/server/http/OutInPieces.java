package server.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// An answer's way out, in pieces: `jdk.httpserver` copies what it is given into a buffer of twice the size, and keeps
/// that as long as the connection, so that each idle one could hold the double of its largest answer.
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

    /// Throws what the flush of the last bytes threw, as the stream below does.
    @Override
    public void close() throws IOException {
        out.close();
    }
}
