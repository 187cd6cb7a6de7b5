package server.journal;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import server.journal.disk.FileReason;
import server.journal.disk.FileStorage;
import server.journal.disk.LineVisitor;
import server.journal.disk.Storage;
import server.journal.recovery.Inspection;
import server.journal.recovery.Repair;
import shared.Nearest;

/// `ollama-queue-server journal verify|repair|dump DIR`: looks into a data directory, and mends it.
public final class JournalCommand {

    private static final String NAME = "ollama-queue-server: ";

    static final String USAGE = """
            usage: ollama-queue-server journal verify|repair|dump|compact DIR

            DIR is a server's data directory.

              verify   name every problem with file, offset and sequence number; a server may be running
              repair   keep every whole line and drop the rest; no server may be running
              dump     print the events, one JSON object a line; a server may be running
              compact  drop what the tasks that there are do not need; no server may be running

            A problem is what keeps a server from starting:
              the file is missing              a segment between others is not there
              does not begin with the header   the first 80 bytes of a segment have changed
              the bytes here are no line       a line has changed, or was overwritten
              sequence number N is too low     a line stands where a later one belongs
              ends here without the closing mark, is shorter than its segment    bytes at the end are gone
              longer than the segment's size   there are bytes that the server never wrote
            A note is what the next start puts right by itself: the last batch, never acknowledged, was cut off.

            repair keeps each file that it changes as FILE.broken and says what it dropped: file, offset, sequence
            numbers. A task whose submit was dropped is gone; what was dropped behind it returns the task to how it
            was before.

            exit status: 0 all is well; 1 there are problems, or DIR cannot be used; 2 wrong usage
            """;

    private static final List<String> COMMANDS = List.of("verify", "repair", "dump", "compact");

    private JournalCommand() {
    }

    /// @param arguments what follows `journal`
    /// @return the exit status: 0 all is well, 1 the journal has problems or cannot be used, 2 wrong usage
    public static int run(List<String> arguments, PrintStream out, PrintStream err) {
        if (arguments.contains("--help") || arguments.contains("-h")) {
            out.print(USAGE);
            return 0;
        }
        String wrong = wrong(arguments);
        if (wrong != null) {
            err.println(NAME + wrong);
            err.println(NAME + "journal --help shows more");
            return 2;
        }
        Path directory = Path.of(arguments.get(1));
        if (!Files.isDirectory(directory)) {
            err.println(NAME + directory + (Files.exists(directory) ? " is not a directory" : " does not exist")
                    + "; name the server's data directory");
            return 1;
        }
        try {
            Storage storage = new FileStorage(directory);
            return switch (arguments.getFirst()) {
                case "verify" -> verify(storage, out);
                case "repair" -> repair(storage, out);
                default -> dump(storage, out, err);
            };
        } catch (IOException e) {
            err.println(NAME + "cannot " + arguments.getFirst() + " " + directory + ": " + FileReason.of(e));
            return 1;
        }
    }

    /// What is wrong with the arguments; null if nothing is.
    private static String wrong(List<String> arguments) {
        if (arguments.isEmpty()) {
            return "journal needs a command: verify, repair, dump or compact, then the data directory";
        }
        String command = arguments.getFirst();
        if (!COMMANDS.contains(command)) {
            return "unknown journal command " + command + Nearest.hint(command, COMMANDS)
                    + "; it is verify, repair, dump or compact";
        }
        if (arguments.size() == 1) {
            return "journal " + command + " needs the data directory: journal " + command + " ./data";
        }
        return arguments.size() == 2 ? null : "unexpected argument " + arguments.get(2);
    }

    private static int repair(Storage storage, PrintStream out) throws IOException {
        AutoCloseable lock = storage.lock();
        try {
            Repair repair = new Repair(storage);
            repair.run();
            repair.done.forEach(out::println);
            if (repair.done.isEmpty()) {
                out.println("nothing to repair");
            }
            return verify(storage, out);
        } finally {
            close(lock);
        }
    }

    private static void close(AutoCloseable lock) throws IOException {
        try {
            lock.close();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
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

    private static Inspection inspect(Storage storage, LineVisitor visitor) throws IOException {
        Inspection inspection = new Inspection(storage, visitor);
        inspection.run();
        return inspection;
    }
}
