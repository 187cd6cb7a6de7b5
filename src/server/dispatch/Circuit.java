package server.dispatch;

/// Leaves a host alone that cannot be reached: after five failed connections in a row for 1 s, doubling to 30 s, with
/// one try at the end of each such time. Any HTTP answer ends that. A host that says it is busy is left alone in the
/// same steps from its first such answer on, or for as long as it asks. Times are milliseconds since the epoch.
final class Circuit {

    static final int FAILURES_MAX = 5;
    static final long PAUSE_FIRST = 1_000;
    static final long PAUSE_MAX = 30_000;
    /// A host that asks for more is tried earlier.
    static final long RETRY_AFTER_MAX = 3_600_000;

    private int failures;
    private long pause = PAUSE_FIRST;
    /// The host is left alone until then; 0: it is not.
    private long until;
    /// When that was decided: a clock that shows less now was set back, and the pause is over.
    private long since;
    /// Whether the one try at the end of a pause is under way.
    private boolean trying;

    /// Whether a task may be sent now.
    synchronized boolean allows(long now) {
        return until == 0 || !trying && (now >= until || now < since);
    }

    /// When a pause ends; 0: there is none, or a try is under way whose end will tell.
    synchronized long pauseEnd(long now) {
        return allows(now) || trying ? 0 : until;
    }

    /// A task is being sent.
    synchronized void sent() {
        trying = until != 0;
    }

    synchronized void unreachable(long now) {
        trying = false;
        if (++failures >= FAILURES_MAX) {
            pauseFrom(now);
        }
    }

    /// @param retryAfter what the host asked for, in milliseconds; 0: nothing
    synchronized void busy(long now, long retryAfter) {
        trying = false;
        failures = 0;
        pauseFrom(now);
        until = Math.max(until, now + Math.min(retryAfter, RETRY_AFTER_MAX));
    }

    /// The host answered, whatever it said.
    synchronized void answered() {
        trying = false;
        failures = 0;
        pause = PAUSE_FIRST;
        until = 0;
    }

    /// A try ended without telling anything of the host (it was cancelled).
    synchronized void unknown() {
        trying = false;
    }

    private void pauseFrom(long now) {
        since = now;
        until = now + pause;
        pause = Math.min(2 * pause, PAUSE_MAX);
    }
}
