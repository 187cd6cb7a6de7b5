package server.tool;

import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import server.journal.disk.FileReason;
import server.journal.disk.FileStorage;
import server.journal.disk.LineVisitor;
import server.journal.disk.Storage;
import server.journal.recovery.Inspection;
import server.journal.recovery.Repair;
import shared.Controls;
import shared.Problem;

/// `journal verify|repair|dump DIR`: inspects a data directory, or repairs it.
final class JournalCommand {

    /// The number of bytes after which the command checks whether anybody still reads its output, as with `| head`.
    private static final int CHECK_BYTES = 1 << 18;

    private JournalCommand() {
    }

    /// Opens the data directory that the first argument names; never creates one.
    ///
    /// @param command for messages
    /// @throws Problem     if no directory is named
    /// @throws IOException if it is not a directory or does not exist
    static Storage directory(Invocation call, String command) throws IOException {
        if (call.arguments().isEmpty()) {
            throw Problem.badRequest(command + " needs the data directory: " + command + " ./data");
        }
        Path directory = Path.of(call.arguments().getFirst());
        if (!Files.isDirectory(directory)) {
            throw new IOException(directory + (Files.exists(directory) ? " is not a directory" : " does not exist")
                    + "; name the server's data directory");
        }
        return new FileStorage(directory);
    }

    private static Storage only(Invocation call, String command) throws IOException {
        if (call.arguments().size() > 1) {
            throw Problem.badRequest("unexpected argument " + call.arguments().get(1));
        }
        return directory(call, "journal " + command);
    }

    static int repair(Invocation call) throws IOException {
        Storage storage = only(call, "repair");
        try (Closeable _ = storage.lock()) {
            Repair repair = new Repair(storage);
            repair.run();
            repair.done.forEach(call.out()::println);
            if (repair.done.isEmpty()) {
                call.out().println("nothing to repair");
            }
            return verify(storage, call);
        }
    }

    static int verify(Invocation call) throws IOException {
        return verify(only(call, "verify"), call);
    }

    private static int verify(Storage storage, Invocation call) throws IOException {
        Inspection found = inspect(storage, (seq, position, json) -> { });
        if (!found.problems.isEmpty()) {
            // a running server may have been in the middle of a write; a real problem is found again
            found = inspect(storage, (seq, position, json) -> { });
        }
        found.problems.forEach(problem -> call.out().println("problem: " + problem));
        found.notes.forEach(note -> call.out().println("note: " + note));
        call.out().println(found.segments + " segments, " + found.lines + " events" + (found.lines == 0 ? ""
                : ", sequence numbers " + found.firstSeq + " to " + found.lastSeq) + ", " + found.problems.size()
                + " problems");
        return found.problems.isEmpty() ? 0 : 1;
    }

    static int dump(Invocation call) throws IOException {
        PrintStream out = call.out();
        Storage storage = only(call, "dump");
        long[] written = new long[1];
        Inspection found;
        try {
            found = inspect(storage, (seq, position, json) -> {
                // the same JSON, but without terminal control characters
                byte[] line = Controls.shown(json.text(), false).getBytes(StandardCharsets.UTF_8);
                out.writeBytes(line);
                out.write('\n');
                long before = written[0];
                written[0] += line.length;
                if (before / CHECK_BYTES < written[0] / CHECK_BYTES && out.checkError()) {
                    throw new UncheckedIOException(new IOException("nobody reads on"));
                }
            });
        } catch (UncheckedIOException unread) {
            return 1;
        }
        out.flush();
        found.problems.forEach(problem -> call.err().println("problem: " + problem));
        found.notes.forEach(note -> call.err().println("note: " + note));
        return found.problems.isEmpty() && !out.checkError() ? 0 : 1;
    }

    private static Inspection inspect(Storage storage, LineVisitor visitor) throws IOException {
        Inspection inspection = new Inspection(storage, visitor);
        inspection.run();
        return inspection;
    }
}
