package client;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import shared.json.Json;

/// The command `batch`: many tasks in the shape that the API takes, all or none.
final class BatchSubmit {

    /// What to do when a batch is too large.
    static final String LARGER = "ollama-queue import accepts any number of tasks, one per line";

    private BatchSubmit() {
    }

    static int run(Session session, Arguments arguments) {
        String file = session.inputs().fileOrStdin(arguments);
        RequestBody.Builder tasks = new RequestBody.Builder();
        try (InputStream in = session.inputs().open("--file", file, Inputs.BATCH)) {
            in.transferTo(tasks);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        if (tasks.first() < 0) {
            throw Failure.usage(Inputs.name("--file", file) + " is empty", null);
        }
        return send(session, tasks, arguments.isOn("sync"));
    }

    /// Sends a batch and prints the ids of its tasks.
    ///
    /// @param tasks   a JSON array, or a task on each line
    /// @param answers whether to wait and print the answers, in order, instead
    static int send(Session session, RequestBody.Builder tasks, boolean answers) {
        Output output = session.output();
        byte[] answer;
        try {
            answer = session.api().post("/api/tasks/batch", Map.of("Content-Type",
                    tasks.first() == '[' ? "application/json" : "application/x-ndjson"), tasks.body());
        } catch (Failure failure) {
            throw failure.outlook != Failure.Outlook.LOST ? failure : new Failure(failure.exit, failure.getMessage(),
                    "the batch was accepted as a whole or not at all: check with ollama-queue list");
        }
        if (!(session.api().object(answer).get("ids") instanceof Json.Arr array)) {
            throw session.api().notOurs("a batch was answered without ids");
        }
        session.warn(answer);
        List<String> ids = new ArrayList<>();
        array.values().forEach(id -> ids.add(TaskText.plain(id)));
        output.setDone(ids.size() == 1 ? ids.get(0) + " was submitted" : ids.size()
                + " tasks were submitted, from " + ids.get(0) + " to " + ids.get(ids.size() - 1));
        if (answers) {
            return Wait.print(session, ids, true);
        }
        if (!output.isText()) {
            output.json(answer);
            return 0;
        }
        if (output.form == Output.Form.TABLE) {
            output.line("ID");
        }
        ids.forEach(output::line);
        return 0;
    }
}
