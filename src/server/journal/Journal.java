package server.journal;

import java.io.IOException;
import java.util.List;
import java.util.function.LongConsumer;

import shared.json.Slice;

/// The append-only log of events. It knows lines, sequence numbers and positions; what an event means is the queue's
/// business. (SKELETON: the journal's owner fills this in.)
///
/// A position is `segment number << 32 | offset in the segment`.
public final class Journal implements AutoCloseable {

    /// Gets every line of a replay or scan, in order.
    public interface Visitor {
        /// @param json the line's whole JSON object; valid during the call only
        void line(long seq, long position, Slice json);
    }

    private Journal() {
    }

    /// Locks the directory, recovers and replays it.
    public static Journal open(Storage storage, JournalOptions options, Visitor replay) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// The sequence number that the next line gets. Appending calls are serialised by their caller (the queue's lock).
    public long nextSeq() {
        throw new UnsupportedOperationException();
    }

    /// Takes one line; returns before it is durable.
    ///
    /// @param rest the event's JSON after the opening brace and the members `seq` and `synced` that the journal writes
    ///             itself, as pieces: `"event":"task",…}`. Not copied: must not change until durable
    /// @return its position
    public long append(Slice... rest) {
        throw new UnsupportedOperationException();
    }

    /// Takes lines that recovery keeps all or none.
    public long[] appendAll(List<Slice[]> lines) {
        throw new UnsupportedOperationException();
    }

    /// The last sequence number given out.
    public long appendedSeq() {
        throw new UnsupportedOperationException();
    }

    /// Everything up to this sequence number is on the disk.
    public long durableSeq() {
        throw new UnsupportedOperationException();
    }

    /// Waits until everything up to this sequence number is on the disk.
    ///
    /// @throws JournalFailure if the journal can write no more
    public void awaitDurable(long seq) {
        throw new UnsupportedOperationException();
    }

    /// Calls this on the writer's thread whenever more became durable, with [#durableSeq]. It must be quick.
    public void onDurable(LongConsumer listener) {
        throw new UnsupportedOperationException();
    }

    /// Calls this once, on the writer's thread, when a write or sync failed for good.
    public void onFailure(Runnable listener) {
        throw new UnsupportedOperationException();
    }

    /// One line's whole JSON object, its checksum verified. Also finds lines that are not durable yet.
    public Slice read(long position) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Visits the durable lines after this sequence number, in order, until the visitor's end or the durable end.
    public void scan(long afterSeq, Visitor visitor) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Syncs what was appended, marks the clean stop, cuts the segment to its length, unlocks. Idempotent.
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
