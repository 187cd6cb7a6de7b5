package server.executor.wire;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/// Aborts a call whose host is silent for too long, or whose time is over. `HttpRequest.timeout` ends with the
/// answer's headers, so a call needs a timer of its own: a virtual thread that looks at the time in steps.
///
/// A step that ends late shows that this process did not run: it was stopped, or the machine froze. That time does not
/// count, since what the host sent meanwhile lies unread in the socket.
public final class CallWatch implements AutoCloseable {

    enum Verdict {
        /// Nothing was aborted.
        NONE,
        /// Not a byte of the body came in the time for the first one.
        NO_FIRST_BYTE,
        /// The host fell silent.
        IDLE,
        /// The whole time ran out.
        TIMEOUT
    }

    static final long STEP_NANOS = 1_000_000_000;

    /// Longer times are as good as none; their nanoseconds would overflow.
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final long firstByte;
    private final long idle;
    private final Runnable abort;
    private final LongSupplier nanoTime;
    private final Thread thread;
    /// In the time of `nanoTime`, as are all the others.
    private volatile long heardAt;
    /// Whether the answer's body has begun.
    private volatile boolean began;
    private volatile long endAt;
    private volatile Verdict verdict = Verdict.NONE;
    private volatile boolean closed;
    /// When the watch meant to look again. Of its own thread.
    private long lookAt;

    /// Not started: the caller looks.
    CallWatch(CallTimes times, Runnable abort, LongSupplier nanoTime) {
        long now = nanoTime.getAsLong();
        firstByte = nanos(times.firstByte());
        idle = nanos(times.idle());
        this.abort = abort;
        this.nanoTime = nanoTime;
        heardAt = now;
        lookAt = now;
        endAt = now + nanos(times.whole());
        thread = Thread.ofVirtual().name("watch").unstarted(this::watch);
    }

    /// Watches a call from now on.
    ///
    /// @param abort must make the call's own thread return from its wait; runs at most once
    static CallWatch start(CallTimes times, Runnable abort) {
        CallWatch watch = new CallWatch(times, abort, System::nanoTime);
        watch.thread.start();
        return watch;
    }

    /// The host answered, but nothing of the body has come: some send their headers first and read the prompt then.
    void answered() {
        heardAt = nanoTime.getAsLong();
    }

    /// Something of the body came.
    void heard() {
        heardAt = nanoTime.getAsLong();
        began = true;
    }

    /// Leaves the call only so much time from now on.
    public void shorten(Duration left) {
        endAt = nanoTime.getAsLong() + nanos(left);
        LockSupport.unpark(thread);
    }

    /// Why the call was aborted.
    Verdict verdict() {
        return verdict;
    }

    /// Aborts the call if its time is over.
    ///
    /// @return the nanoseconds until the next look; 0: none is needed
    long look() {
        long now = nanoTime.getAsLong();
        long late = now - lookAt;
        if (late > STEP_NANOS) {
            heardAt += late;
            endAt += late;
        }
        long silenceLeft = heardAt + (began ? idle : firstByte) - now;
        long timeLeft = endAt - now;
        if (silenceLeft <= 0 || timeLeft <= 0) {
            verdict = timeLeft <= 0 ? Verdict.TIMEOUT : began ? Verdict.IDLE : Verdict.NO_FIRST_BYTE;
            abort.run();
            return 0;
        }
        long step = Math.min(STEP_NANOS, Math.min(silenceLeft, timeLeft));
        lookAt = now + step;
        return step;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void watch() {
        while (!closed) {
            long step = look();
            if (step == 0) {
                return;
            }
            LockSupport.parkNanos(step);
        }
    }

    private static long nanos(Duration duration) {
        return (duration.compareTo(LONGEST) < 0 ? duration : LONGEST).toNanos();
    }
}
