package server.queue.ledger;

import shared.Problem;

/// What a change or a look answered, and what it tells of: all changes up to it, which may not be durable yet.
public final class Commit<T> {

    private final T value;
    private final long seq;
    private final Ledger ledger;

    /// The ledger's lock is held.
    Commit(T value, Ledger ledger) {
        this.value = value;
        this.ledger = ledger;
        seq = ledger.appendedSeq();
    }

    /// Returns the answer at once. It may still be lost, so do not show it to anybody before [#durable] has returned.
    public T value() {
        return value;
    }

    /// Waits until everything that the answer tells of is durable, and returns it.
    ///
    /// @throws Problem 503 if the journal cannot be written
    public T durable() {
        return Ledger.orProblem(() -> {
            ledger.awaitDurable(seq);
            return value;
        });
    }

    /// Returns the sequence number of the last change it tells of.
    public long seq() {
        return seq;
    }
}
