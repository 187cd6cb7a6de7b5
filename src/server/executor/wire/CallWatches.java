package server.executor.wire;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import server.clock.Rounds;

/// The watches of one client's current calls.
final class CallWatches {

    private final Set<CallWatch> open = ConcurrentHashMap.newKeySet();
    private final Rounds rounds = new Rounds("watch", Duration.ofNanos(CallWatch.STEP_NANOS),
            () -> open.forEach(CallWatch::look), () -> !open.isEmpty());

    /// Watches a call until the watch is closed.
    ///
    /// @param abort must make the call's thread return from its wait; runs at most once
    CallWatch start(CallTimes times, Runnable abort) {
        CallWatch watch = new CallWatch(times, abort, System::nanoTime, open::remove);
        open.add(watch);
        rounds.begin();
        return watch;
    }
}
