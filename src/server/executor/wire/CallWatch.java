package server.executor.wire;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Aborts a call whose host is silent for too long, or whose time is over. `HttpRequest.timeout` ends with the
/// answer's headers, so a call needs a timer of its own: a virtual thread that sleeps until the next moment at which
/// something could be due.
public final class CallWatch implements AutoCloseable {

    enum Verdict {
        /// Nothing was aborted.
        NONE,
        /// Not a byte came for `idle`.
        IDLE,
        /// The whole time ran out.
        TIMEOUT
    }

    /// Longer times are as good as none; their nanoseconds would overflow.
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final long idle;
    private final Runnable abort;
    private final Thread thread;
    /// In the time of `System.nanoTime`, as are all the others.
    private volatile long heardAt;
    private volatile long endAt;
    private volatile Verdict verdict = Verdict.NONE;
    private volatile boolean closed;

    private CallWatch(Duration idle, Duration timeout, Runnable abort) {
        long now = System.nanoTime();
        this.idle = nanos(idle);
        this.abort = abort;
        heardAt = now;
        endAt = now + nanos(timeout);
        thread = Thread.ofVirtual().name("watch").unstarted(this::watch);
    }

    /// @param abort must make the call's own thread return from its wait; runs at most once
    static CallWatch start(Duration idle, Duration timeout, Runnable abort) {
        CallWatch watch = new CallWatch(idle, timeout, abort);
        watch.thread.start();
        return watch;
    }

    /// Something came.
    void heard() {
        heardAt = System.nanoTime();
    }

    /// Leaves the call only so much time from now on.
    public void shorten(Duration left) {
        endAt = System.nanoTime() + nanos(left);
        LockSupport.unpark(thread);
    }

    /// Why the call was aborted.
    Verdict verdict() {
        return verdict;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void watch() {
        while (!closed) {
            long now = System.nanoTime();
            long silenceLeft = heardAt + idle - now;
            long timeLeft = endAt - now;
            if (silenceLeft <= 0 || timeLeft <= 0) {
                verdict = timeLeft <= 0 ? Verdict.TIMEOUT : Verdict.IDLE;
                abort.run();
                return;
            }
            LockSupport.parkNanos(Math.min(silenceLeft, timeLeft));
        }
    }

    private static long nanos(Duration duration) {
        return (duration.compareTo(LONGEST) < 0 ? duration : LONGEST).toNanos();
    }
}
