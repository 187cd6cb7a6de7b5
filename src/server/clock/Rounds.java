package server.clock;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Runs a check of many things at an interval, on one virtual thread that exists only while there are any. A timer or a
/// thread for each of them would cost more than a short call.
public final class Rounds {

    private static final Logger LOG = System.getLogger(Rounds.class.getName());

    private final String name;
    private final Duration interval;
    private final Runnable round;
    private final BooleanSupplier any;
    private final AtomicBoolean running = new AtomicBoolean();

    /// @param name  of the thread
    /// @param round runs at each interval; must be quick. The rounds continue even if it fails, for example for lack of
    ///              memory
    /// @param any   whether there is anything to check
    public Rounds(String name, Duration interval, Runnable round, BooleanSupplier any) {
        this.name = name;
        this.interval = interval;
        this.round = round;
        this.any = any;
    }

    /// Starts the rounds, unless they are running. Must be called whenever something was added.
    public void begin() {
        if (!running.get() && running.compareAndSet(false, true)) {
            try {
                Thread.ofVirtual().name(name).start(this::run);
            } catch (RuntimeException | Error notStarted) {
                running.set(false);
                throw notStarted;
            }
        }
    }

    private void run() {
        do {
            do {
                LockSupport.parkNanos(this, interval.toNanos());
                look();
            } while (any.getAsBoolean());
            running.set(false);
            // something added just before found the rounds still running
        } while (any.getAsBoolean() && running.compareAndSet(false, true));
    }

    private void look() {
        try {
            round.run();
        } catch (RuntimeException | Error failure) {
            // the rounds must continue
            LOG.log(Level.ERROR, "event=round_failed thread=" + name, failure);
        }
    }
}
