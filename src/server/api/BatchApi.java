package server.api;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import server.access.Asker;
import server.http.Answer;
import server.http.BatchLines;
import server.http.Bodies.Body;
import server.http.WebRequest;
import server.order.limits.ClientBudgets;
import server.queue.TaskBatch;
import server.queue.TaskQueue;
import server.task.Submission;
import server.task.SubmissionReader;
import server.task.Task;
import server.task.TaskJson;
import server.task.Trace;
import server.settings.Settings;
import shared.Problem;
import shared.json.JsonReader;
import shared.json.JsonWriter;

/// Submits many tasks at once: an array, or one task per line. All or none: one mistake rejects the whole batch, and
/// its message names the element or the line.
final class BatchApi {

    /// The origin of a batch's tasks.
    private record Source(Asker asker, Trace trace, String user) {
    }

    private final Settings settings;
    private final TaskQueue queue;
    private final SubmissionReader submissions;
    private final ClientBudgets budgets;
    private final Warnings warnings;

    BatchApi(Settings settings, TaskQueue queue, SubmissionReader submissions, ClientBudgets budgets,
            Warnings warnings) {
        this.warnings = warnings;
        this.settings = settings;
        this.queue = queue;
        this.submissions = submissions;
        this.budgets = budgets;
    }

    Answer submit(WebRequest request) throws IOException, InterruptedException {
        if (request.header("Idempotency-key") != null) {
            throw Problem.badRequest("Idempotency-Key works for single tasks only (POST /api/tasks)");
        }
        // closed before the answer is sent: a client that reads it slowly, or still sends a refused body, occupies no
        // room
        try (InputStream lines = request.linesOrJson(settings.get(HttpApi.BATCH_BYTES), "a batch");
                TaskBatch batch = queue.newBatch()) {
            read(lines, request, batch);
            budgets.letIn(batch.clients());
            List<Task> tasks = queue.submit(batch);
            JsonWriter out = new JsonWriter(64 + 24 * tasks.size());
            out.beginObject().name("count").number(tasks.size()).name("ids").beginArray();
            for (Task task : tasks) {
                out.string(task.name());
            }
            out.endArray();
            TaskJson.warn(out, warnings.of(tasks));
            return Answer.json(201, out.endObject());
        }
    }

    /// Reads the body into the batch.
    ///
    /// @param lines null if the body is JSON
    private void read(InputStream lines, WebRequest request, TaskBatch batch) throws IOException, InterruptedException {
        Source source = new Source(request.asker().as(request.header(TaskApi.CLIENT)), TaskApi.trace(request),
                TaskApi.user(request));
        if (lines != null) {
            readLines(lines, request.announced() < 0 ? settings.get(HttpApi.BATCH_BYTES) : request.announced(), batch,
                    source);
            return;
        }
        Body body = request.body();
        if (firstByte(body) == '[') {
            readArray(body, batch, source);
        } else {
            readLines(new ByteArrayInputStream(body.bytes(), 0, body.length()), body.length(), batch,
                    source);
        }
    }

    private static int firstByte(Body body) {
        for (int i = 0; i < body.length(); i++) {
            if (body.bytes()[i] > ' ') {
                return body.bytes()[i];
            }
        }
        throw Problem.badRequest("the body is empty; it must be an array of tasks, or a task on each line");
    }

    private void readArray(Body body, TaskBatch batch, Source source) {
        JsonReader json = body.json();
        json.beginArray();
        while (json.nextElement()) {
            int from = json.position();
            try {
                add(json, batch, batch.size() + 1, source);
            } catch (Problem problem) {
                throw problem.at(json.place(from));
            }
        }
        json.end();
    }

    private void readLines(InputStream in, long most, TaskBatch batch, Source source)
            throws IOException, InterruptedException {
        // shared by all blocks; otherwise each could take as many tasks as a whole batch may have
        AtomicInteger count = new AtomicInteger();
        BatchLines<TaskBatch> lines = new BatchLines<>(batch::part,
                (json, block) -> add(json, block, count.incrementAndGet(), source),
                () -> new JsonReader(new byte[0], 0, 0, settings.get(SubmissionReader.JSON_DEPTH)),
                BatchLines.BLOCK_BYTES);
        try {
            lines.read(in, most).forEach(batch::add);
        } catch (Problem mistake) {
            checkCount(count.get());
            throw mistake;
        }
    }

    private void checkCount(int count) {
        if (count > settings.get(HttpApi.BATCH_TASKS)) {
            throw new Problem(413, "a batch may have at most " + settings.get(HttpApi.BATCH_TASKS) + " tasks");
        }
    }

    /// Reads a task and adds it to the batch.
    ///
    /// @param count the number of tasks including this one
    private void add(JsonReader json, TaskBatch batch, int count, Source source) {
        checkCount(count);
        int from = json.position();
        Submission submission = submissions.read(json, source.asker()).by(source.trace()).of(source.user(),
                submissions.metadataMax());
        if (json.position() - from > settings.get(HttpApi.TASK_BYTES)) {
            throw new Problem(413, "a task may have " + settings.get(HttpApi.TASK_BYTES) + " bytes");
        }
        batch.add(submission);
    }
}
