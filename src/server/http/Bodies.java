package server.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

import shared.Problem;
import shared.json.JsonReader;

/// The bodies in memory. Those of requests are read here: each up to its limit, and all together up to theirs, counted
/// as the bytes come, so that who announces much and sends nothing takes no room from others. Answers that wait to be
/// taken count too: who asks for much and reads nothing must not fill the memory either.
public final class Bodies {

    /// What a body may take at first, in bytes; it grows from there.
    private static final int FIRST_BYTES = 64 << 10;

    private final long bytesMax;
    private final int depthMax;
    private final AtomicLong room;

    /// @param bytesMax all together
    /// @param depthMax how deep the JSON in one may nest
    Bodies(long bytesMax, int depthMax) {
        this.bytesMax = bytesMax;
        this.depthMax = depthMax;
        room = new AtomicLong(bytesMax);
    }

    /// A body in memory. Give its room back with [#release] once it is not needed any more.
    ///
    /// @param bytes may be longer than the body
    public record Body(byte[] bytes, int length, int depthMax) {

        /// Returns the body as a JSON text.
        public JsonReader json() {
            return json(0, length);
        }

        JsonReader json(int from, int to) {
            return new JsonReader(bytes, from, to, depthMax);
        }
    }

    /// Returns how many bytes all bodies take now.
    public long used() {
        return bytesMax - room.get();
    }

    /// @param announced the `Content-Length`; -1 if the body comes in chunks
    /// @param max       the limit, in bytes, which belongs to `what`
    Body read(InputStream in, long announced, int max, String what) {
        if (announced > max) {
            throw tooLarge(max, what);
        }
        int first = announced < 0 ? Math.min(FIRST_BYTES / 8, max + 1) : (int) Math.min(FIRST_BYTES, announced);
        take(first);
        int taken = first;
        int length = 0;
        try {
            byte[] bytes = new byte[first];
            for (;;) {
                int count = length == bytes.length ? 0 : read(in, bytes, length, bytes.length - length);
                if (count < 0 || length + count == announced) {
                    return new Body(bytes, length + Math.max(count, 0), depthMax);
                }
                length += count;
                if (length > max) {
                    throw tooLarge(max, what);
                }
                if (length == bytes.length) {
                    // fourfold, because each growing copies what is there
                    int more = (int) Math.min(3L * length, (announced < 0 ? max + 1L : announced) - length);
                    take(more);
                    taken += more;
                    bytes = Arrays.copyOf(bytes, length + more);
                }
            }
        } catch (RuntimeException | Error refused) {
            // also where there is less memory than was counted
            giveBack(taken);
            throw refused;
        }
    }

    /// The body's bytes as they come. Close it to give their room back.
    BodyStream open(InputStream in, long announced, int max, String what) {
        if (announced > max) {
            throw tooLarge(max, what);
        }
        return new BodyStream(in, this, announced, max, what);
    }

    /// What all together may take.
    long bytesMax() {
        return bytesMax;
    }

    /// Reads as [InputStream#read(byte[], int, int)] does.
    ///
    /// @throws Problem 400 for a body that breaks off, 408 for one that comes too slowly
    static int read(InputStream in, byte[] into, int from, int most) {
        try {
            return in.read(into, from, most);
        } catch (Problem late) {
            throw late;
        } catch (IOException | RuntimeException broken) {
            // jdk.httpserver throws both for a body that is not well formed
            throw Problem.badRequest("the request's body ended early, or its chunks are not well formed");
        }
    }

    void release(Body body) {
        giveBack(body.bytes().length);
    }

    /// Takes this many bytes of the room for bodies; [#giveBack] returns them.
    ///
    /// @throws Problem 503 if there is no room for so much; but an answer larger than all room may go when alone
    public void take(int bytes) {
        if (room.getAndAdd(-bytes) < Math.min(bytes, bytesMax)) {
            giveBack(bytes);
            throw new Problem(503, "the requests and answers in memory hold " + bytesMax
                    + " bytes together, which is the limit; try again in a moment");
        }
    }

    /// Gives bytes back that [#take] took.
    public void giveBack(int bytes) {
        room.addAndGet(bytes);
    }

    static Problem tooLarge(int max, String what) {
        return new Problem(413, "the body is too large: " + what + " may have " + max + " bytes");
    }
}
