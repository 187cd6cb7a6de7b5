package server.queue;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

import server.journal.JournalFailure;
import server.journal.JournalFull;
import server.journal.compaction.CompactionReport;
import server.journal.compaction.JournalCompaction;
import server.queue.ledger.Ledger;
import shared.LogValue;
import shared.Problem;

/// Compacts the queue's journal: by itself when it pays, on a thread of its own, and on request.
public final class Compaction implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Compaction.class.getName());

    private final JournalCompaction compaction;
    private final CompactionOptions options;
    private final Thread thread;
    private final Object wakeUp = new Object();
    private volatile boolean closed;

    public Compaction(Ledger ledger, CompactionOptions options) {
        this.options = options;
        compaction = ledger.compaction(options.eventsKept());
        thread = Thread.ofPlatform().name("journal-compaction").daemon().unstarted(this::watch);
    }

    /// Starts the thread that compacts the journal whenever it is worth it.
    public void start() {
        thread.start();
    }

    /// Compacts everything: what was deleted before the call is gone from the disk when it returns.
    ///
    /// @throws Problem 503 or 507 if it cannot be done
    public CompactionReport now() {
        try {
            return logged(true);
        } catch (JournalFull full) {
            throw new Problem(507, full.getMessage());
        } catch (IOException | JournalFailure e) {
            throw new Problem(503, "the journal could not be compacted, nothing is lost: " + e.getMessage());
        }
    }

    /// Returns the share of the journal's bytes that could be dropped, as of the last check, which follows a change
    /// within seconds.
    public double deadShare() {
        return compaction.deadShare();
    }

    private void watch() {
        long looked = -1;
        while (!closed) {
            try {
                // if nothing has changed, a compaction pays no more than it did
                long last = compaction.lastSeq();
                if (last != looked || compaction.isRoomShort()) {
                    looked = last;
                    if (compaction.isWorthIt(options.deadShare())) {
                        logged(false);
                    }
                }
            } catch (JournalFailure itIsOver) {
                return;
            } catch (IOException | RuntimeException | Error e) {
                LOG.log(Level.WARNING, () -> "event=compaction_failed reason=" + LogValue.of(e.getMessage()));
            }
            rest();
        }
    }

    private CompactionReport logged(boolean all) throws IOException {
        CompactionReport done = compaction.run(all, () -> closed);
        LOG.log(Level.INFO, () -> "event=journal_compacted files=" + done.filesBefore() + " left=" + done.filesAfter()
                + " bytes=" + done.bytesBefore() + " left_bytes=" + done.bytesAfter() + " dropped_events="
                + done.eventsDropped());
        return done;
    }

    private void rest() {
        synchronized (wakeUp) {
            try {
                if (!closed) {
                    wakeUp.wait(options.checkEvery().toMillis());
                }
            } catch (InterruptedException e) {
                closed = true;
            }
        }
    }

    /// Ends a running compaction; what it has completed remains valid.
    @Override
    public void close() {
        synchronized (wakeUp) {
            closed = true;
            wakeUp.notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
