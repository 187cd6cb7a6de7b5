package server.http;

import java.io.IOException;
import java.io.InputStream;

import shared.Problem;

/// A request's body as it comes, up to its limit, counted among all bodies until it is closed: so long what was made of
/// it may be in memory.
///
/// Room is taken ahead, for three times what has come: of two large bodies for which there is no room together one
/// learns it early, and the other one comes through.
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

    /// @param announced how many bytes there will be; -1 if that is not known
    /// @param max       the limit, in bytes, which belongs to `what`
    BodyStream(InputStream in, Bodies bodies, long announced, int max, String what) {
        this.in = in;
        this.bodies = bodies;
        this.announced = announced;
        this.max = max;
        this.what = what;
    }

    /// Whether all of it was read.
    boolean ended() {
        return ended;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /// @throws Problem 400 for a body that breaks off, 413 beyond the limit, 503 where there is no room for it
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
            // one that does not tell its length must not ask for more than there could ever be
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
