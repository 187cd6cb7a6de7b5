package server.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

import server.clock.Rounds;
import shared.Problem;

/// Ends requests that arrive too slowly. `jdk.httpserver` has only one time limit for all requests, which must be long
/// enough for the largest upload.
///
/// A thread that waits for bytes returns only if it is interrupted, which closes its connection. So the client is told
/// first.
final class SlowRequests implements AutoCloseable {

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Duration time;
    private final LongSupplier nanoTime;
    /// Keyed by the thread that has the request.
    private final Map<Thread, Arriving> arriving = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private final Rounds rounds = new Rounds("slow-requests", LOOK_EVERY, this::look, () -> !closed);

    /// @param time limit for the head of a request to arrive, and then for its body
    SlowRequests(Duration time, LongSupplier nanoTime) {
        this.time = time;
        this.nanoTime = nanoTime;
    }

    /// A request that is being read.
    final class Arriving {

        // all fields are guarded by this object's lock
        private long endAt = nanoTime.getAsLong() + time.toNanos();
        /// The time limit of each read, in nanoseconds; 0: all reads share one limit.
        private long silence;
        /// The thread that waits for bytes now; null: none.
        private Thread reader;
        /// Tells the client that the request is late; null: it can no longer be told.
        private Runnable tell;
        private boolean isLate;
        /// The thread that tells the client; null until then.
        private Thread telling;

        private synchronized void head(Thread thread) {
            reader = thread;
        }

        /// Notes that the head has arrived, and starts the time limit again.
        synchronized void body(Runnable newTell) {
            reader = null;
            tell = newTell;
            endAt = nanoTime.getAsLong() + time.toNanos();
            if (isLate) {
                // the head arrived at the last moment
                isLate = false;
                Thread.interrupted();
            }
        }

        /// Replaces the time limit by one for each single read.
        synchronized void silence(Duration max) {
            silence = max.toNanos();
        }

        /// Notes that the answer was sent, and limits the time for the rest of the request.
        synchronized void answered(Duration left) {
            tell = null;
            endAt = nanoTime.getAsLong() + left.toNanos();
        }

        /// Notes that the calling thread begins to wait for bytes.
        ///
        /// @throws Problem 408 if the time limit has passed
        synchronized void waits() {
            long now = nanoTime.getAsLong();
            endAt = silence == 0 ? endAt : now + silence;
            if (now - endAt >= 0) {
                throw new Problem(408, "the request did not arrive within " + time.toSeconds() + " s");
            }
            reader = Thread.currentThread();
        }

        /// Notes that it no longer waits.
        ///
        /// @throws IOException if the time limit passed meanwhile; the client was told
        void waited() throws IOException {
            Thread last;
            synchronized (this) {
                reader = null;
                last = telling;
            }
            if (last != null) {
                try {
                    last.join(LAST_WORDS);
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                }
            }
            checkLate();
        }

        synchronized void checkLate() throws IOException {
            if (isLate) {
                throw new IOException("the request arrived too slowly");
            }
        }

        private synchronized void look() {
            long late = nanoTime.getAsLong() - endAt;
            if (reader == null || late < 0) {
                return;
            }
            if (tell == null || isLate && late > time.toNanos()) {
                isLate = true;
                reader.interrupt();
            } else if (!isLate) {
                isLate = true;
                // not on this thread: the client may not read either
                Runnable words = tell;
                telling = Thread.ofVirtual().name("late").start(() -> end(words));
            }
        }

        private void end(Runnable words) {
            words.run();
            synchronized (this) {
                if (reader != null) {
                    reader.interrupt();
                }
            }
        }
    }

    void start() {
        rounds.begin();
    }

    /// Returns an executor that watches the requests that `threads` runs, one per task, from the first byte of the head
    /// on.
    Executor watched(Executor threads) {
        return request -> threads.execute(() -> {
            current().head(Thread.currentThread());
            try {
                request.run();
            } finally {
                ended();
            }
        });
    }

    /// Returns the request of the calling thread.
    Arriving current() {
        return arriving.computeIfAbsent(Thread.currentThread(), thread -> new Arriving());
    }

    /// Notes that the calling thread has finished its request.
    void ended() {
        arriving.remove(Thread.currentThread());
    }

    /// Checks all requests once.
    void look() {
        arriving.values().forEach(Arriving::look);
    }

    @Override
    public void close() {
        closed = true;
    }
}
