package server.queue;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import server.journal.Journal;
import server.journal.JournalOptions;
import server.journal.compaction.CompactionReport;
import server.journal.compaction.JournalCompaction;
import server.journal.disk.FileStorage;
import server.queue.line.EventCodec;
import server.queue.line.Pool;
import server.queue.state.QueueOptions;
import server.queue.state.QueueState;

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

    /// Only the state is made, so that nothing happens to the tasks.
    private static CompactionReport compact(Path directory) throws IOException {
        QueueState state = new QueueState(QueueOptions.DEFAULT);
        EventCodec codec = new EventCodec(new Pool());
        try (Journal journal = Journal.open(new FileStorage(directory), JournalOptions.DEFAULT,
                (seq, position, line) -> state.apply(codec.decodeForReplay(seq, line), seq, position))) {
            return new JournalCompaction(journal, new LiveTasks(new Object(), state),
                    CompactionOptions.DEFAULT.eventsKept()).run(true, () -> false);
        }
    }
}
