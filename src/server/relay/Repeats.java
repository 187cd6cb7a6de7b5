package server.relay;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

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

    /// @param error  of an answer that was broken off; null: the task waits for its caller to come back
    /// @param untilNanos by System.nanoTime
    record Kept(long task, Problem error, long untilNanos) {
    }

    private final long keptNanos;
    /// The eldest first.
    private final Map<CallKey, Kept> kept = new LinkedHashMap<>();

    /// @param keptFor how long after its end a call is remembered
    Repeats(Duration keptFor) {
        keptNanos = keptFor.toNanos();
    }

    /// The caller of a task that waits has left.
    void left(CallKey call, long task) {
        put(call, new Kept(task, null, System.nanoTime() + keptNanos));
    }

    /// A whole answer was broken off.
    void brokenOff(CallKey call, long task, Problem error) {
        put(call, new Kept(task, error, System.nanoTime() + keptNanos));
    }

    /// What is left of the same call; null for nothing. A task is handed on once.
    synchronized Kept take(CallKey call) {
        Kept found = kept.get(call);
        if (found == null || found.untilNanos - System.nanoTime() < 0) {
            return null;
        }
        if (found.error == null) {
            kept.remove(call);
        }
        return found;
    }

    /// Whether a task still waits for its caller to come back.
    synchronized boolean waits(CallKey call, long task) {
        Kept found = kept.get(call);
        return found != null && found.error == null && found.task == task && found.untilNanos - System.nanoTime() > 0;
    }

    /// Forgets a task for which nobody came back.
    ///
    /// @return false if somebody did
    synchronized boolean giveUp(CallKey call, long task) {
        Kept found = kept.get(call);
        return found != null && found.error == null && found.task == task && kept.remove(call, found);
    }

    private synchronized void put(CallKey call, Kept what) {
        kept.remove(call);
        kept.put(call, what);
        Iterator<Kept> eldest = kept.values().iterator();
        while (eldest.hasNext()) {
            if (eldest.next().untilNanos - System.nanoTime() > 0 && kept.size() <= CALLS_MAX) {
                return;
            }
            eldest.remove();
        }
    }
}
