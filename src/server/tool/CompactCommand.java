package server.tool;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

import server.journal.JournalOptions;
import server.journal.compaction.CompactionReport;
import server.journal.disk.Storage;
import server.queue.CompactionOptions;
import server.queue.ledger.Ledger;
import server.queue.state.QueueOptions;

/// `journal compact DIR [option]...`: compacts the journal of a stopped server, according to its settings.
final class CompactCommand {

    private CompactCommand() {
    }

    static int run(Invocation given) throws IOException {
        Invocation call = given.withEnvironment();
        Storage storage = JournalCommand.directory(call, "journal compact");
        List<String> options = call.arguments().subList(1, call.arguments().size());
        JournalOptions journal = JournalOptions.of(call.with(options).loaded().settings());
        CompactionReport done;
        // nothing happens to the tasks, so the time does not matter
        try (Ledger ledger = Ledger.open(storage, journal, QueueOptions.DEFAULT, InstantSource.fixed(Instant.EPOCH),
                () -> 0, RandomGenerator.getDefault())) {
            done = ledger.compaction(CompactionOptions.DEFAULT.eventsKept()).run(true, () -> false);
        } catch (RuntimeException e) {
            throw new IOException(e.getMessage(), e);
        }
        call.out().println(done.filesBefore() + " files with " + done.bytesBefore() + " bytes, now "
                + done.filesAfter() + " with " + done.bytesAfter() + "; " + done.eventsDropped() + " events dropped");
        return 0;
    }
}
