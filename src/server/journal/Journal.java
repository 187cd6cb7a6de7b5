package server.journal;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

import server.journal.disk.LineVisitor;
import server.journal.disk.Segment;
import server.journal.disk.Storage;
import server.journal.recovery.Recovery;
import server.journal.recovery.Restore;
import shared.LogValue;
import shared.json.Slice;

/// The journal in use: the entry point for appending (see [Intake]), for reading what is on the disk, and for
/// listeners. The package's front page is its specification.
public final class Journal implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Journal.class.getName());

    private final Storage storage;
    private final Closeable directoryLock;
    private final Preparer preparer;
    private final Segments segments = new Segments();
    private final Intake intake;
    private final JournalReader reader;
    private final JournalWriter writer;
    private final Thread thread;
    private final List<LongConsumer> durableListeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> failureListeners = new CopyOnWriteArrayList<>();
    private final List<Synced> syncListeners = new CopyOnWriteArrayList<>();

    private final AtomicBoolean closed = new AtomicBoolean();

    /// Called with each batch of lines that one sync put on the disk. It must be quick.
    public interface Synced {

        /// Reports a sync.
        ///
        /// @param nanos how long the sync took
        void synced(int lines, long bytes, long nanos);
    }

    private Journal(Storage storage, JournalOptions options, Closeable directoryLock) {
        this.storage = storage;
        this.directoryLock = directoryLock;
        reader = new JournalReader(storage, segments);
        preparer = new Preparer(storage);
        intake = new Intake(segments, preparer, options);
        writer = new JournalWriter(storage, preparer);
        thread = Thread.ofPlatform().name("journal-writer").daemon().unstarted(this::write);
    }

    /// Locks the directory, recovers its journal and replays it.
    ///
    /// @throws IOException if the directory is in use or unusable, or its journal is damaged: the message says where
    public static Journal open(Storage storage, JournalOptions options, LineVisitor replay) throws IOException {
        Closeable lock = storage.lock();
        Journal journal = new Journal(storage, options, lock);
        try {
            journal.start(replay);
            return journal;
        } catch (IOException | RuntimeException | Error e) {
            journal.release();
            throw e;
        }
    }

    private void start(LineVisitor replay) throws IOException {
        Restore.ifEmpty(storage, intake.segmentSize);
        Recovery recovery = new Recovery(storage);
        Recovery.Result found = recovery.run();
        long next = segments.replay(recovery, found, replay);
        writer.use(intake.begin(found, next));
        long lines = next - 1;
        LOG.log(Level.DEBUG, () -> "event=journal_opened segments=" + found.used().size() + " last_seq=" + lines);
        thread.start();
    }

    /// Returns the sequence number of the next line. The caller must serialise this and appending (by the queue's
    /// lock).
    public long nextSeq() {
        return intake.nextSeq();
    }

    /// Returns the last sequence number that was given to a line.
    public long appendedSeq() {
        return intake.nextSeq() - 1;
    }

    /// Returns the sequence number up to which everything is durable. It never lies within a unit.
    public long durableSeq() {
        return intake.durableSeq();
    }

    /// Appends a unit, in memory: it is not durable yet, and is written only after [#writeAppended], so that everything
    /// appended until then shares its sync. Never waits, so it may be called under a lock.
    ///
    /// @param awaited whether somebody waits until it is durable; if not, it waits a moment for a line that is awaited,
    ///                to share its sync
    /// @return the positions of its lines
    /// @throws NoRoom         if there is not enough space for all of it now; nothing was appended
    /// @throws JournalFailure if the journal can no longer write
    public long[] tryAppend(Urgency urgency, Unit unit, boolean awaited) {
        return intake.tryAppend(urgency, unit, awaited);
    }

    /// Lets the writer write what was appended.
    public void writeAppended() {
        intake.wake();
    }

    /// Lets the writer write all that was appended, because somebody now waits for it.
    public void hurry() {
        intake.hurry();
    }

    /// Waits until there is room for a unit that found none. Must be called without holding a lock.
    ///
    /// @throws JournalFull    if the disk is full
    /// @throws JournalFailure if the journal can no longer write
    public void awaitRoom(NoRoom none) {
        intake.awaitRoom(none);
    }

    /// Waits while too much is appended but not written, so that memory stays bounded on a slow disk. Must be called
    /// before an append, and without holding a lock that a listener of [#onDurable] takes.
    ///
    /// @throws JournalFailure if the journal can no longer write
    public void awaitRoom() {
        intake.awaitRoom();
    }

    /// Waits until everything up to this sequence number is durable. An interrupt does not end the wait; the interrupt
    /// flag stays set.
    ///
    /// @throws JournalFailure if the journal can no longer write
    public void awaitDurable(long seq) {
        intake.awaitDurable(seq);
    }

    /// Returns what is full, for people, while no segment can be made, even if the last ones still have room; null
    /// while one can be made.
    public String full() {
        return intake.full();
    }

    /// Calls a listener whenever space becomes free, on a thread of the journal's. It must be quick.
    public void onRoom(Runnable listener) {
        intake.supply.onMore(listener);
    }

    /// Calls a listener on the writer's thread whenever more lines are durable, with [#durableSeq]. It must be quick.
    public void onDurable(LongConsumer listener) {
        durableListeners.add(listener);
    }

    /// Calls a listener on the writer's thread after every sync of lines.
    public void onSync(Synced listener) {
        syncListeners.add(listener);
    }

    /// Returns the total size of its files in bytes, without segments made ahead.
    public long bytes() throws IOException {
        long bytes = 0;
        for (SegmentFile file : segments.files()) {
            bytes += file.lines() < 0 ? Segment.offset(intake.durableEnd()) : storage.size(file.name());
        }
        return bytes;
    }

    /// Calls a listener once, on the writer's thread, when a write or sync fails; the journal then fails for good.
    public void onFailure(Runnable listener) {
        failureListeners.add(listener);
    }

    /// Returns why the journal can no longer write; null while it can.
    public String failure() {
        JournalFailure failed = intake.failure();
        return failed == null ? null : failed.getMessage();
    }

    /// Returns one line's complete JSON object after verifying its checksum. Also finds lines that are not durable yet.
    ///
    /// @throws IOException if the line is damaged or dropped, or cannot be read: the message says where; nothing else
    ///         is affected
    public Slice read(long position) throws IOException {
        if (position >= intake.durableEnd() && !Segment.isCompacted(Segment.number(position))) {
            Slice json = intake.read(position);
            if (json != null) {
                return json;
            }
        }
        return reader.read(position);
    }

    /// Returns where the durable lines end.
    Intake.End durable() {
        return intake.end();
    }

    /// Begins to read the durable lines after this sequence number that no compaction has dropped.
    public JournalScan scan(long afterSeq) {
        return new JournalScan(this, storage, segments, afterSeq);
    }

    /// Returns the sequence number after which no compaction has dropped an event.
    public long keptAfter() {
        return segments.keptAfter();
    }

    /// Returns a copy of the whole journal, to be written elsewhere.
    public Backup backup() {
        return new Backup(storage, segments, intake);
    }

    /// Returns the files that a compaction may work on.
    public ClosedFiles closed() {
        intake.ensureOpen();
        Intake.End durable = intake.end();
        int end = Segment.number(durable.position());
        return new ClosedFiles(storage, segments, intake.segmentSize,
                segments.files().stream().filter(file -> file.range().to() < end).toList(), durable.seq());
    }

    /// Closes the segment in use if it has lines, and waits until it is closed. On a full disk it stays in use.
    public void endSegment() {
        intake.endSegment();
        // closed files that are not cut yet are cut soon
        preparer.settle();
    }

    /// Syncs what was appended, marks the clean stop, cuts the segment to its length and unlocks. Idempotent.
    @Override
    public void close() {
        intake.close();
        Patience.join(thread);
        if (!closed.getAndSet(true)) {
            // without the lock, which the preparer may need to finish
            release();
        }
    }

    private void release() {
        preparer.close();
        try {
            for (Segment.Fresh fresh : intake.superfluous()) {
                storage.delete(Segment.name(fresh.number()));
            }
            writer.close();
            directoryLock.close();
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, () -> "event=journal_close_failed reason=" + LogValue.of(e));
        }
    }

    // ---- the writer's thread

    private void write() {
        try {
            for (Batch batch = intake.take(); batch != null; batch = intake.take()) {
                int lines = batch.count;
                long bytes = (long) batch.end - batch.start;
                long nanos = writer.write(batch);
                publish(batch);
                for (Synced listener : lines == 0 ? List.<Synced>of() : syncListeners) {
                    listener.synced(lines, bytes, nanos);
                }
            }
            int end = Segment.offset(intake.durableEnd());
            if (end > Segment.HEADER) {
                writer.seal(end, intake.nextSeq());
            }
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        }
    }

    private void publish(Batch batch) {
        if (!intake.publish(batch)) {
            return;
        }
        for (LongConsumer listener : durableListeners) {
            try {
                listener.accept(intake.durableSeq());
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "event=journal_listener_failed", e);
            }
        }
    }

    private void fail(Throwable cause) {
        LOG.log(Level.ERROR, () -> "event=journal_failed reason=" + LogValue.of(cause));
        intake.fail(cause);
        failureListeners.forEach(Runnable::run);
    }
}
