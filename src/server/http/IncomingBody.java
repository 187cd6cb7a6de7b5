package server.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A request's body as `jdk.httpserver` reads it, except for trailer fields after the last chunk: the JDK's reader
/// throws there although it knows that the body has ended. Trailer fields have no meaning here, so the body ends
/// normally.
final class IncomingBody extends FilterInputStream {

    /// The JDK reader's message if the empty line after a chunk is missing.
    private static final String CHUNK_END = "invalid chunk end";

    private final SlowRequests.Arriving arriving;
    private boolean trailers;
    private volatile boolean ended;

    IncomingBody(InputStream in, SlowRequests.Arriving arriving) {
        super(in);
        this.arriving = arriving;
    }

    /// Returns whether unread trailer fields follow. Then the connection can only be closed, without ending the
    /// exchange, because the JDK's server would wait for the end of the request.
    boolean trailers() {
        return trailers;
    }

    /// Returns whether all of it was read.
    boolean ended() {
        return ended;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /// Locked, because one thread may pass the body on while another one discards the rest.
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
