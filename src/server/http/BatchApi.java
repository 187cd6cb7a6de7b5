package server.http;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import server.http.Bodies.Body;
import server.queue.Batch;
import server.queue.TaskQueue;
import server.task.Submission;
import server.task.SubmissionReader;
import server.task.Task;
import shared.Problem;
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
        List<Task> tasks = queue.submit(lines || firstByte(body) != '[' ? readLines(body) : readArray(body));
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

    private Batch readArray(Body body) {
        Batch all = queue.newBatch();
        JsonReader json = body.json();
        json.beginArray();
        while (json.nextElement()) {
            try {
                add(json, all, all.size() + 1);
            } catch (Problem problem) {
                throw new Problem(problem.status(), "[" + all.size() + "]: " + problem.getMessage());
            }
        }
        json.end();
        return all;
    }

    private Batch readLines(Body body) {
        // of all parts together: else each might take as many as a whole batch may have
        AtomicInteger count = new AtomicInteger();
        List<BatchLines> parts = BatchLines.cut(body, Runtime.getRuntime().availableProcessors(), queue::newBatch,
                (json, part) -> add(json, part, count.incrementAndGet()));
        List<Problem> problems = parts.parallelStream().map(BatchLines::read).toList();
        checkCount(count.get());
        Batch all = queue.newBatch();
        for (int i = 0; i < parts.size(); i++) {
            if (problems.get(i) != null) {
                throw problems.get(i);
            }
            all.add(parts.get(i).batch());
        }
        return all;
    }

    private void checkCount(int count) {
        if (count > options.batchTasksMax()) {
            throw new Problem(413, "a batch may have at most " + options.batchTasksMax() + " tasks");
        }
    }

    /// @param count how many there are with this one
    private void add(JsonReader json, Batch batch, int count) {
        checkCount(count);
        if (json.peek() != Kind.OBJECT) {
            throw json.error("a task must be an object");
        }
        int from = json.position();
        Submission submission = submissions.read(json);
        if (json.position() - from > options.taskBytesMax()) {
            throw new Problem(413, "a task may have " + options.taskBytesMax() + " bytes");
        }
        batch.add(submission);
    }
}
