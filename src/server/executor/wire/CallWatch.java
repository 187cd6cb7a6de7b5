package server.executor.wire;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Aborts a call whose host is silent for too long, or whose time is over. `HttpRequest.timeout` ends with the
/// answer's headers, so a call needs a timer of its own: [CallWatches] looks at the time in steps.
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

    /// The time between two looks.
    static final long STEP_NANOS = 250_000_000;
    /// A look that comes so much too late shows that this process did not run.
    private static final long LATE_NANOS = 1_000_000_000;

    /// Longer times are as good as none; their nanoseconds would overflow.
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final long firstByte;
    private final long idle;
    private final Runnable abort;
    private final LongSupplier nanoTime;
    private final Consumer<CallWatch> atClose;
    /// In the time of `nanoTime`, as are all the others.
    private volatile long heardAt;
    /// Whether the answer's body has begun.
    private volatile boolean began;
    private volatile long endAt;
    private volatile Verdict verdict = Verdict.NONE;
    private boolean closed;
    /// When the next look is due.
    private long lookAt;

    /// @param abort must make the call's own thread return from its wait; runs at most once, and not after [#close]
    CallWatch(CallTimes times, Runnable abort, LongSupplier nanoTime, Consumer<CallWatch> atClose) {
        long now = nanoTime.getAsLong();
        firstByte = nanos(times.firstByte());
        idle = nanos(times.idle());
        this.abort = abort;
        this.nanoTime = nanoTime;
        this.atClose = atClose;
        heardAt = now;
        lookAt = now + STEP_NANOS;
        endAt = now + nanos(times.whole());
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
    void shorten(Duration left) {
        endAt = nanoTime.getAsLong() + nanos(left);
    }

    /// Why the call was aborted.
    Verdict verdict() {
        return verdict;
    }

    /// Aborts the call if its time is over.
    synchronized void look() {
        long now = nanoTime.getAsLong();
        long late = now - lookAt;
        if (late > LATE_NANOS) {
            heardAt += late;
            endAt += late;
        }
        lookAt = now + STEP_NANOS;
        boolean over = now - endAt >= 0;
        if (!closed && (over || now - heardAt >= (began ? idle : firstByte))) {
            verdict = over ? Verdict.TIMEOUT : began ? Verdict.IDLE : Verdict.NO_FIRST_BYTE;
            closed = true;
            abort.run();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        atClose.accept(this);
    }

    private static long nanos(Duration duration) {
        return (duration.compareTo(LONGEST) < 0 ? duration : LONGEST).toNanos();
    }
}
