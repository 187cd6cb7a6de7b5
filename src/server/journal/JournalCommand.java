package server.journal;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// `ollama-queue-server journal verify|dump DIR`: looks into a data directory, also while a server runs on it.
public final class JournalCommand {

    private static final String USAGE = """
            usage: ollama-queue-server journal verify DIR   names every problem of the journal in DIR
                   ollama-queue-server journal dump DIR     prints its events, one JSON object a line
                   ollama-queue-server journal compact DIR  drops what the stopped server's journal does not need
            """;

    private JournalCommand() {
    }

    /// @param arguments what follows `journal`
    /// @return the exit status: 0 all is well, 1 the journal has problems or cannot be read, 2 wrong usage
    public static int run(List<String> arguments, PrintStream out, PrintStream err) {
        if (arguments.contains("--help")) {
            out.print(USAGE);
            return 0;
        }
        if (arguments.size() != 2 || !List.of("verify", "dump").contains(arguments.getFirst())) {
            err.print(USAGE);
            return 2;
        }
        Path directory = Path.of(arguments.get(1));
        if (!Files.isDirectory(directory)) {
            err.println("ollama-queue-server: " + directory + " is not a directory; name the server's data directory");
            return 2;
        }
        try {
            Storage storage = new FileStorage(directory);
            return arguments.getFirst().equals("verify") ? verify(storage, out) : dump(storage, out, err);
        } catch (IOException e) {
            err.println("ollama-queue-server: cannot read " + directory + ": " + e.getMessage());
            return 1;
        }
    }

    private static int verify(Storage storage, PrintStream out) throws IOException {
        Inspection found = inspect(storage, (seq, position, json) -> { });
        if (!found.problems.isEmpty()) {
            // a running server may have been in the middle of a write: what is wrong is wrong a second time
            found = inspect(storage, (seq, position, json) -> { });
        }
        found.problems.forEach(problem -> out.println("problem: " + problem));
        found.notes.forEach(note -> out.println("note: " + note));
        out.println(found.segments + " segments, " + found.lines + " events" + (found.lines == 0 ? ""
                : ", sequence numbers " + found.firstSeq + " to " + found.lastSeq) + ", " + found.problems.size()
                + " problems");
        return found.problems.isEmpty() ? 0 : 1;
    }

    private static int dump(Storage storage, PrintStream out, PrintStream err) throws IOException {
        Inspection found = inspect(storage, (seq, position, json) -> {
            out.write(json.bytes(), json.from(), json.length());
            out.write('\n');
        });
        out.flush();
        found.problems.forEach(problem -> err.println("problem: " + problem));
        found.notes.forEach(note -> err.println("note: " + note));
        return found.problems.isEmpty() && !out.checkError() ? 0 : 1;
    }

    private static Inspection inspect(Storage storage, Journal.Visitor visitor) throws IOException {
        Inspection inspection = new Inspection(storage, visitor);
        inspection.run();
        return inspection;
    }
}
