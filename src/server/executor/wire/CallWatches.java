package server.executor.wire;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// The watches of the calls that one client makes now.
///
/// **Threads.** One looks at all of them in steps, and exists only while there are any: a thread or a timer for each
/// call would cost more than a quick call itself.
final class CallWatches {

    private final Set<CallWatch> open = ConcurrentHashMap.newKeySet();
    /// Null while there are none. Guarded by this object.
    private Thread thread;

    /// Watches a call from now on, until the watch is closed.
    ///
    /// @param abort must make the call's own thread return from its wait; runs at most once
    CallWatch start(CallTimes times, Runnable abort) {
        CallWatch watch = new CallWatch(times, abort, System::nanoTime, open::remove);
        open.add(watch);
        begin();
        return watch;
    }

    private synchronized void begin() {
        if (thread == null) {
            thread = Thread.ofVirtual().name("watch").start(this::run);
        }
    }

    /// Whether there are any; otherwise the thread is to end, and the next call begins another one.
    private synchronized boolean goesOn() {
        if (open.isEmpty()) {
            thread = null;
        }
        return thread != null;
    }

    private void run() {
        do {
            LockSupport.parkNanos(this, CallWatch.STEP_NANOS);
            open.forEach(CallWatch::look);
        } while (goesOn());
    }
}
