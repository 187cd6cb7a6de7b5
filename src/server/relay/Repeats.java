package server.relay;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import shared.Problem;

/// Calls that the SDKs of OpenAI and Anthropic repeat by themselves. A waiting call keeps its place for a while after
/// its caller has left, so that the same caller can take it over; a call whose whole answer was broken off is not run
/// again, but gets its error. For any thread.
final class Repeats {

    /// The oldest entries are dropped.
    private static final int CALLS_MAX = 10_000;

    /// Identifies a call as the same as an earlier one.
    record CallKey(String path, String client, String fingerprint) {
    }

    /// @param error      of an answer that was broken off; null: the task waits for its caller to come back
    /// @param untilNanos by System.nanoTime
    /// @param claimed    whether the caller has come back, or the task was given up
    record Kept(long task, Problem error, long untilNanos, AtomicBoolean claimed) {

        /// Returns whether it can no longer be taken over.
        boolean isOver() {
            return claimed.get() || untilNanos - System.nanoTime() <= 0;
        }

        /// Takes a task over, or gives it up.
        ///
        /// @return false if that had already been done
        boolean claim() {
            return claimed.compareAndSet(false, true);
        }
    }

    private final long keptNanos;
    /// The oldest first.
    private final Map<CallKey, Kept> kept = new LinkedHashMap<>();
    /// How many callers wait.
    private final Map<CallKey, Integer> waiting = new HashMap<>();

    /// @param keptFor for how long a call is remembered after its end
    Repeats(Duration keptFor) {
        keptNanos = keptFor.toNanos();
    }

    /// Notes that a caller waits, until [#over].
    synchronized void waits(CallKey call) {
        waiting.merge(call, 1, Integer::sum);
    }

    /// Notes that a caller waits no longer.
    synchronized void over(CallKey call) {
        waiting.computeIfPresent(call, (same, count) -> count == 1 ? null : count - 1);
        notifyAll();
    }

    /// Returns whether a caller waits that made the same call, as far as is known.
    synchronized boolean isWaiting(CallKey call) {
        return waiting.containsKey(call);
    }

    /// Remembers a waiting task whose caller has left.
    ///
    /// @return the entry that must be claimed to give up the task when its time is over
    Kept left(CallKey call, long task) {
        return put(call, task, null);
    }

    /// Remembers a whole answer that was broken off.
    void brokenOff(CallKey call, long task, Problem error) {
        put(call, task, error);
    }

    /// Returns what is left of the same call, and takes it over; null if nothing is. A task is handed over only once.
    Kept take(CallKey call) {
        Kept found = look(call);
        return found == null || found.error == null && !found.claim() ? null : found;
    }

    /// Does the same as [#take] as soon as a waiting caller is seen to have left; null if that takes too long.
    synchronized Kept take(CallKey call, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        Kept found = take(call);
        for (long left = atMost.toNanos(); found == null && left > 0 && isWaiting(call);
                left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            found = take(call);
        }
        return found;
    }

    /// Returns what is left of the same call; null if nothing is.
    synchronized Kept look(CallKey call) {
        Kept found = kept.get(call);
        return found == null || found.isOver() ? null : found;
    }

    private synchronized Kept put(CallKey call, long task, Problem error) {
        Kept what = new Kept(task, error, System.nanoTime() + keptNanos, new AtomicBoolean());
        kept.remove(call);
        kept.put(call, what);
        notifyAll();
        Iterator<Kept> eldest = kept.values().iterator();
        while (eldest.hasNext() && (eldest.next().isOver() || kept.size() > CALLS_MAX)) {
            eldest.remove();
        }
        return what;
    }
}
