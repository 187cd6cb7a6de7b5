package server.queue.ledger;

import java.io.IOException;
import java.util.function.Consumer;

import server.journal.Journal;
import server.journal.JournalScan;

/// Past events, read from the journal a few at a time. For one thread.
public final class EventLog {

    private static final int PART_BYTES = 16 << 10;

    private final JournalScan scan;
    private final Journal journal;
    private final TaskReader reader;

    /// @param scan   begins after the last event that its reader has
    EventLog(JournalScan scan, Journal journal, TaskReader reader) {
        this.scan = scan;
        this.journal = journal;
        this.reader = reader;
    }

    /// Passes on the next events.
    ///
    /// @return whether there are more that were durable at the call
    /// @throws IOException at a damaged line; the message says where
    public boolean next(Consumer<DurableEvent> to) throws IOException {
        return scan.next(PART_BYTES, (seq, position, line) -> to.accept(reader.event(seq, line)));
    }

    /// Does the same as [#next], with requests and results, which the feed does not show.
    public boolean nextWhole(Consumer<DurableEvent> to) throws IOException {
        return scan.next(PART_BYTES, (seq, position, line) -> to.accept(reader.whole(seq, line)));
    }

    /// Returns the sequence number up to which all events have been passed on.
    public long seq() {
        return scan.seq();
    }

    /// Returns whether events are missing among those passed on, because they are no longer kept.
    public boolean missed() {
        return scan.missed();
    }

    /// Returns the number of the oldest event after which no event is missing.
    public long oldest() {
        return journal.keptAfter() + 1;
    }
}
