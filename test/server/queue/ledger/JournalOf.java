package server.queue.ledger;

import server.journal.Journal;

/// The journal behind a ledger, for tests of what lies on the disk.
public final class JournalOf {

    private JournalOf() {
    }

    public static Journal of(Ledger ledger) {
        return ledger.journal;
    }
}
