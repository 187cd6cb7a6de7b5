package server.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A request's body as `jdk.httpserver` reads it, but for trailer fields behind its chunks: there the JDK's reader
/// knows that the body has ended and throws nevertheless. They mean nothing here, so the body ends well.
final class IncomingBody extends FilterInputStream {

    /// What the JDK's reader says where the empty line behind a chunk is missing.
    private static final String CHUNK_END = "invalid chunk end";

    private final SlowRequests.Arriving arriving;
    private boolean trailers;
    private volatile boolean ended;

    IncomingBody(InputStream in, SlowRequests.Arriving arriving) {
        super(in);
        this.arriving = arriving;
    }

    /// Whether fields follow that nobody has read: the connection can only be closed, without a word to the JDK's
    /// server, which waits for the end of the request.
    boolean trailers() {
        return trailers;
    }

    /// Whether all of it was read.
    boolean ended() {
        return ended;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /// One thread at a time: what passes a body on and what drops its rest are two.
    @Override
    public synchronized int read(byte[] into, int from, int most) throws IOException {
        int count = readOn(into, from, most);
        ended |= count < 0;
        return count;
    }

    private int readOn(byte[] into, int from, int most) throws IOException {
        arriving.waits();
        try {
            return trailers ? -1 : super.read(into, from, most);
        } catch (IOException broken) {
            trailers = CHUNK_END.equals(broken.getMessage()) && isAtEnd();
            if (trailers) {
                return -1;
            }
            throw broken;
        } finally {
            arriving.waited();
        }
    }

    private boolean isAtEnd() {
        try {
            return in.read() < 0;
        } catch (IOException | RuntimeException broken) {
            return false;
        }
    }
}
