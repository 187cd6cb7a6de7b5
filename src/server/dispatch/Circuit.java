package server.dispatch;

/// Leaves a host, or one model on it, alone for a while: first for 1 s, doubling up to a maximum, with one try at the
/// end of each pause. A host that cannot be reached is left alone after five failed connections in a row, and any HTTP
/// answer ends that. A host that says it is busy, or refuses, is left alone from its first such answer on, or for as
/// long as it asks; only the end of the pause ends that, since answers to earlier requests say nothing about new ones.
/// Times are milliseconds since the epoch. For any thread.
final class Circuit {

    static final int FAILURES_MAX = 5;
    static final long PAUSE_FIRST_MS = 1_000;
    static final long PAUSE_MAX_MS = 30_000;

    private final long pauseMax;
    private int failures;
    private long pause = PAUSE_FIRST_MS;
    /// Until when the host is left alone; 0: it is not.
    private long until;
    /// When that was decided: if the clock shows less now, it was set back, and the pause is over.
    private long since;
    /// Whether the host itself requested this pause.
    private boolean busy;
    /// Whether the one try at the end of a pause is under way.
    private boolean trying;

    /// Makes the circuit of a host.
    Circuit() {
        this(PAUSE_MAX_MS);
    }

    /// @param pauseMax the longest pause that the host does not request, in milliseconds
    Circuit(long pauseMax) {
        this.pauseMax = pauseMax;
    }

    /// Returns whether a task may be sent now.
    synchronized boolean allows(long now) {
        return until == 0 || !trying && over(now);
    }

    /// Returns whether it is away for longer than a moment: repeated connections failed.
    synchronized boolean away() {
        return until != 0 && !busy;
    }

    /// Returns when a pause ends; 0: there is none, or a try is under way whose end will tell.
    synchronized long pauseEnd(long now) {
        return allows(now) || trying ? 0 : until;
    }

    /// Notes that a task is being sent.
    synchronized void sent() {
        trying = until != 0;
    }

    /// Whether a task that was sent then is the one try at the end of a pause, and has not ended.
    synchronized boolean isTry(long sentAt) {
        return trying && sentAt > since;
    }

    synchronized void unreachable(long now) {
        // of several at once the first starts the pause, and the others say no more
        boolean again = trying || busy || until == 0 || over(now);
        trying = false;
        if (++failures >= FAILURES_MAX && again) {
            pauseFrom(now);
            busy = false;
        }
    }

    /// @param retryAfter the pause that the host requested, in milliseconds; 0: none
    synchronized void busy(long now, long retryAfter) {
        boolean again = trying || !busy || over(now);
        trying = false;
        failures = 0;
        long asked = now + retryAfter;
        if (again) {
            pauseFrom(now);
            busy = true;
        }
        // the first of several answers at once starts the pause, but each may request a longer one
        until = Math.max(until, asked);
    }

    /// Notes that the host reported its health: it is reachable again. What it said about being busy remains valid.
    synchronized void reached() {
        failures = 0;
        if (!busy) {
            trying = false;
            pause = PAUSE_FIRST_MS;
            until = 0;
        }
    }

    /// Notes that the host answered a task, whatever the answer.
    synchronized void answered(long now) {
        failures = 0;
        if (until == 0 || trying || !busy || over(now)) {
            trying = false;
            busy = false;
            pause = PAUSE_FIRST_MS;
            until = 0;
        }
    }

    /// Notes that a try ended without revealing anything about the host (it was cancelled).
    synchronized void unknown() {
        trying = false;
    }

    private boolean over(long now) {
        return now >= until || now < since;
    }

    private void pauseFrom(long now) {
        since = now;
        until = now + pause;
        pause = Math.min(2 * pause, pauseMax);
    }
}
