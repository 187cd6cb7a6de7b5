package client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import shared.json.Json;

/// The command `batch`: many tasks in the shape that the API takes, all or none.
final class Batch {

    private Batch() {
    }

    static int run(Session session, Arguments arguments) {
        String file = arguments.text("file");
        if (file == null && session.terminal().isTerminal().test(0)) {
            throw Failure.usage("batch needs --file FILE, or - for standard input", "ollama-queue batch --help");
        }
        byte[] tasks = file == null || file.equals("-") ? Inputs.stdinBytes(session.terminal())
                : Inputs.file("--file", file);
        return send(session, tasks, arguments.isOn("sync"));
    }

    /// @param tasks a JSON array, or a task on each line
    /// @param wait  whether to print the answers, in order, instead of the ids
    static int send(Session session, byte[] tasks, boolean wait) {
        int first = 0;
        while (first < tasks.length && tasks[first] <= ' ') {
            first++;
        }
        boolean isArray = first < tasks.length && tasks[first] == '[';
        byte[] answer;
        try {
            answer = session.api().post("/api/tasks/batch",
                    Map.of("Content-Type", isArray ? "application/json" : "application/x-ndjson"), tasks);
        } catch (Failure failure) {
            throw failure.outlook != Failure.Outlook.LOST ? failure : new Failure(failure.exit, failure.getMessage(),
                    "the batch may have arrived whole or not at all: ollama-queue list shows it");
        }
        if (!(session.api().object(answer).get("ids") instanceof Json.Arr array)) {
            throw session.api().notOurs("a batch was answered without ids");
        }
        List<String> ids = new ArrayList<>();
        for (Json id : array.values()) {
            ids.add(((Json.Str) id).value());
        }
        if (wait) {
            return Wait.print(session, ids, true);
        }
        if (session.output().isText()) {
            ids.forEach(session.output()::line);
        } else {
            session.output().json(answer);
        }
        return 0;
    }
}
