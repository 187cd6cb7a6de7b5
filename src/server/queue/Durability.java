package server.queue;

import java.util.List;
import java.util.function.Supplier;

import server.journal.Journal;
import server.journal.JournalFailure;
import shared.Problem;
import shared.json.Slice;

/// The journal as those see it who want something written or shown: that it failed is a 503 to them.
final class Durability {

    private final Journal journal;

    Durability(Journal journal) {
        this.journal = journal;
    }

    /// @return the line's position
    long append(Event event) {
        return orProblem(() -> journal.append(EventCodec.encode(event)));
    }

    /// All or none.
    long[] append(List<Slice[]> lines) {
        return orProblem(() -> journal.appendAll(lines));
    }

    /// Waits while the disk is far behind. Not to be called under the queue's lock.
    void awaitRoom() {
        orProblem(() -> {
            journal.awaitRoom();
            return null;
        });
    }

    /// Waits before something is shown: for all up to this sequence number.
    void awaitShown(long seq) {
        orProblem(() -> {
            journal.awaitDurable(seq);
            return null;
        });
    }

    private static <T> T orProblem(Supplier<T> work) {
        try {
            return work.get();
        } catch (JournalFailure failed) {
            throw new Problem(503, "the journal cannot be written: " + failed.getMessage());
        }
    }
}
