package server.queue.ledger;

import java.io.IOException;
import java.util.function.Consumer;

import server.journal.Journal;
import server.journal.JournalScan;

/// The events that have been, read from the journal some at a time. For one thread.
public final class EventLog {

    private static final int PART_BYTES = 16 << 10;

    private final JournalScan scan;
    private final Journal journal;
    private final TaskReader reader;

    /// @param scan   begins behind the last event that its reader has
    EventLog(JournalScan scan, Journal journal, TaskReader reader) {
        this.scan = scan;
        this.journal = journal;
        this.reader = reader;
    }

    /// Hands out the next events.
    ///
    /// @return whether there are more that were durable at the call
    /// @throws IOException at a damaged line: it says where
    public boolean next(Consumer<DurableEvent> to) throws IOException {
        return scan.next(PART_BYTES, (seq, position, line) -> to.accept(reader.event(seq, line)));
    }

    /// Does the same as [#next], with requests and results, which the feed does not show.
    public boolean nextWhole(Consumer<DurableEvent> to) throws IOException {
        return scan.next(PART_BYTES, (seq, position, line) -> to.accept(reader.whole(seq, line)));
    }

    /// Returns the sequence number up to which everything was handed out.
    public long seq() {
        return scan.seq();
    }

    /// Returns whether events are missing among those handed out: they are not kept any more.
    public boolean missed() {
        return scan.missed();
    }

    /// Returns the number of the oldest event from which on all are kept.
    public long oldest() {
        return journal.keptAfter() + 1;
    }
}
