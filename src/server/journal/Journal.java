package server.journal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
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

    /// Beyond so many bytes that were not written yet [#awaitRoom] waits.
    private static final long PENDING_MAX = 32 << 20;

    private final Storage storage;
    private final int segmentSize;
    private final AutoCloseable directoryLock;
    private final Preparer preparer;
    private final JournalWriter writer;
    private final Thread thread;
    private final List<LongConsumer> durableListeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> failureListeners = new CopyOnWriteArrayList<>();

    /// By number: the first sequence number that a segment may have.
    private final ConcurrentSkipListMap<Integer, Long> firstSeqs = new ConcurrentSkipListMap<>();

    private final StoredLines stored;

    /// Guards what follows; held briefly, never during I/O.
    private final Object lock = new Object();
    /// What is not durable yet, oldest first; the writer has at most the first.
    private final ArrayDeque<Batch> pending = new ArrayDeque<>();
    private long pendingBytes;
    /// Where the next line goes.
    private int segment;
    private int size;
    private int offset;
    private boolean closing;
    /// Whether the writer waits for work.
    private boolean idle;

    private volatile long nextSeq;
    private volatile long durableSeq;
    /// Everything before this position is on the disk for good.
    private volatile long durableEnd;
    private volatile JournalFailure failure;
    private volatile boolean closed;

    private Journal(Storage storage, JournalOptions options, AutoCloseable directoryLock) {
        this.storage = storage;
        this.directoryLock = directoryLock;
        segmentSize = Segment.sizeFor(0, options.segmentSize());
        stored = new StoredLines(storage);
        preparer = new Preparer(storage);
        writer = new JournalWriter(storage, preparer, segmentSize);
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
        long next = 1;
        for (int number : found.used()) {
            firstSeqs.put(number, next);
            next = recovery.replay(number, next, replay);
        }
        segment = found.unused();
        size = segmentSize;
        offset = Segment.HEADER;
        nextSeq = next;
        durableSeq = next - 1;
        durableEnd = Segment.position(segment, offset);
        firstSeqs.put(segment, next);
        writer.use(segment, size, found.ready() == size);
        long lines = next - 1;
        LOG.log(Level.DEBUG, () -> "event=journal_opened segments=" + found.used().size() + " last_seq=" + lines);
        thread.start();
    }

    /// The sequence number that the next line gets. Appending calls are serialised by their caller (the queue's lock).
    public long nextSeq() {
        return nextSeq;
    }

    /// Takes one line; returns before it is durable, and never waits.
    ///
    /// @param rest the event's JSON after the opening brace and the members `seq` and `synced` that the journal writes
    ///             itself, as pieces: `"event":"task",…}`. It has no line end. Not copied: must not
    ///             change until durable
    /// @return its position
    /// @throws JournalFailure if the journal can write no more
    public long append(Slice... rest) {
        synchronized (lock) {
            ensureOpen();
            long position = add(rest, 0, 0);
            wake();
            return position;
        }
    }

    /// Takes lines that recovery keeps all or none.
    public long[] appendAll(List<Slice[]> lines) {
        synchronized (lock) {
            ensureOpen();
            long[] positions = new long[lines.size()];
            for (int i = 0; i < positions.length; i++) {
                int left = positions.length - i;
                positions[i] = add(lines.get(i), left - 1, i == 0 ? 0 : left);
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

    /// Under the lock.
    ///
    /// @param unitLeft how many lines of its unit there are from this one on, if it is not the unit's first
    private long add(Slice[] rest, int more, int unitLeft) {
        long length = Line.CRC + Line.prefixLength(nextSeq, more);
        for (Slice piece : rest) {
            length += piece.length();
        }
        long end = lineEnd(length);
        if (end + Segment.CLOSING_MAX > size) {
            rotate(length, unitLeft);
            end = lineEnd(length);
        }
        int start = offset;
        openBatch().add(rest, more, (int) end);
        offset = (int) end;
        pendingBytes += end - start;
        nextSeq++;
        return Segment.position(segment, start);
    }

    private long lineEnd(long length) {
        long terminator = offset + length;
        return terminator + Line.pad(terminator) + 1;
    }

    private void rotate(long length, int unitLeft) {
        Batch last = openBatch();
        last.closes = true;
        last.moreAfter = unitLeft;
        segment++;
        size = Segment.sizeFor(length + 8, segmentSize);
        offset = Segment.HEADER;
        firstSeqs.put(segment, nextSeq);
    }

    /// The batch that takes the next line.
    private Batch openBatch() {
        Batch last = pending.peekLast();
        if (last == null || last.taken || last.closes) {
            int capacity = last == null ? 16 : Math.clamp(last.count, 16, 1024);
            last = new Batch(segment, size, offset, nextSeq, capacity);
            pending.addLast(last);
        }
        return last;
    }

    private void wake() {
        if (idle) {
            idle = false;
            lock.notifyAll();
        }
    }

    /// Waits while very much is appended but not written. To be called before a large append, and without holding a
    /// lock that a listener of [#onDurable] takes.
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
            await(first.done);
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
                await(done);
                if (failure != null && durableSeq < seq) {
                    ensureOpen();
                }
            }
        }
    }

    private static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
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

    /// One line's whole JSON object, its checksum verified. Also finds lines that are not durable yet.
    ///
    /// @throws IOException if the line is damaged or cannot be read: the message says where. Nothing else is affected
    public Slice read(long position) throws IOException {
        if (position >= durableEnd) {
            synchronized (lock) {
                for (Batch batch : pending) {
                    Slice json = batch.read(position);
                    if (json != null) {
                        return json;
                    }
                }
            }
        }
        return stored.read(position);
    }

    /// Visits the durable lines after this sequence number, in order, until the durable end as it is at the call.
    ///
    /// @throws IOException at a damaged line
    public void scan(long afterSeq, Visitor visitor) throws IOException {
        long end = durableEnd;
        Map.Entry<Integer, Long> first = null;
        for (Map.Entry<Integer, Long> entry : firstSeqs.entrySet()) {
            if (first == null || entry.getValue() <= afterSeq + 1) {
                first = entry;
            }
        }
        for (int number = first.getKey(); number <= Segment.number(end); number++) {
            boolean last = number == Segment.number(end);
            if (last && Segment.offset(end) == Segment.HEADER) {
                // nothing is in it yet, it may not even be there
                return;
            }
            SegmentReader reader = new SegmentReader(storage, number, last ? Segment.offset(end) : Long.MAX_VALUE);
            while (reader.next() && !reader.line.closing) {
                if (reader.line.seq > afterSeq) {
                    visitor.line(reader.line.seq, Segment.position(number, reader.offset()), reader.json());
                }
            }
            if (last ? reader.end() < Segment.offset(end) : !reader.line.closing) {
                throw new JournalDamage(storage, Segment.name(number), reader.offset(), -1,
                        "the bytes here are not the line that was written");
            }
        }
    }

    /// Syncs what was appended, marks the clean stop, cuts the segment to its length, unlocks. Idempotent.
    @Override
    public void close() {
        synchronized (lock) {
            closing = true;
            wake();
        }
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        synchronized (lock) {
            if (!closed) {
                closed = true;
                release();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void release() {
        preparer.close();
        try {
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
                idle = true;
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    // nobody interrupts this thread to tell it anything
                    continue;
                }
            }
            idle = false;
            Batch batch = pending.peekFirst();
            batch.taken = true;
            return batch;
        }
    }

    private void publish(Batch batch) {
        boolean settled;
        synchronized (lock) {
            pending.removeFirst();
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
        }
        failureListeners.forEach(Runnable::run);
    }
}
