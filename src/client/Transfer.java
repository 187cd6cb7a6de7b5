package client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import shared.TaskStatus;
import shared.json.Json;

/// The command `import`: whole tasks, one on each line, as `export` of another server printed them.
final class Transfer {

    /// What goes into one batch, which the server takes whole or not at all.
    private static final int BATCH_TASKS = 10_000;
    private static final int BATCH_CHARS = 8 << 20;

    /// What a task has from its server. A new task gets its own.
    private static final Set<String> SERVERS = Set.of("id", "task_id", "status", "created_at", "updated_at",
            "started_at", "completed_at", "retry_at", "retry_count", "executed_on", "result", "error", "attempts",
            "preview", "rule", "cron_id", "cron_name", "cron_run_count", "due_at");

    private final Session session;
    /// The batch, with an empty line for each line before it, so that the server names lines by their true numbers.
    private final StringBuilder batch = new StringBuilder();
    private int lines;
    private int linesSent;
    private int waiting;
    private int taken;
    private int skipped;

    private Transfer(Session session) {
        this.session = session;
    }

    static int take(Session session, Arguments arguments) {
        String file = arguments.text("file");
        if (file == null && session.terminal().isTerminal().test(0)) {
            throw Failure.usage("import needs --file FILE, or - for standard input", "ollama-queue import --help");
        }
        boolean stdin = file == null || file.equals("-");
        Transfer transfer = new Transfer(session);
        try (InputStream in = stdin ? session.terminal().in() : Inputs.open("--file", file)) {
            transfer.run(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder())),
                    arguments.isOn("all"));
        } catch (IOException unreadable) {
            throw transfer.stopped(Failure.usage("cannot read line " + (transfer.lines + 1) + ": " + unreadable, null));
        } catch (Failure failure) {
            throw transfer.stopped(failure);
        }
        String left = transfer.skipped == 0 ? "" : ", " + transfer.skipped + " left out that had ended";
        session.note(transfer.taken + " imported" + left + (left.isEmpty() ? "" : " (--all takes them)"));
        return 0;
    }

    private void run(BufferedReader in, boolean all) throws IOException {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            lines++;
            if (!line.isBlank()) {
                add(line, all);
            }
            batch.append('\n');
            if (waiting == BATCH_TASKS || batch.length() - lines > BATCH_CHARS) {
                send();
            }
        }
        send();
    }

    private void add(String line, boolean all) {
        if (!(Inputs.json("line " + lines, line.getBytes(StandardCharsets.UTF_8)) instanceof Json.Obj task)) {
            throw Failure.usage("line " + lines + " is not a task, which is a JSON object", null);
        }
        String status = task.text("status");
        if (!all && status != null && TaskStatus.parse(status).ended()) {
            skipped++;
            return;
        }
        Map<String, Json> members = new LinkedHashMap<>(task.members());
        members.keySet().removeAll(SERVERS);
        batch.append(new Json.Obj(members).text());
        waiting++;
    }

    private void send() {
        if (waiting > 0) {
            Batch.send(session, batch.toString().getBytes(StandardCharsets.UTF_8), false);
            taken += waiting;
            waiting = 0;
        }
        linesSent = lines;
        batch.setLength(0);
        batch.append("\n".repeat(lines));
    }

    /// The same failure, with what had been done before.
    private Failure stopped(Failure failure) {
        if (taken == 0) {
            return failure;
        }
        return new Failure(failure.exit, failure.getMessage(), (failure.hint == null ? "" : failure.hint + "; ")
                + taken + " tasks were imported before, those of the lines up to " + linesSent, failure.outlook);
    }
}
