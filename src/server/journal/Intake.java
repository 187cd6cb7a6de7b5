package server.journal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import server.journal.disk.Segment;
import server.journal.recovery.Recovery;
import shared.json.Slice;

/// The lines that were appended but are not on the disk yet, and how far the durable ones reach. An append adds a line
/// to the open batch, in memory; the writer's thread takes one batch after another and publishes each once it is
/// durable.
final class Intake {

    /// The number of unwritten bytes above which [#awaitRoom()] waits.
    private static final long PENDING_MAX = 32 << 20;

    /// The writer waits for a first line.
    private static final int ANY = -1;

    /// A place between two lines.
    ///
    /// @param seq      the number of the line before it
    /// @param position where that line ends
    record End(long seq, long position) {
    }

    final Supply supply;
    private final Segments segments;
    /// The size of a segment, unless a line is longer.
    final int segmentSize;
    private final long gatherNanos;

    /// Guards the fields below; held briefly, never during I/O. Not a monitor, for the ledger's reason: virtual threads
    /// that find a monitor held spin on their carriers.
    private final ReentrantLock lock = new ReentrantLock();
    /// Signalled when something that a thread waits for under the lock may have happened.
    private final Condition changed = lock.newCondition();
    /// The batches that are not durable yet, oldest first; the writer has taken at most the first.
    private final ArrayDeque<Batch> pending = new ArrayDeque<>();
    private volatile long pendingBytes;
    /// Where the next line goes.
    private Space space;
    private volatile boolean closing;
    /// The number of awaited lines for which the writer waits, or [#ANY]; 0 while it writes.
    private volatile int wanted;
    /// How many awaited lines should share the next sync, if they arrive at once.
    private int sharing;

    private volatile long nextSeq;
    private volatile long durableSeq;
    /// Everything before this position is durable.
    private volatile long durableEnd;
    private volatile JournalFailure failure;

    Intake(Segments segments, Preparer preparer, JournalOptions options) {
        this.segments = segments;
        segmentSize = Segment.sizeFor(0, options.segmentSize());
        gatherNanos = options.gather().toNanos();
        supply = new Supply(lock, changed, preparer, options);
    }

    /// Continues after what a recovery has found.
    ///
    /// @param next the next line's number
    /// @return the segment that is written to first
    int begin(Recovery.Result found, long next) throws IOException {
        nextSeq = next;
        durableSeq = next - 1;
        space = supply.begin(found.unused(), found.next());
        durableEnd = Segment.position(space.segment, Segment.HEADER);
        segments.begin(space.segment, nextSeq);
        return space.segment;
    }

    long nextSeq() {
        return nextSeq;
    }

    long durableSeq() {
        return durableSeq;
    }

    long durableEnd() {
        return durableEnd;
    }

    /// Returns the position up to which everything is durable.
    End end() {
        lock.lock();
        try {
            return new End(durableSeq, durableEnd);
        } finally {
            lock.unlock();
        }
    }

    /// Adds the current files, which stay on the disk until they are released. Returns once everything that was
    /// appended to them is durable: they may already lack lines that an event made needless before it was durable.
    ///
    /// @param files the list to add them to
    /// @return where they end; never within a unit
    End hold(Collection<SegmentFile> files) {
        End end;
        Batch last;
        lock.lock();
        try {
            files.addAll(segments.hold());
            end = new End(nextSeq - 1, Segment.position(space.segment, space.offset));
            last = pending.peekLast();
        } finally {
            lock.unlock();
        }
        // a sequence number would not do: the last line may be a closing mark
        if (last != null) {
            Patience.await(last.done);
        }
        if (durableSeq < end.seq) {
            ensureOpen();
        }
        return end;
    }

    JournalFailure failure() {
        return failure;
    }

    /// Returns the segments made ahead that need not stay when the journal is closed.
    List<Segment.Fresh> superfluous() {
        return space == null || failure != null ? List.of() : space.superfluous();
    }

    // ---- for callers that append and wait: Journal delegates to these

    long[] tryAppend(Urgency urgency, Unit lines, boolean awaited) {
        lock.lock();
        try {
            ensureOpen();
            if (!space.fits(lines, nextSeq, urgency)) {
                throw new NoRoom(lines, urgency);
            }
            long[] positions = new long[lines.size()];
            for (int i = 0; i < positions.length; i++) {
                positions[i] = add(lines, i);
                pending.peekLast().awaited += awaited ? 1 : 0;
            }
            return positions;
        } finally {
            lock.unlock();
        }
    }

    void ensureOpen() {
        JournalFailure failed = failure;
        if (failed != null) {
            throw new JournalFailure(failed.getMessage(), failed.getCause());
        }
        if (closing) {
            throw new JournalFailure("the journal is closed", null);
        }
    }

    /// Appends a line, for which there must be room. Under the lock.
    private long add(Unit lines, int index) {
        int more = lines.size() - index - 1;
        // a line's prefix has its own number, and nextSeq has advanced by the unit's lines added so far
        long length = Space.length(lines, index, nextSeq - index);
        long end = Space.lineEnd(space.offset, length);
        while (end + Segment.CLOSING_MAX > space.size) {
            rotate(index == 0 ? 0 : more + 1);
            end = Space.lineEnd(space.offset, length);
        }
        int start = space.offset;
        openBatch().add(lines, index, more, (int) end);
        space.offset = (int) end;
        pendingBytes += end - start;
        nextSeq++;
        return Segment.position(space.segment, start);
    }

    /// Goes on to the next segment, which must exist.
    private void rotate(int moreAfter) {
        Batch last = openBatch();
        last.closes = true;
        last.moreAfter = moreAfter;
        space.rotate();
        segments.begin(space.segment, nextSeq);
        supply.keepUp();
    }

    /// Returns the batch that the next line goes into.
    private Batch openBatch() {
        Batch last = pending.peekLast();
        if (last == null || last.taken || last.closes) {
            int capacity = last == null ? 16 : Math.clamp(last.count, 16, 1024);
            last = new Batch(space.segment, space.offset, nextSeq, capacity);
            pending.addLast(last);
        }
        return last;
    }

    /// Wakes the writer if the lines for which it waits have arrived.
    void wake() {
        if (wanted == 0) {
            return;
        }
        lock.lock();
        try {
            if (wanted == ANY && !pending.isEmpty() || wanted > 0 && isDue(wanted)) {
                wanted = 0;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Lets the writer write at once what nobody has waited for so far.
    void hurry() {
        lock.lock();
        try {
            pending.forEach(batch -> batch.awaited = batch.count);
        } finally {
            lock.unlock();
        }
        wake();
    }

    /// Returns whether the first batch should be written now. Under the lock.
    ///
    /// @param lines how many awaited lines should share its sync
    private boolean isDue(int lines) {
        Batch first = pending.peekFirst();
        return first.awaited >= lines || pending.size() > 1 || first.closes || closing;
    }

    String full() {
        lock.lock();
        try {
            return supply.full();
        } finally {
            lock.unlock();
        }
    }

    void awaitRoom(NoRoom none) {
        supply.await(none, () -> {
            ensureOpen();
            return nextSeq;
        });
    }

    void awaitRoom() {
        // it does not matter if a few more lines arrive meanwhile
        while (pendingBytes > PENDING_MAX || failure != null || closing) {
            Batch first;
            lock.lock();
            try {
                ensureOpen();
                if (pendingBytes <= PENDING_MAX) {
                    return;
                }
                first = pending.peekFirst();
            } finally {
                lock.unlock();
            }
            Patience.await(first.done);
        }
    }

    void awaitDurable(long seq) {
        while (durableSeq < seq) {
            CountDownLatch done = null;
            lock.lock();
            try {
                for (Batch batch : pending) {
                    if (batch.settledSeq >= seq) {
                        done = batch.done;
                        break;
                    }
                }
                if (done == null && durableSeq < seq) {
                    ensureOpen();
                    throw new IllegalArgumentException("sequence number " + seq + " was not appended yet");
                }
            } finally {
                lock.unlock();
            }
            if (done != null) {
                Patience.await(done);
                if (failure != null && durableSeq < seq) {
                    ensureOpen();
                }
            }
        }
    }

    /// Returns the JSON object of a line that is not durable yet; null if there is none at this position.
    Slice read(long position) {
        lock.lock();
        try {
            for (Batch batch : pending) {
                Slice json = batch.read(position);
                if (json != null) {
                    return json;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    void endSegment() {
        Batch last;
        lock.lock();
        try {
            ensureOpen();
            last = pending.peekLast();
            if (space.offset > Segment.HEADER && supply.awaitNext()) {
                ensureOpen();
                last = openBatch();
                rotate(0);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (last != null) {
            Patience.await(last.done);
        }
    }

    /// Accepts no more lines; those that were accepted are still written.
    void close() {
        lock.lock();
        try {
            closing = true;
            supply.close();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // ---- the writer's thread

    /// Returns the next batch; null if there is none and the journal is being closed.
    Batch take() {
        lock.lock();
        try {
            while (pending.isEmpty()) {
                if (closing) {
                    return null;
                }
                await(ANY, 0);
            }
            int lines = Math.max(1, sharing);
            if (!isDue(lines)) {
                await(lines, gatherNanos);
            }
            Batch batch = pending.peekFirst();
            batch.taken = true;
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /// Waits for this many awaited lines, or for [#ANY], at most this long; 0 waits without limit. Under the lock.
    private void await(int lines, long nanos) {
        wanted = lines;
        try {
            if (nanos == 0) {
                changed.await();
            } else {
                changed.await(nanos, TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            // no caller interrupts this thread to signal anything
        }
        wanted = 0;
    }

    /// Notes that a batch is on the disk.
    ///
    /// @return whether more lines are durable: a unit is durable once all of it is on the disk
    boolean publish(Batch batch) {
        boolean settled;
        lock.lock();
        try {
            pending.removeFirst();
            // Of all callers that keep the journal busy, three in four should wait for one sync while the others
            // prepare their next lines. A sync for every few of them would use up the processor: with half of them it
            // covers only what arrived during the last sync. A single caller that writes a line or two at a time never
            // waits.
            sharing = (batch.awaited + (pending.isEmpty() ? 0 : pending.peekFirst().awaited)) * 3 / 4;
            pendingBytes -= batch.end - batch.start;
            settled = batch.settledSeq > 0;
            // the commit point: from here on the lines are shown; those of a unit once all of them are on the disk
            if (settled) {
                durableSeq = batch.settledSeq;
                durableEnd = Segment.position(batch.segment, batch.settledEnd);
            }
            if (batch.closes && batch.moreAfter == 0) {
                durableEnd = Segment.position(batch.segment + 1, Segment.HEADER);
            }
        } finally {
            lock.unlock();
        }
        batch.done.countDown();
        return settled;
    }

    /// Data in doubt is never written or synced again: the kernel may have dropped it and report the next sync as
    /// successful.
    void fail(Throwable cause) {
        lock.lock();
        try {
            failure = new JournalFailure("the journal can no longer be written: " + cause.getMessage(), cause);
            // the batches stay, so that their lines can still be read
            pending.forEach(batch -> batch.done.countDown());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
