package server.http;

import java.io.IOException;
import java.io.InputStream;

import shared.Problem;

/// A request's body as a stream, up to its limit. It counts among all bodies until it is closed, because the values
/// read from it may be in memory until then.
///
/// Room is reserved ahead, for three times what has arrived: of two large bodies that do not fit together, one learns
/// it early and the other comes through.
final class BodyStream extends InputStream {

    private static final int FIRST_BYTES = 64 << 10;

    private final InputStream in;
    private final Bodies bodies;
    private final long announced;
    private final int max;
    private final String what;
    private int length;
    private int room;
    private boolean ended;

    /// @param announced the `Content-Length`; -1 if it is not known
    /// @param max       the limit, in bytes
    /// @param what      what the limit belongs to, for the error message
    BodyStream(InputStream in, Bodies bodies, long announced, int max, String what) {
        this.in = in;
        this.bodies = bodies;
        this.announced = announced;
        this.max = max;
        this.what = what;
    }

    /// Returns whether all of it was read.
    boolean ended() {
        return ended;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /// @throws Problem 400 if the body breaks off, 408 if it arrives too slowly, 413 beyond the limit, 503 if there is
    ///                 no room
    @Override
    public int read(byte[] into, int from, int most) {
        int count = Bodies.read(in, into, from, most);
        if (count < 0) {
            ended = true;
            return -1;
        }
        if (count > max - length) {
            throw Bodies.tooLarge(max, what);
        }
        length += count;
        if (length > room) {
            // a body of unknown length must not request more room than can ever exist
            long end = announced < 0 ? Math.clamp(bodies.bytesMax(), length, max) : announced;
            int more = (int) Math.min(Math.max(FIRST_BYTES, 4L * length), end) - room;
            bodies.take(more);
            room += more;
        }
        return count;
    }

    @Override
    public void close() {
        bodies.giveBack(room);
        room = 0;
    }
}
