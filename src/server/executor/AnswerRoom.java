package server.executor;

import java.util.concurrent.atomic.AtomicLong;

import server.executor.Outcome.Cause;

/// The memory that the answers which are being read may take together: an answer is held several times over while it
/// is read, put together and written, and without a bound a few large ones end the server. For any thread.
public final class AnswerRoom {

    /// Bounds nothing.
    public static final AnswerRoom UNBOUNDED = new AnswerRoom(Long.MAX_VALUE);

    /// While it is put together and written, an answer takes several times its length.
    private static final int COPIES = 8;

    private final long max;
    private final AtomicLong taken = new AtomicLong();

    /// @param bytesMax of all answers together
    public AnswerRoom(long bytesMax) {
        max = bytesMax;
    }

    /// Returns the room that a heap of the JVM's size has.
    public static AnswerRoom ofHeap() {
        return new AnswerRoom(Runtime.getRuntime().maxMemory() / COPIES);
    }

    /// Returns the part of one attempt, empty at first. Close it once the attempt's outcome is on record.
    public Portion share() {
        return new Portion();
    }

    /// What one attempt takes. For its thread.
    public final class Portion implements AutoCloseable {

        private long held;
        private long line;
        private long answer;

        private Portion() {
        }

        /// Takes what the buffer of a line needs.
        ///
        /// @throws HostFailure as [#answer] does
        public void line(long bytes, String host) throws HostFailure {
            line = bytes;
            take(host);
        }

        /// Takes what has come of the answer.
        ///
        /// @param bytes all of it so far
        /// @throws HostFailure final if it would not fit alone; without using up the attempt if others leave no room
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
                        + ", which is what this server's heap has room for: give it more with -Xmx in "
                        + "OLLAMA_QUEUE_JAVA_OPTS");
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
