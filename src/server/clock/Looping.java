package server.clock;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// A platform thread that runs a loop until it is closed.
public final class Looping implements AutoCloseable {

    private static final Duration CLOSE_MAX = Duration.ofSeconds(1);

    private final Thread thread;
    private volatile boolean stopping;

    /// @param name of the thread
    /// @param loop must return soon once this is [#stopping]
    public Looping(String name, Runnable loop) {
        thread = Thread.ofPlatform().name(name).daemon().unstarted(loop);
    }

    /// Starts the thread. Must be called once.
    public void start() {
        thread.start();
    }

    /// Ends the loop's present park, or its next one.
    public void wake() {
        LockSupport.unpark(thread);
    }

    /// Returns whether the loop must end.
    public boolean stopping() {
        return stopping;
    }

    /// Ends the loop, and waits for it up to a second.
    @Override
    public void close() {
        stopping = true;
        wake();
        try {
            thread.join(CLOSE_MAX);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
