package server.executor.wire;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Aborts a call if its host is silent for too long or the call's time is over. `HttpRequest.timeout` ends with the
/// answer's headers, so a call needs its own timer: [CallWatches] checks the time in steps.
///
/// A step that comes late shows that this process did not run: it was stopped, or the machine froze. That time does not
/// count, because what the host sent meanwhile is still unread in the socket.
public final class CallWatch implements AutoCloseable {

    enum Verdict {
        /// The call was not aborted.
        NONE,
        /// No byte of the body came within the first-byte time.
        NO_FIRST_BYTE,
        /// The host sent nothing for too long in the middle of the body.
        IDLE,
        /// The time for the whole call ran out.
        TIMEOUT
    }

    /// The time between two checks.
    static final long STEP_NANOS = 250_000_000;
    /// A check that comes late by this much shows that this process did not run.
    private static final long LATE_NANOS = 1_000_000_000;

    /// Longer times mean no limit; their nanoseconds would overflow.
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final long firstByte;
    private final long idle;
    private final Runnable abort;
    private final LongSupplier nanoTime;
    private final Consumer<CallWatch> atClose;
    /// All times are those of `nanoTime`.
    private volatile long heardAt;
    /// Whether the answer's body has begun.
    private volatile boolean began;
    private volatile long endAt;
    private volatile Verdict verdict = Verdict.NONE;
    private boolean closed;
    /// When the next check is due.
    private long lookAt;

    /// @param abort must make the call's thread return from its wait; runs at most once, and not after [#close]
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

    /// Records that the host has sent its headers, but nothing of the body: some hosts read the prompt only then.
    void answered() {
        heardAt = nanoTime.getAsLong();
    }

    /// Records that bytes of the body came.
    void heard() {
        heardAt = nanoTime.getAsLong();
        began = true;
    }

    /// Limits the call to this much time from now on.
    void shorten(Duration left) {
        endAt = nanoTime.getAsLong() + nanos(left);
    }

    /// Returns why the call was aborted.
    Verdict verdict() {
        return verdict;
    }

    /// Aborts the call if one of its limits is exceeded.
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
