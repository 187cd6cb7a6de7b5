package client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import shared.TaskFields;
import shared.TaskStatus;
import shared.json.Json;

/// The command `import`: submits tasks that `export` printed, one on each line, as new tasks.
final class Import {

    /// The limits of one batch, which the server accepts or rejects as a whole.
    private static final int BATCH_TASKS = 10_000;
    private static final int BATCH_BYTES = 8 << 20;

    private final Session session;
    private final String name;
    private final long tasksMax;
    /// The batch, with an empty line for each line of the file that it leaves out.
    private RequestBody.Builder batch = new RequestBody.Builder();
    private int lines;
    private int linesSent;
    private int waiting;
    private int taken;
    private int skipped;

    private Import(Session session, String name) {
        this.session = session;
        this.name = name;
        tasksMax = Math.min(BATCH_TASKS, session.api().limit("batch_tasks"));
    }

    static int run(Session session, Arguments arguments) {
        String file = session.inputs().fileOrStdin(arguments);
        Import all = new Import(session, Inputs.name("--file", file));
        try (TextLines in = session.inputs().lines("--file", file, null)) {
            all.run(in, arguments.isOn("all"));
        } catch (Failure failure) {
            throw all.stopped(failure);
        }
        String left = all.skipped == 0 ? "" : ", " + all.skipped + (arguments.isOn("all")
                ? " skipped that were not recorded" : " skipped that had ended (--all imports them)");
        session.note(all.taken + " imported" + left);
        return 0;
    }

    private void run(TextLines in, boolean all) {
        for (String line = in.next(); line != null; line = in.next()) {
            lines++;
            if (!line.isBlank()) {
                add(line, all);
            }
            batch.write('\n');
            if (waiting == tasksMax || batch.length() > BATCH_BYTES) {
                send();
            }
        }
        send();
    }

    private void add(String line, boolean all) {
        if (!(Inputs.json(name, lines, line.getBytes(StandardCharsets.UTF_8)) instanceof Json.Obj task)) {
            throw Failure.usage(name + ": line " + lines + " is not a task, which is a JSON object", null);
        }
        String status = task.text("status");
        boolean isEmpty = task.get("unrecorded") != null;
        if (isEmpty || !all && status != null && TaskStatus.parse(status).ended()) {
            skipped++;
            return;
        }
        Map<String, Json> members = new LinkedHashMap<>(task.members());
        members.keySet().removeAll(TaskFields.SERVERS);
        if (String.valueOf(task.text("endpoint")).startsWith("/v1/") && task.get("payload") instanceof Json.Obj body) {
            // the answer to a call may be a stream of that API, the answer to a task may not
            Map<String, Json> whole = new LinkedHashMap<>(body.members());
            whole.keySet().removeAll(List.of("stream", "stream_options"));
            members.put("payload", new Json.Obj(whole));
        }
        batch.add(new Json.Obj(members));
        waiting++;
    }

    private void send() {
        if (waiting > 0) {
            try {
                BatchSubmit.send(session, batch, false);
            } catch (Failure failure) {
                if (failure.exit != Failure.USAGE || linesSent == 0) {
                    throw failure;
                }
                BatchSubmit.send(session, afterLinesSent(), false);
            }
            taken += waiting;
            waiting = 0;
            session.output().setDone(imported());
        }
        linesSent = lines;
        batch = new RequestBody.Builder();
    }

    /// Returns a batch that was refused, with an empty line for each line before it: the line that the refusal names is
    /// then the file's.
    private RequestBody.Builder afterLinesSent() {
        RequestBody.Builder all = new RequestBody.Builder();
        for (int i = 0; i < linesSent; i++) {
            all.write('\n');
        }
        try {
            batch.body().writer().write(all);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return all;
    }

    /// Adds to a failure what was imported before it.
    private Failure stopped(Failure failure) {
        if (taken == 0) {
            return failure;
        }
        return new Failure(failure.exit, failure.getMessage(), (failure.hint == null ? "" : failure.hint + "; ")
                + imported() + ", up to line " + linesSent, failure.outlook);
    }

    private String imported() {
        return taken == 1 ? "1 task was imported" : taken + " tasks were imported";
    }
}
