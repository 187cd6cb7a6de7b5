package server.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

import shared.Problem;

/// Ends requests that arrive too slowly. `jdk.httpserver` knows one time for all, in which the largest upload has to
/// fit.
///
/// A thread that waits for bytes can be made to return only by an interrupt, which closes its connection. So whoever is
/// late is told so first.
final class SlowRequests implements AutoCloseable {

    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Duration time;
    private final LongSupplier nanoTime;
    /// By the thread that has the request.
    private final Map<Thread, Arriving> arriving = new ConcurrentHashMap<>();
    private final Thread watch = Thread.ofVirtual().name("slow-requests").unstarted(this::watch);
    private volatile boolean closed;

    /// @param time in which the head of a request must arrive, and then its body
    SlowRequests(Duration time, LongSupplier nanoTime) {
        this.time = time;
        this.nanoTime = nanoTime;
    }

    /// A request that is being read.
    final class Arriving {

        // all under this object's lock
        private long endAt = nanoTime.getAsLong() + time.toNanos();
        /// Of each read; 0: all of them have to be over at the same time.
        private long silence;
        /// Waits for bytes now; null: nobody does.
        private Thread reader;
        /// Tells the client that it is late; null: it cannot be told any more.
        private Runnable tell;
        private boolean isLate;
        /// Null until it is told.
        private Thread telling;

        private synchronized void head(Thread thread) {
            reader = thread;
        }

        /// The head is here, and time starts again.
        synchronized void body(Runnable newTell) {
            reader = null;
            tell = newTell;
            endAt = nanoTime.getAsLong() + time.toNanos();
            if (isLate) {
                // it came in the last moment
                isLate = false;
                Thread.interrupted();
            }
        }

        /// From now on only this much silence is too much.
        synchronized void silence(Duration max) {
            silence = max.toNanos();
        }

        /// The answer is sent; what is still to come has so much time from now on.
        synchronized void answered(Duration left) {
            tell = null;
            endAt = nanoTime.getAsLong() + left.toNanos();
        }

        /// The calling thread begins to wait for bytes.
        ///
        /// @throws Problem 408 if the time is over
        synchronized void waits() {
            long now = nanoTime.getAsLong();
            endAt = silence == 0 ? endAt : now + silence;
            if (now - endAt >= 0) {
                throw new Problem(408, "the request did not arrive within " + time.toSeconds() + " s");
            }
            reader = Thread.currentThread();
        }

        /// It waits no longer.
        ///
        /// @throws IOException the time was over meanwhile, and the client was told
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
                // not here: it may be one that takes nothing either
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
        watch.start();
    }

    /// Returns an executor that watches what `threads` runs: a request each, from its head's first byte on.
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

    /// The request of the calling thread.
    Arriving current() {
        return arriving.computeIfAbsent(Thread.currentThread(), thread -> new Arriving());
    }

    /// The calling thread has no request any more.
    void ended() {
        arriving.remove(Thread.currentThread());
    }

    /// Looks once at all of them.
    void look() {
        arriving.values().forEach(Arriving::look);
    }

    private void watch() {
        while (!closed) {
            look();
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(watch);
    }
}
