package server.executor;

import java.util.concurrent.atomic.AtomicLong;

import server.executor.Outcome.Cause;

/// The memory that all answers being read may take together: an answer is in memory several times while it is read,
/// assembled and written, and without a limit a few large ones would end the server. For any thread.
public final class AnswerRoom {

    /// Has no limit.
    public static final AnswerRoom UNBOUNDED = new AnswerRoom(Long.MAX_VALUE);

    /// While it is assembled and written, an answer takes several times its length.
    private static final int COPIES = 8;

    private final long max;
    private final AtomicLong taken = new AtomicLong();

    /// @param bytesMax of all answers together
    public AnswerRoom(long bytesMax) {
        max = bytesMax;
    }

    /// Returns the room that the JVM's heap allows.
    public static AnswerRoom ofHeap() {
        return new AnswerRoom(Runtime.getRuntime().maxMemory() / COPIES);
    }

    /// Returns one attempt's portion, empty at first. Close it once the attempt's outcome is recorded.
    public Portion share() {
        return new Portion();
    }

    /// The memory that one attempt takes. For its thread.
    public final class Portion implements AutoCloseable {

        private long held;
        private long line;
        private long answer;

        private Portion() {
        }

        /// Reserves the memory for a line's buffer.
        ///
        /// @throws HostFailure as [#answer] does
        public void line(long bytes, String host) throws HostFailure {
            line = bytes;
            take(host);
        }

        /// Reserves the memory for the answer so far.
        ///
        /// @param bytes its length so far
        /// @throws HostFailure final if it would not fit even alone; without using up the attempt if others leave no
        ///         room
        public void answer(long bytes, String host) throws HostFailure {
            answer = bytes;
            take(host);
        }

        private void take(String host) throws HostFailure {
            long more = Math.max(line, answer) - held;
            if (more <= 0) {
                return;
            }
            if (held + more > max) {
                throw new HostFailure(Cause.FINAL, host + " sent an answer larger than " + Limits.shown((int) max)
                        + ", all that this server's heap has room for: raise -Xmx in OLLAMA_QUEUE_JAVA_OPTS");
            }
            if (taken.addAndGet(more) > max) {
                taken.addAndGet(-more);
                throw new HostFailure(Cause.OWN, "no memory is left for the answer of " + host
                        + " in addition to the others'");
            }
            held += more;
        }

        @Override
        public void close() {
            taken.addAndGet(-held);
            held = 0;
        }
    }
}
