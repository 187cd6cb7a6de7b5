package server.relay;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import server.executor.answer.AnswerWriter;
import server.executor.answer.Members;
import server.http.Answer;
import server.http.Answer.Whole;
import server.task.ApiPath;
import server.task.Task;
import server.task.TaskDocument;
import server.task.TaskState;
import shared.Problem;
import shared.json.JsonReader.Kind;
import shared.json.Slice;

/// The answer to a call that is repeated after its task has ended. A whole answer, and a stream that was kept as text,
/// are returned as they arrived; other streams are rebuilt from the result, in the same form and with the same text.
/// For a task that failed or was cancelled the answer is the error.
final class RepeatedAnswer {

    private static final String RUNS = ",\"runs\":";

    private RepeatedAnswer() {
    }

    /// Returns the answer.
    ///
    /// @param document of the ended call
    /// @param streams  whether the call asks for a stream
    static Answer of(TaskDocument document, boolean streams) {
        Task task = document.task();
        Whole answer = switch (task.state()) {
            case TaskState.Completed completed -> completed(document, streams);
            case TaskState.Failed failed when document.result() != null -> refused(document);
            // a task that ends before any attempt missed its deadline
            case TaskState.Failed failed -> error(task, 503, document.error());
            case TaskState.Cancelled cancelled -> error(task, 499, RelayedCall.cancelled(task));
            case TaskState.Pending pending -> throw new IllegalStateException("pending");
            case TaskState.Running running -> throw new IllegalStateException("running");
        };
        List<String> headers = new ArrayList<>(List.of(answer.headers()));
        headers.addAll(List.of("X-Queue-Task", task.name()));
        if (!document.attempts().isEmpty()) {
            headers.addAll(List.of("X-Queue-Host", CallerHints.asHeader(document.attempts().getLast().host())));
        }
        return new Whole(answer.status(), answer.type(), answer.bytes(), answer.length(),
                headers.toArray(new String[0]));
    }

    private static Whole completed(TaskDocument document, boolean streams) {
        Task task = document.task();
        ApiPath path = task.terms().caller().endpoint();
        Slice result = document.result();
        Map<String, Slice> members = Members.kind(result) == Kind.OBJECT ? Members.of(result, "the result") : Map.of();
        if (members.containsKey("content_type")) {
            return whole(200, text(members, "content_type"), text(members, "text").getBytes(StandardCharsets.UTF_8));
        }
        // a host may answer with a whole even if a stream was requested
        if (streams && members.containsKey("done")) {
            AnswerWriter writer = AnswerWriter.of(path.path, task.model(), document.payload(),
                    InstantSource.fixed(Instant.ofEpochMilli(task.createdAt())));
            return whole(200, writer.contentType(true), writer.end(result, false, false));
        }
        return whole(200, path.ollamas() ? "application/json; charset=utf-8" : Answer.JSON,
                asSent(result, members.get("runs")));
    }

    /// A whole answer without the order of its pieces, which is its last member.
    private static byte[] asSent(Slice result, Slice runs) {
        byte[] bytes = result.toBytes();
        int end = runs == null ? 0 : runs.from() - result.from() - RUNS.length();
        if (end <= 0 || !new String(bytes, end, RUNS.length(), StandardCharsets.US_ASCII).equals(RUNS)) {
            return bytes;
        }
        byte[] sent = Arrays.copyOf(bytes, end + 1);
        sent[end] = '}';
        return sent;
    }

    /// Returns the host's answer to a failed call, or an error with the reason why it failed.
    private static Whole refused(TaskDocument document) {
        Map<String, Slice> members = Members.of(document.result(), "the result");
        if (!members.containsKey("text")) {
            return error(document.task(), Integer.parseInt(members.get("status").text()), document.error());
        }
        return whole(Integer.parseInt(members.get("status").text()), text(members, "content_type"),
                text(members, "text").getBytes(StandardCharsets.UTF_8), "x-should-retry", "false");
    }

    private static Whole error(Task task, int status, String message) {
        return ApiForm.of(task.terms().caller().endpoint().path).error(new Problem(status, message), 0, false);
    }

    private static String text(Map<String, Slice> members, String name) {
        return Members.text(members.get(name), name);
    }

    private static Whole whole(int status, String type, byte[] bytes, String... headers) {
        return new Whole(status, type, bytes, bytes.length, headers);
    }
}
