package support.run;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Ends what JUnit's time limit cannot end. That one interrupts the test, which a read of a process's output does not
/// notice. When the time is over all the same, the processes that the lane started are killed, so that such a read
/// comes to its end; and when that does not help, the lane itself ends, which is the failure of its class.
final class Watchdog {

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Runnable killProcesses;
    private final Consumer<String> endLane;
    /// What JUnit's own limit has for its work, and each of the steps here after it.
    private final long graceNanos;
    private volatile String test = "";
    /// When the processes are killed, by `System.nanoTime()`.
    private volatile long deadline = Long.MAX_VALUE;

    /// @param endLane is told why, and does not return
    Watchdog(long graceNanos, Runnable killProcesses, Consumer<String> endLane) {
        this.graceNanos = graceNanos;
        this.killProcesses = killProcesses;
        this.endLane = endLane;
    }

    void start() {
        Thread.ofPlatform().daemon().name("watchdog").start(this::watch);
    }

    /// From now on this runs, and has so many nanoseconds.
    void began(String name, long limitNanos) {
        test = name;
        deadline = System.nanoTime() + limitNanos + graceNanos;
    }

    /// Nothing runs.
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
