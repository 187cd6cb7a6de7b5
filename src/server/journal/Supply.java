package server.journal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import server.journal.disk.Segment;
import shared.LogValue;

/// Keeps [Space] supplied: makes the preparer prepare segments ahead, and knows when the disk is full. Then the
/// existing space is used up to the reserves, and the next segment is tried again and again until there is space.
///
/// It shares the journal's lock; methods that do not take it themselves must be called under it.
final class Supply {

    private static final Logger LOG = System.getLogger(Supply.class.getName());

    /// A start waits until the first segment is made; making 16 MiB would take longer than most of the start.
    private static final int FIRST_BYTES = 1 << 20;

    private final ReentrantLock lock;
    private final Condition changed;
    private final Preparer preparer;
    private final JournalOptions options;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    private Space space;
    /// Whether the preparer is making a segment, or will try again in a moment.
    private boolean busy;
    /// Why the last segment could not be made, how often it failed, and whether a segment is missing because of that.
    private String trouble;
    private int troubles;
    private boolean full;
    private boolean closed;

    /// @param changed a condition of the lock
    Supply(ReentrantLock lock, Condition changed, Preparer preparer, JournalOptions options) {
        this.lock = lock;
        this.changed = changed;
        this.preparer = preparer;
        this.options = options;
    }

    /// @param unused the existing unused segments
    /// @param number of the first of them, or of the first one to make
    /// @throws IOException if there is none and none can be made
    Space begin(List<Segment.Fresh> unused, int number) throws IOException {
        Segment.Fresh first = unused.isEmpty() ? makeFirst(number) : unused.getFirst();
        lock.lock();
        try {
            space = new Space(options, first);
            unused.stream().skip(1).forEach(space::add);
            keepUp();
            return space;
        } finally {
            lock.unlock();
        }
    }

    /// Makes a smaller segment, so that a full disk does not prevent a start: then ends and cancels can be recorded,
    /// and space will become free.
    private Segment.Fresh makeFirst(int number) throws IOException {
        Segment.Fresh fresh = new Segment.Fresh(number,
                Segment.sizeFor(0, Math.min(FIRST_BYTES, options.segmentSize())));
        while (true) {
            try {
                preparer.make(fresh, false);
                return fresh;
            } catch (IOException failure) {
                if (fresh.size() < 2 * Segment.PAGE) {
                    throw failure;
                }
                fresh = new Segment.Fresh(number, Segment.sizeFor(0, fresh.size() / 2));
            }
        }
    }

    void onMore(Runnable listener) {
        listeners.add(listener);
    }

    /// Has the next segment made if one is missing.
    void keepUp() {
        if (space.needsMore()) {
            make(space.next(Unit.of(List.of()), 0));
        }
    }

    private void make(Segment.Fresh fresh) {
        if (!busy && !closed) {
            busy = true;
            preparer.run(() -> tryToMake(fresh), Duration.ZERO);
        }
    }

    /// Returns why the disk has no room for the next segment, even if existing ones still have some; null if it has
    /// room.
    String full() {
        return full ? trouble : null;
    }

    /// Waits until there is room for these lines. Takes the lock itself.
    ///
    /// @param open returns the next sequence number, or throws the exception that ends the wait
    /// @throws JournalFull if a segment that the lines need cannot be made
    void await(NoRoom none, LongSupplier open) {
        boolean interrupted = false;
        lock.lock();
        try {
            // that a segment for other lines failed says nothing yet
            int seen = troubles + (busy && !full ? 1 : 0);
            for (long seq = open.getAsLong(); !space.fits(none.lines, seq, none.urgency); seq = open.getAsLong()) {
                if (full || troubles > seen) {
                    throw new JournalFull(trouble);
                }
                make(space.next(none.lines, seq));
                try {
                    changed.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            lock.unlock();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits until there is a next segment.
    ///
    /// @return whether there is one; false if the disk is full, or the journal is closed
    boolean awaitNext() {
        boolean interrupted = false;
        while (!space.hasNext() && !full && !closed) {
            keepUp();
            try {
                changed.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return space.hasNext() && !full;
    }

    void close() {
        closed = true;
    }

    // ---- on the preparer's thread

    private void tryToMake(Segment.Fresh fresh) {
        try {
            preparer.make(fresh, true);
        } catch (IOException | RuntimeException | Error e) {
            // whatever the failure: waiting threads would otherwise wait forever
            failed(fresh, e.getMessage());
            return;
        }
        boolean wasFull;
        lock.lock();
        try {
            wasFull = full;
            full = false;
            busy = false;
            space.add(fresh);
            keepUp();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (wasFull) {
            LOG.log(Level.INFO, "event=journal_has_room");
        }
        listeners.forEach(Runnable::run);
    }

    private void failed(Segment.Fresh fresh, String reason) {
        boolean wasFull;
        boolean isFull;
        lock.lock();
        try {
            space.beModest();
            wasFull = full;
            // there may be no space for a segment that is larger than usual, but enough for the next one
            isFull = space.needsMore() && !space.isLarge(fresh);
            full = isFull;
            busy = isFull;
            trouble = reason;
            troubles++;
            keepUp();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (isFull) {
            if (!wasFull) {
                LOG.log(Level.WARNING, () -> "event=journal_full reason=" + LogValue.of(reason));
            }
            preparer.run(this::tryAgain, options.pause());
        }
    }

    private void tryAgain() {
        lock.lock();
        try {
            busy = false;
            keepUp();
        } finally {
            lock.unlock();
        }
    }
}
