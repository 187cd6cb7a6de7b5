package server.queue;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

import server.journal.JournalOptions;
import server.journal.compaction.CompactionReport;
import server.journal.disk.FileStorage;
import server.queue.ledger.Ledger;
import server.queue.state.QueueOptions;

/// `ollama-queue-server journal compact DIR`: compacts the journal of a server that is stopped.
public final class CompactCommand {

    private static final String NAME = "ollama-queue-server: ";
    private static final String USAGE = "usage: ollama-queue-server journal compact DIR   drops what the stopped"
            + " server's journal in DIR does not need\n";

    private CompactCommand() {
    }

    /// @param arguments what follows `compact`
    /// @return the exit status: 0 done, 1 it cannot be compacted, 2 wrong usage
    public static int run(List<String> arguments, PrintStream out, PrintStream err) {
        if (arguments.contains("--help")) {
            out.print(USAGE);
            return 0;
        }
        if (arguments.size() != 1) {
            err.print(USAGE);
            return 2;
        }
        Path directory = Path.of(arguments.getFirst());
        if (!Files.isDirectory(directory)) {
            err.println(NAME + directory + " is not a directory; name the server's data directory");
            return 2;
        }
        try {
            CompactionReport done = compact(directory);
            out.println(done.filesBefore() + " files with " + done.bytesBefore() + " bytes, now " + done.filesAfter()
                    + " with " + done.bytesAfter() + "; " + done.eventsDropped() + " events dropped");
            return 0;
        } catch (IOException | RuntimeException e) {
            err.println(NAME + "cannot compact " + directory + ": " + e.getMessage());
            return 1;
        }
    }

    /// Nothing happens to the tasks, so no time is asked for.
    private static CompactionReport compact(Path directory) throws IOException {
        try (Ledger ledger = Ledger.open(new FileStorage(directory), JournalOptions.DEFAULT, QueueOptions.DEFAULT,
                InstantSource.fixed(Instant.EPOCH), RandomGenerator.getDefault())) {
            return ledger.compaction(CompactionOptions.DEFAULT.eventsKept()).run(true, () -> false);
        }
    }
}
