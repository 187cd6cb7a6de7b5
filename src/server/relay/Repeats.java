package server.relay;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import shared.Problem;

/// What the SDKs of OpenAI and Anthropic send again by themselves. A call that waits keeps its place for a while after
/// its caller has left, for the same caller to take it over; one whose whole answer was broken off is not made again,
/// but gets its error. For any thread.
final class Repeats {

    /// The eldest are forgotten.
    private static final int CALLS_MAX = 10_000;

    /// What tells that a call is the same as an earlier one.
    record CallKey(String path, String client, String fingerprint) {
    }

    /// @param error      of an answer that was broken off; null: the task waits for its caller to come back
    /// @param untilNanos by System.nanoTime
    /// @param claimed    whether the caller has come back, or its task was given up
    record Kept(long task, Problem error, long untilNanos, AtomicBoolean claimed) {

        /// Returns whether nobody can have it any more.
        boolean isOver() {
            return claimed.get() || untilNanos - System.nanoTime() <= 0;
        }

        /// Takes a task over, or gives it up.
        ///
        /// @return false if that was done before
        boolean claim() {
            return claimed.compareAndSet(false, true);
        }
    }

    private final long keptNanos;
    /// The eldest first.
    private final Map<CallKey, Kept> kept = new LinkedHashMap<>();

    /// @param keptFor how long after its end a call is remembered
    Repeats(Duration keptFor) {
        keptNanos = keptFor.toNanos();
    }

    /// Remembers a task that waits and whose caller has left.
    ///
    /// @return for the one to claim who gives it up once it is over
    Kept left(CallKey call, long task) {
        return put(call, task, null);
    }

    /// Remembers a whole answer that was broken off.
    void brokenOff(CallKey call, long task, Problem error) {
        put(call, task, error);
    }

    /// Returns what is left of the same call, and takes it over; null for nothing. A task is handed on once.
    Kept take(CallKey call) {
        Kept found = look(call);
        return found == null || found.error == null && !found.claim() ? null : found;
    }

    /// Returns what is left of the same call; null for nothing.
    synchronized Kept look(CallKey call) {
        Kept found = kept.get(call);
        return found == null || found.isOver() ? null : found;
    }

    private synchronized Kept put(CallKey call, long task, Problem error) {
        Kept what = new Kept(task, error, System.nanoTime() + keptNanos, new AtomicBoolean());
        kept.remove(call);
        kept.put(call, what);
        Iterator<Kept> eldest = kept.values().iterator();
        while (eldest.hasNext() && (eldest.next().isOver() || kept.size() > CALLS_MAX)) {
            eldest.remove();
        }
        return what;
    }
}
