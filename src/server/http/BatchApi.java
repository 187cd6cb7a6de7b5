package server.http;

import java.util.ArrayList;
import java.util.List;

import server.http.Bodies.Body;
import server.queue.TaskQueue;
import server.task.Submission;
import server.task.SubmissionReader;
import server.task.Task;
import shared.Problem;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.JsonWriter;

/// Submits many tasks at once: an array, or a task on each line. All or none, so one mistake refuses the whole batch;
/// its message names the element or the line.
final class BatchApi {

    private final HttpOptions options;
    private final TaskQueue queue;
    private final SubmissionReader submissions;

    BatchApi(HttpOptions options, TaskQueue queue, SubmissionReader submissions) {
        this.options = options;
        this.queue = queue;
        this.submissions = submissions;
    }

    Answer submit(WebRequest request) {
        if (request.header("Idempotency-key") != null) {
            throw Problem.badRequest("Idempotency-Key works for single tasks only (POST /api/tasks)");
        }
        boolean lines = request.readJsonOrLines(options.batchBytesMax(), "a batch");
        Body body = request.body();
        List<Task> tasks = queue.submitAll(lines || firstByte(body) != '[' ? readLines(body) : readArray(body));
        JsonWriter out = new JsonWriter(64 + 24 * tasks.size());
        out.beginObject().name("count").number(tasks.size()).name("ids").beginArray();
        for (Task task : tasks) {
            out.string(task.name());
        }
        return Answer.json(201, out.endArray().endObject());
    }

    private static int firstByte(Body body) {
        for (int i = 0; i < body.length(); i++) {
            if (body.bytes()[i] > ' ') {
                return body.bytes()[i];
            }
        }
        throw Problem.badRequest("the body is empty; it must be an array of tasks, or a task on each line");
    }

    private List<Submission> readArray(Body body) {
        List<Submission> all = new ArrayList<>();
        JsonReader json = body.json();
        json.beginArray();
        while (json.nextElement()) {
            try {
                add(json, all);
            } catch (Problem problem) {
                throw new Problem(problem.status(), "[" + all.size() + "]: " + problem.getMessage());
            }
        }
        json.end();
        return all;
    }

    private List<Submission> readLines(Body body) {
        List<Submission> all = new ArrayList<>();
        byte[] bytes = body.bytes();
        int line = 1;
        for (int from = 0; from < body.length(); line++) {
            int end = lineEnd(bytes, from, body.length());
            if (!blank(bytes, from, end)) {
                readLine(body.json(from, end), line, all);
            }
            from = end + 1;
        }
        return all;
    }

    /// A loop of its own, which looks at every byte of the body and does nothing else.
    private static int lineEnd(byte[] bytes, int from, int to) {
        int end = from;
        while (end < to && bytes[end] != '\n') {
            end++;
        }
        return end;
    }

    private static boolean blank(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r')) {
            at++;
        }
        return at == to;
    }

    private void readLine(JsonReader json, int line, List<Submission> all) {
        try {
            add(json, all);
            json.end();
        } catch (JsonException notJson) {
            // its reader knows one line only, the first
            throw Problem.badRequest("line " + line + ": " + notJson.getMessage().replace("(line 1, ", "("));
        } catch (Problem problem) {
            throw new Problem(problem.status(), "line " + line + ": " + problem.getMessage());
        }
    }

    private void add(JsonReader json, List<Submission> all) {
        if (all.size() == options.batchTasksMax()) {
            throw new Problem(413, "a batch may have at most " + options.batchTasksMax() + " tasks");
        }
        if (json.peek() != Kind.OBJECT) {
            throw json.error("a task must be an object");
        }
        int from = json.position();
        Submission submission = submissions.read(json);
        if (json.position() - from > options.taskBytesMax()) {
            throw new Problem(413, "a task may have " + options.taskBytesMax() + " bytes");
        }
        all.add(submission);
    }
}
