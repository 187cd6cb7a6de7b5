package server.queue.ledger;

import shared.Problem;

/// The value of a change or a look, and what it depends on: all changes up to it, which may not be durable yet.
public final class Commit<T> {

    private final T value;
    private final long seq;
    private final Ledger ledger;

    /// Must be called under the ledger's lock.
    Commit(T value, Ledger ledger) {
        this.value = value;
        this.ledger = ledger;
        seq = ledger.appendedSeq();
    }

    /// Returns the value at once. It may still be lost, so do not show it to anybody before [#durable] has returned.
    public T value() {
        return value;
    }

    /// Waits until everything that the value depends on is durable, and returns it.
    ///
    /// @throws Problem 503 if the journal cannot be written
    public T durable() {
        return Ledger.orProblem(() -> {
            ledger.awaitDurable(seq);
            return value;
        });
    }

    /// Returns the sequence number of the last change that the value depends on.
    public long seq() {
        return seq;
    }
}
