package server.queue.ledger;

import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/// Keeps the reads that take long (searches, replays of events, whole lists) from taking all processors. They run on
/// virtual threads, from which nothing takes the processor, so they pause by themselves: together they take no more
/// time than one processor less than there are has, and while the queue works a third of that. One that is alone in an
/// idle queue never waits.
///
/// Those that may be many at a time, and wait for slow clients in between, read in turns: as many at a time as reads
/// may keep processors busy, each a part, in the order in which they came. A virtual thread that another one wakes runs
/// before the requests that have come from outside meanwhile, and so does the one that it wakes in turn: so whoever has
/// its turn lets those go first.
public final class Pace {

    /// How long a read works between two pauses.
    private static final long SLICE_NANOS = 250_000;
    /// What counts at most of a slice: what takes longer has waited for a slow client or disk, not worked.
    private static final long SLICE_MAX_NANOS = 16 * SLICE_NANOS;
    /// The queue works as long after a change.
    static final long WORKS_NANOS = 50_000_000;
    /// What a read pays for the time that it takes from a queue that works: of a crowd of readers, deaf ones for
    /// example, whose buffers have to be filled, the others are to notice little.
    static final int DEAR = 3;
    /// What a read that takes turns costs until its first part is with its client, in about.
    static final long FIRST_NANOS = 8 * SLICE_NANOS;

    private final int processors;
    private final LongSupplier nanoTime;
    /// When the time that was taken so far is paid back.
    private long freeAt;
    private final Semaphore turns;
    /// When the queue last changed. That a racing thread sets it back a little matters not.
    private volatile long changedAt;

    /// @param processors how many the reads may keep busy
    Pace(int processors, LongSupplier nanoTime) {
        this.processors = processors;
        this.nanoTime = nanoTime;
        turns = new Semaphore(processors, true);
        freeAt = nanoTime.getAsLong();
        changedAt = freeAt - WORKS_NANOS;
    }

    /// Leaves one processor to the others, if there is more than one.
    static Pace ofMachine() {
        return new Pace(Math.max(1, Runtime.getRuntime().availableProcessors() - 1), System::nanoTime);
    }

    /// Tells that the queue changed, and not by a read that keeps to this.
    void changed() {
        changedAt = nanoTime.getAsLong();
    }

    /// Begins a read of the calling thread.
    public Read begin() {
        return new Read(0);
    }

    /// Begins a read of the calling thread that takes turns. It pays for its first part in advance, so that of many
    /// that come at once each begins when the one before it has paid.
    public Read beginInTurns() {
        return new Read(FIRST_NANOS);
    }

    /// Who waits for a turn, and has one.
    Semaphore turns() {
        return turns;
    }

    /// A read that works in small steps. For one thread.
    public final class Read {

        private long from;

        private Read(long paidNanos) {
            from = nanoTime.getAsLong() - paidNanos;
        }

        /// Tells that one step was done, and pauses if it is the others' turn.
        ///
        /// @throws CancellationException if the thread was interrupted: its client has gone, or the server stops
        public void step() {
            long now = nanoTime.getAsLong();
            if (now - from >= SLICE_NANOS) {
                LockSupport.parkNanos(Pace.this, charge(now, Math.min(now - from, SLICE_MAX_NANOS)));
                if (Thread.currentThread().isInterrupted()) {
                    throw new CancellationException("nobody waits for this read");
                }
                from = nanoTime.getAsLong();
            }
        }

        /// Tells that what was begun is done, and waits for the next turn; to be followed by [#endTurn].
        ///
        /// @throws CancellationException as [#step] does
        public void takeTurn() {
            step();
            long since = nanoTime.getAsLong();
            try {
                turns.acquire();
            } catch (InterruptedException gone) {
                Thread.currentThread().interrupt();
                throw new CancellationException("nobody waits for this read");
            }
            Thread.yield();
            // to wait is no work
            from += nanoTime.getAsLong() - since;
        }

        /// Ends this reader's turn, so that others may read.
        public void endTurn() {
            turns.release();
        }
    }

    /// How long a read that has worked so long has to pause, in nanoseconds; not positive: not at all.
    synchronized long charge(long now, long workedNanos) {
        long cost = workedNanos * (now - changedAt < WORKS_NANOS ? DEAR : 1) / processors;
        freeAt = Math.max(freeAt, now - cost) + cost;
        return freeAt - now;
    }
}
