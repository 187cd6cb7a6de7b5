package server.journal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongConsumer;

import shared.json.Slice;

/// The append-only log of events. It knows lines, sequence numbers and positions; what an event means is the queue's
/// business.
///
/// A position is `segment number << 32 | offset in the segment`.
///
/// Appending only takes a line into the open batch, in memory. One thread writes: it takes the batch, writes it with
/// one sync, publishes, and takes what came meanwhile. A batch's start is therefore the position up to which
/// everything is on the disk before it, and all positions are known when a line is appended.
///
/// Crash safety rests on this: a sector of 512 bytes is written whole or not at all, `fdatasync` returns when the data
/// is on the disk, and a rename is atomic. Nothing is assumed about the order in which unsynced sectors are written.
public final class Journal implements AutoCloseable {

    /// Gets every line of a replay or scan, in order.
    public interface Visitor {
        /// @param json the line's whole JSON object; valid during the call only
        void line(long seq, long position, Slice json);
    }

    private static final Logger LOG = System.getLogger(Journal.class.getName());

    /// Beyond so many bytes that were not written yet [#awaitRoom()] waits.
    private static final long PENDING_MAX = 32 << 20;

    /// The longest that a line waits for others to share its sync.
    private static final long GATHER_MS = 1;

    private final Storage storage;
    private final AutoCloseable directoryLock;
    private final Preparer preparer;
    private final Supply supply;
    private final Segments segments = new Segments();
    private final JournalReader reader;
    private final JournalWriter writer;
    private final Thread thread;
    private final List<LongConsumer> durableListeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> failureListeners = new CopyOnWriteArrayList<>();

    /// Guards what follows; held briefly, never during I/O.
    private final Object lock = new Object();
    /// What is not durable yet, oldest first; the writer has at most the first.
    private final ArrayDeque<Batch> pending = new ArrayDeque<>();
    private long pendingBytes;
    /// Where the next line goes.
    private Space space;
    private boolean closing;
    /// How many lines the writer waits for; 0 while it writes.
    private int wanted;
    /// How many lines are to share the next sync, if they come at once.
    private int sharing;

    private volatile long nextSeq;
    private volatile long durableSeq;
    /// Everything before this position is on the disk for good.
    private volatile long durableEnd;
    private volatile JournalFailure failure;
    private volatile boolean closed;

    private Journal(Storage storage, JournalOptions options, AutoCloseable directoryLock) {
        this.storage = storage;
        this.directoryLock = directoryLock;
        reader = new JournalReader(storage, segments);
        preparer = new Preparer(storage);
        supply = new Supply(lock, preparer, options);
        writer = new JournalWriter(storage, preparer);
        thread = Thread.ofPlatform().name("journal-writer").daemon().unstarted(this::write);
    }

    /// Locks the directory, recovers and replays it.
    ///
    /// @throws IOException if the directory is in use, cannot be used, or its journal is damaged: the message
    ///         says where
    public static Journal open(Storage storage, JournalOptions options, Visitor replay) throws IOException {
        AutoCloseable lock = storage.lock();
        Journal journal = new Journal(storage, options, lock);
        try {
            journal.start(replay);
            return journal;
        } catch (IOException | RuntimeException | Error e) {
            journal.release();
            throw e;
        }
    }

    private void start(Visitor replay) throws IOException {
        Recovery recovery = new Recovery(storage);
        Recovery.Result found = recovery.run();
        long next = segments.replay(recovery, found, replay);
        nextSeq = next;
        durableSeq = next - 1;
        space = supply.begin(found.unused(), found.next());
        writer.use(space.segment);
        durableEnd = Segment.position(space.segment, Segment.HEADER);
        segments.begin(space.segment, nextSeq);
        long lines = next - 1;
        LOG.log(Level.DEBUG, () -> "event=journal_opened segments=" + found.used().size() + " last_seq=" + lines);
        thread.start();
    }

    /// The sequence number that the next line gets. Appending calls are serialised by their caller (the queue's lock).
    public long nextSeq() {
        return nextSeq;
    }

    /// Takes one line; returns before it is durable. Waits while there is no room for it.
    ///
    /// @param rest the event's JSON after the opening brace and the members `seq` and `synced` that the journal writes
    ///             itself, as pieces: `"event":"task",…}`. It has no line end. Not copied: must not
    ///             change until durable
    /// @return its position
    /// @throws JournalFull    if the disk is full
    /// @throws JournalFailure if the journal can write no more
    public long append(Slice... rest) {
        return appendAll(List.<Slice[]>of(rest))[0];
    }

    /// Takes lines that recovery keeps all or none. Waits like [#append].
    public long[] appendAll(List<Slice[]> lines) {
        while (true) {
            try {
                return tryAppend(Urgency.HIGH, lines);
            } catch (NoRoom none) {
                awaitRoom(none);
            }
        }
    }

    /// Takes one line, and never waits: to be used under a lock.
    ///
    /// @param rest as for [#append]
    /// @throws NoRoom if there is no space for it now
    public long tryAppend(Urgency urgency, Slice... rest) {
        return tryAppend(urgency, List.<Slice[]>of(rest))[0];
    }

    /// Takes lines that recovery keeps all or none, and never waits.
    ///
    /// @throws NoRoom if there is no space for all of them now
    public long[] tryAppend(Urgency urgency, List<Slice[]> lines) {
        synchronized (lock) {
            ensureOpen();
            if (!space.fits(lines, nextSeq, urgency)) {
                throw new NoRoom(lines, urgency);
            }
            long[] positions = new long[lines.size()];
            for (int i = 0; i < positions.length; i++) {
                positions[i] = add(lines, i);
            }
            wake();
            return positions;
        }
    }

    private void ensureOpen() {
        JournalFailure failed = failure;
        if (failed != null) {
            throw new JournalFailure(failed.getMessage(), failed.getCause());
        }
        if (closing) {
            throw new JournalFailure("the journal is closed", null);
        }
    }

    /// Under the lock; there is room for it.
    private long add(List<Slice[]> lines, int index) {
        int more = lines.size() - index - 1;
        // prefixes have the line's own number: so far as the unit is in, it has moved on
        long length = Space.length(lines, index, nextSeq - index);
        long end = Space.lineEnd(space.offset, length);
        while (end + Segment.CLOSING_MAX > space.size) {
            rotate(index == 0 ? 0 : more + 1);
            end = Space.lineEnd(space.offset, length);
        }
        int start = space.offset;
        openBatch().add(lines.get(index), more, (int) end);
        space.offset = (int) end;
        pendingBytes += end - start;
        nextSeq++;
        return Segment.position(space.segment, start);
    }

    /// Goes on to the next segment, which is there.
    private void rotate(int moreAfter) {
        Batch last = openBatch();
        last.closes = true;
        last.moreAfter = moreAfter;
        space.rotate();
        segments.begin(space.segment, nextSeq);
        supply.keepUp();
    }

    /// The batch that takes the next line.
    private Batch openBatch() {
        Batch last = pending.peekLast();
        if (last == null || last.taken || last.closes) {
            int capacity = last == null ? 16 : Math.clamp(last.count, 16, 1024);
            last = new Batch(space.segment, space.offset, nextSeq, capacity);
            pending.addLast(last);
        }
        return last;
    }

    private void wake() {
        if (wanted > 0 && (closing || pending.size() > 1 || pending.peekFirst().count >= wanted)) {
            wanted = 0;
            lock.notifyAll();
        }
    }

    /// Null while there is room; else what is full: no segment can be made, and what is there is used up but for the
    /// reserves.
    public String full() {
        synchronized (lock) {
            return supply.full();
        }
    }

    /// Calls this whenever there is more room, on a thread of the journal's. It must be quick.
    public void onRoom(Runnable listener) {
        supply.onMore(listener);
    }

    /// Waits until there is room for these lines. To be called without holding a lock.
    ///
    /// @throws JournalFull    if the disk is full
    /// @throws JournalFailure if the journal can write no more
    public void awaitRoom(NoRoom none) {
        supply.await(none, () -> {
            ensureOpen();
            return nextSeq;
        });
    }

    /// Waits while very much is appended but not written, so that memory stays bounded where the disk is slow. To be
    /// called before an append, and without holding a lock that a listener of [#onDurable] takes.
    public void awaitRoom() {
        while (true) {
            Batch first;
            synchronized (lock) {
                ensureOpen();
                if (pendingBytes <= PENDING_MAX) {
                    return;
                }
                first = pending.peekFirst();
            }
            Patience.await(first.done);
        }
    }

    /// The last sequence number given out.
    public long appendedSeq() {
        return nextSeq - 1;
    }

    /// Everything up to this sequence number is on the disk for good. It never stands within a unit.
    public long durableSeq() {
        return durableSeq;
    }

    /// Waits until everything up to this sequence number is on the disk. An interrupt does not end the waiting, it
    /// stays set.
    ///
    /// @throws JournalFailure if the journal can write no more
    public void awaitDurable(long seq) {
        while (durableSeq < seq) {
            CountDownLatch done = null;
            synchronized (lock) {
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
            }
            if (done != null) {
                Patience.await(done);
                if (failure != null && durableSeq < seq) {
                    ensureOpen();
                }
            }
        }
    }

    /// Calls this on the writer's thread whenever more became durable, with [#durableSeq]. It must be quick.
    public void onDurable(LongConsumer listener) {
        durableListeners.add(listener);
    }

    /// Calls this once, on the writer's thread, when a write or sync failed for good.
    public void onFailure(Runnable listener) {
        failureListeners.add(listener);
    }

    /// Why the journal can write no more; null while it can.
    public String failure() {
        JournalFailure failed = failure;
        return failed == null ? null : failed.getMessage();
    }

    /// One line's whole JSON object, its checksum verified. Also finds lines that are not durable yet.
    ///
    /// @throws IOException if the line is damaged, dropped, or cannot be read: it says where. Nothing else is affected
    public Slice read(long position) throws IOException {
        if (position >= durableEnd && !Segment.isCompacted(Segment.number(position))) {
            synchronized (lock) {
                for (Batch batch : pending) {
                    Slice json = batch.read(position);
                    if (json != null) {
                        return json;
                    }
                }
            }
        }
        return reader.read(position);
    }

    /// Everything before `end` is on the disk for good, up to this sequence number.
    record Durable(long end, long seq) { }

    Durable durable() {
        synchronized (lock) {
            return new Durable(durableEnd, durableSeq);
        }
    }

    /// Reads the durable lines after this sequence number that no compaction dropped.
    public JournalScan scan(long afterSeq) {
        return new JournalScan(this, storage, segments, afterSeq);
    }

    /// No event after this sequence number was dropped by a compaction.
    public long keptAfter() {
        return segments.keptAfter();
    }

    /// What a compaction may work on.
    Compactor.Closed closed() {
        synchronized (lock) {
            ensureOpen();
            int end = Segment.number(durableEnd);
            return new Compactor.Closed(storage, segments, space.usual,
                    segments.files().stream().filter(file -> file.range().to() < end).toList(), durableSeq);
        }
    }

    /// Closes the segment in use if it has lines; returns once it is closed. On a full disk it stays in use.
    void endSegment() {
        Batch last;
        synchronized (lock) {
            ensureOpen();
            last = pending.peekLast();
            if (space.offset > Segment.HEADER && supply.awaitNext()) {
                ensureOpen();
                last = openBatch();
                rotate(0);
                lock.notifyAll();
            }
        }
        if (last != null) {
            Patience.await(last.done);
        }
        // the files that are closed now are cut soon, if they are not yet
        preparer.settle();
    }

    /// Syncs what was appended, marks the clean stop, cuts the segment to its length, unlocks. Idempotent.
    @Override
    public void close() {
        synchronized (lock) {
            closing = true;
            supply.close();
            lock.notifyAll();
        }
        Patience.join(thread);
        boolean first;
        synchronized (lock) {
            first = !closed;
            closed = true;
        }
        if (first) {
            // without the lock, which the preparer may want to end with
            release();
        }
    }

    private void release() {
        preparer.close();
        try {
            for (Space.Fresh fresh : space == null || failure != null ? List.<Space.Fresh>of() : space.superfluous()) {
                storage.delete(Segment.name(fresh.number()));
            }
            writer.close();
            directoryLock.close();
        } catch (Exception e) {
            LOG.log(Level.WARNING, () -> "event=journal_close_failed reason=\"" + e + "\"");
        }
    }

    // ---- the writer's thread

    private void write() {
        try {
            for (Batch batch = take(); batch != null; batch = take()) {
                writer.write(batch);
                publish(batch);
            }
            if (Segment.offset(durableEnd) > Segment.HEADER) {
                writer.seal(Segment.offset(durableEnd), nextSeq);
            }
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        }
    }

    /// The next batch; null if there is none and the journal is to be closed.
    private Batch take() {
        synchronized (lock) {
            while (pending.isEmpty()) {
                if (closing) {
                    return null;
                }
                await(1, 0);
            }
            if (pending.size() == 1 && pending.peekFirst().count < sharing && !closing) {
                await(sharing, GATHER_MS);
            }
            Batch batch = pending.peekFirst();
            batch.taken = true;
            return batch;
        }
    }

    /// Waits for so many lines, at most so long; 0 is for ever. Under the lock.
    private void await(int lines, long ms) {
        wanted = lines;
        try {
            lock.wait(ms);
        } catch (InterruptedException e) {
            // nobody interrupts this thread to tell it anything
        }
        wanted = 0;
    }

    private void publish(Batch batch) {
        boolean settled;
        synchronized (lock) {
            pending.removeFirst();
            // Of all who keep the journal busy, half are to wait for one sync while the others, who are released now,
            // prepare their next lines. A sync for each few of them would take the processor from all.
            sharing = (batch.count + (pending.isEmpty() ? 0 : pending.peekFirst().count)) / 2;
            pendingBytes -= batch.end - batch.start;
            settled = batch.settledSeq > 0;
            // the commit point: from here on the lines are shown; those of a unit when all of them are on the disk
            if (settled) {
                durableSeq = batch.settledSeq;
                durableEnd = Segment.position(batch.segment, batch.settledEnd);
            }
            if (batch.closes && batch.moreAfter == 0) {
                durableEnd = Segment.position(batch.segment + 1, Segment.HEADER);
            }
        }
        batch.done.countDown();
        for (LongConsumer listener : settled ? durableListeners : List.<LongConsumer>of()) {
            try {
                listener.accept(durableSeq);
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "event=journal_listener_failed", e);
            }
        }
    }

    /// What is in doubt is never written or synced again: the kernel may have dropped it and call the next sync good.
    private void fail(Throwable cause) {
        LOG.log(Level.ERROR, () -> "event=journal_failed reason=\"" + cause + "\"");
        synchronized (lock) {
            failure = new JournalFailure("the journal can write no more: " + cause.getMessage(), cause);
            // the batches stay, so that their lines can still be read
            pending.forEach(batch -> batch.done.countDown());
            lock.notifyAll();
        }
        failureListeners.forEach(Runnable::run);
    }
}
