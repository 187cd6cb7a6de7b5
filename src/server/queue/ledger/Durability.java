package server.queue.ledger;

import java.util.function.Supplier;

import server.cron.plan.CronEvent;
import server.journal.Journal;
import server.journal.JournalFailure;
import server.journal.JournalFull;
import server.journal.NoRoom;
import server.journal.Unit;
import server.journal.Urgency;
import server.queue.line.EventCodec;
import server.queue.state.Event;
import shared.Problem;

/// The journal as those see it who want something written or shown: that it failed is a 503 to them, that the disk is
/// full a 507.
public final class Durability {

    private final Journal journal;

    public Durability(Journal journal) {
        this.journal = journal;
    }

    /// What an event may use of a full disk's last bytes.
    public static Urgency urgency(Event event) {
        return switch (event) {
            case Event.ModeChange change -> Urgency.HIGH;
            case Event.Change change -> switch (change.what()) {
                case SUBMITTED -> Urgency.LOW;
                case STARTED, PRIORITY, RETRIED -> Urgency.NORMAL;
                case RETRYING, COMPLETED, FAILED, CANCELLED, DELETED -> Urgency.HIGH;
            };
            case Event.Cron(CronEvent change) -> switch (change.what()) {
                case CREATED, UPDATED, FIRED -> Urgency.LOW;
                case ENABLED, WAITING, SKIPPED, RESCHEDULED -> Urgency.NORMAL;
                case DISABLED, REMOVED, ENDED -> Urgency.HIGH;
            };
        };
    }

    /// @return the line's position
    /// @throws NoRoom if there is no space for it now
    public long append(Event event, Urgency urgency) {
        return orProblem(() -> journal.tryAppend(urgency, Unit.of(EventCodec.encode(event)))[0]);
    }

    /// All or none.
    ///
    /// @throws NoRoom if there is no space for all of them now
    public long[] append(Unit lines, Urgency urgency) {
        return orProblem(() -> journal.tryAppend(urgency, lines));
    }

    /// @param seq the last sequence number when it was done: what it tells of is durable once this is
    public record Done<T>(T result, long seq) {
    }

    /// Does under the lock what appends to the journal, and does it again from its beginning as long as there is no
    /// room; the waiting is outside of the lock. The work changes nothing before it has appended.
    ///
    /// @throws Problem 507 if the disk is full
    public <T> Done<T> underLock(Object lock, Supplier<T> work) {
        awaitRoom();
        while (true) {
            try {
                synchronized (lock) {
                    T result = work.get();
                    return new Done<>(result, journal.appendedSeq());
                }
            } catch (NoRoom none) {
                orProblem(() -> {
                    journal.awaitRoom(none);
                    return null;
                });
            }
        }
    }

    /// Waits while the disk is far behind, so that memory stays bounded.
    private void awaitRoom() {
        orProblem(() -> {
            journal.awaitRoom();
            return null;
        });
    }

    /// Waits before something is shown: for all up to this sequence number.
    public void awaitShown(long seq) {
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
        } catch (JournalFull full) {
            throw new Problem(507, full.getMessage());
        }
    }
}
