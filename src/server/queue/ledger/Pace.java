package server.queue.ledger;

import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/// Keeps long reads (searches, replays of events, whole lists) from occupying all processors. They run on virtual
/// threads, which are never preempted, so they pause by themselves: together they use at most all processors but one,
/// and a third of that while the queue works. A single read in an idle queue never waits.
///
/// Reads that may be numerous and wait for slow clients in between read in turns: as many at a time as reads may occupy
/// processors, each a part, in order of arrival. A virtual thread that another one wakes runs before requests that have
/// arrived from outside meanwhile, and so does the one that it wakes in turn; so each reader that gets its turn lets
/// those requests go first.
public final class Pace {

    /// How long a read works between two pauses.
    private static final long SLICE_NANOS = 250_000;
    /// The longest slice that counts: one that takes longer has waited for a slow client or disk, not worked.
    private static final long SLICE_MAX_NANOS = 16 * SLICE_NANOS;
    /// How long after a change the queue counts as working.
    static final long WORKS_NANOS = 50_000_000;
    /// The factor by which a read pays for its time while the queue works: with a crowd of readers, such as those that
    /// never read their connections and whose buffers must be filled, other requests should notice little.
    static final int DEAR = 3;
    /// The approximate cost of a read in turns until its first part has reached its client.
    static final long FIRST_NANOS = 8 * SLICE_NANOS;

    private final int processors;
    private final LongSupplier nanoTime;
    /// When the time used so far is paid back.
    private long freeAt;
    private final Semaphore turns;
    /// When the queue last changed. It does not matter if a racing thread sets it back a little.
    private volatile long changedAt;

    /// @param processors how many of them the reads may occupy
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

    /// Reports a change of the queue that was not made by work that obeys this pace.
    void changed() {
        changedAt = nanoTime.getAsLong();
    }

    /// Begins a read of the calling thread.
    public Read begin() {
        return new Read(0);
    }

    /// Begins a read in turns by the calling thread. It pays for its first part in advance, so that of many reads that
    /// arrive at once each begins when the one before it has paid.
    public Read beginInTurns() {
        return new Read(FIRST_NANOS);
    }

    /// The readers that wait for a turn, and those that have one.
    Semaphore turns() {
        return turns;
    }

    /// A read that works in small steps. For one thread.
    public final class Read {

        private long from;

        private Read(long paidNanos) {
            from = nanoTime.getAsLong() - paidNanos;
        }

        /// Reports that one step is done, and pauses if other work should go first.
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

        /// Reports that the current part is done, and waits for the next turn; to be followed by [#endTurn].
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
            // waiting is not work
            from += nanoTime.getAsLong() - since;
        }

        /// Ends this reader's turn, so that others may read.
        public void endTurn() {
            turns.release();
        }
    }

    /// Returns how long a read must pause after working for this time, in nanoseconds; not positive: not at all.
    synchronized long charge(long now, long workedNanos) {
        long cost = workedNanos * (now - changedAt < WORKS_NANOS ? DEAR : 1) / processors;
        freeAt = Math.max(freeAt, now - cost) + cost;
        return freeAt - now;
    }
}
