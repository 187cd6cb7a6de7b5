package server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import shared.Problem;
import shared.json.JsonReader;
import shared.json.Slice;

/// The memory that bodies take. Reads the bodies of requests, each up to its limit, and all together up to a common
/// limit. Bytes are counted as they arrive, so a client that announces much and sends nothing takes no room from
/// others. Answers that their clients have not taken yet count too, so that a client that requests much and reads
/// nothing cannot fill the memory. If there is no room, the answers whose clients take nothing are broken off.
public final class Bodies {

    /// The largest initial buffer of a body, in bytes; it grows from there.
    private static final int FIRST_BYTES = 64 << 10;

    /// After this long in which its client took nothing, an answer may be broken off to make room.
    private static final Duration STUCK = Duration.ofMinutes(1);

    private final long bytesMax;
    private final int depthMax;
    private final Duration stuck;
    private final AtomicLong room;
    /// The answers that are being written.
    private final Set<OutInPieces> answers = ConcurrentHashMap.newKeySet();

    /// @param bytesMax limit of all together
    /// @param depthMax how deep the JSON in one may nest
    Bodies(long bytesMax, int depthMax) {
        this(bytesMax, depthMax, STUCK);
    }

    Bodies(long bytesMax, int depthMax, Duration stuck) {
        this.stuck = stuck;
        this.bytesMax = bytesMax;
        this.depthMax = depthMax;
        room = new AtomicLong(bytesMax);
    }

    /// A body in memory. Its room must be returned with [#release] when it is no longer needed.
    ///
    /// @param bytes may be longer than the body
    public record Body(byte[] bytes, int length, int depthMax) {

        /// Returns the body's bytes.
        public Slice slice() {
            return new Slice(bytes, 0, length);
        }

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

    /// Reads a whole body.
    ///
    /// @param announced the `Content-Length`; -1 if the body comes in chunks
    /// @param max       the limit, in bytes
    /// @param what      what the limit belongs to, for the error message
    /// @throws Problem 400 if the body breaks off, 408 if it arrives too slowly, 413 if it is too large, 503 if there
    ///                 is no room
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
                    // fourfold, because each growth copies the bytes so far
                    int more = (int) Math.min(3L * length, (announced < 0 ? max + 1L : announced) - length);
                    take(more);
                    taken += more;
                    bytes = Arrays.copyOf(bytes, length + more);
                }
            }
        } catch (RuntimeException | Error refused) {
            // also if the heap has less memory than was counted
            giveBack(taken);
            throw refused;
        }
    }

    /// Returns the body as a stream, which must be closed to return its room. The parameters are those of [#read].
    ///
    /// @throws Problem 413 if the announced length is too large
    BodyStream open(InputStream in, long announced, int max, String what) {
        if (announced > max) {
            throw tooLarge(max, what);
        }
        return new BodyStream(in, this, announced, max, what);
    }

    /// Returns the limit of all bodies together, in bytes.
    long bytesMax() {
        return bytesMax;
    }

    /// Reads as [InputStream#read(byte[], int, int)] does.
    ///
    /// @throws Problem 400 if the body breaks off, 408 if it arrives too slowly
    static int read(InputStream in, byte[] into, int from, int most) {
        try {
            return in.read(into, from, most);
        } catch (Problem late) {
            throw late;
        } catch (IOException | RuntimeException broken) {
            // jdk.httpserver throws both if a body is malformed
            throw Problem.badRequest("the request's body ended early, or its chunks are not well formed");
        }
    }

    /// Returns an output for an answer, which must be passed to [#written] in the end.
    OutInPieces answer(OutputStream out) {
        OutInPieces answer = new OutInPieces(out);
        answers.add(answer);
        return answer;
    }

    void written(OutInPieces answer) {
        answers.remove(answer);
    }

    void release(Body body) {
        giveBack(body.bytes().length);
    }

    /// Reserves this many bytes for a body or an answer; [#giveBack] returns them.
    ///
    /// @throws Problem 503 if there is not enough room; but an answer larger than the whole limit passes when it is
    ///                 alone
    public void take(int bytes) {
        if (room.getAndAdd(-bytes) < Math.min(bytes, bytesMax)) {
            giveBack(bytes);
            answers.forEach(answer -> answer.endIfStuck(stuck.toNanos()));
            throw new Problem(503, "the requests and answers in memory hold " + bytesMax
                    + " bytes together, which is the limit; try again in a moment");
        }
    }

    /// Returns bytes that [#take] reserved.
    public void giveBack(int bytes) {
        room.addAndGet(bytes);
    }

    static Problem tooLarge(int max, String what) {
        return new Problem(413, "the body is too large: " + what + " may have " + max + " bytes");
    }
}
