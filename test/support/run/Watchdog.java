package support.run;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Ends what JUnit's time limit cannot end. That limit interrupts the test, which a read of a process's output does not
/// notice. If the test goes on after the limit, the processes that the lane started are killed, so that such a read
/// ends; if that does not help, the lane itself ends, which counts as a failure of its class.
final class Watchdog {

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Runnable killProcesses;
    private final Consumer<String> endLane;
    /// The time that JUnit's own limit has to take effect, and each of the later steps here.
    private final long graceNanos;
    private volatile String test = "";
    /// When the processes are killed, by `System.nanoTime()`.
    private volatile long deadline = Long.MAX_VALUE;

    /// @param endLane receives the reason, and does not return
    Watchdog(long graceNanos, Runnable killProcesses, Consumer<String> endLane) {
        this.graceNanos = graceNanos;
        this.killProcesses = killProcesses;
        this.endLane = endLane;
    }

    void start() {
        Thread.ofPlatform().daemon().name("watchdog").start(this::watch);
    }

    /// Records that this now runs, and has this many nanoseconds.
    void began(String name, long limitNanos) {
        test = name;
        deadline = System.nanoTime() + limitNanos + graceNanos;
    }

    /// Records that nothing runs.
    void idle() {
        deadline = Long.MAX_VALUE;
    }

    private void watch() {
        long killedFor = Long.MAX_VALUE;
        while (true) {
            LockSupport.parkNanos(LOOK_NANOS);
            long limit = deadline;
            long late = limit == Long.MAX_VALUE ? -1 : System.nanoTime() - limit;
            if (late > graceNanos) {
                endLane.accept(test + " does not end, also without the processes that were started");
            } else if (late > 0 && killedFor != limit) {
                killedFor = limit;
                killProcesses.run();
            }
        }
    }
}
