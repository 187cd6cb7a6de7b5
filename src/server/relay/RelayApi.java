package server.relay;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

import server.executor.Outcome;
import server.http.Answer;
import server.http.Bodies.Body;
import server.http.GoneCallers;
import server.http.IdempotencyKey;
import server.http.Routes;
import server.http.WebRequest;
import server.live.RelayedAnswer;
import server.live.RelayedAnswers;
import server.queue.TaskQueue;
import server.queue.TaskQueue.Submitted;
import server.task.ApiPath;
import server.task.Caller;
import server.task.RelayBody;
import server.task.Submission;
import server.task.SubmissionReader;
import server.task.Task;
import server.task.TaskDocument;
import shared.Problem;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Takes the calls of the hosts' APIs: each becomes a task, and its caller gets the host's answer as it comes.
public final class RelayApi {

    /// What the caller wants to reach the host, beside the body.
    private static final Set<String> HEADERS = Set.of("content-type", "accept", "traceparent");
    private static final List<String> HEADERS_BEGIN = List.of("anthropic-", "openai-");

    /// What it stands on.
    ///
    /// @param refusal      with what all hosts refuse a pending call; null if one may take it
    /// @param stopping     whether the server is about to end
    /// @param bodyBytesMax of one call
    public record Parts(TaskQueue queue, RelayedAnswers answers, SubmissionReader submissions, GoneCallers gone,
            InstantSource clock, Function<Task, Outcome.Failed> refusal, BooleanSupplier stopping, int bodyBytesMax) {
    }

    private final Parts parts;
    private volatile RelayOptions options;

    public RelayApi(Parts parts, RelayOptions options) {
        this.parts = parts;
        this.options = options;
    }

    /// Returns the options of calls that come now.
    public RelayOptions options() {
        return options;
    }

    /// Takes new options for the calls that come from now on.
    public void reconfigure(RelayOptions newOptions) {
        options = newOptions;
    }

    /// Adds the paths whose calls are tasks.
    public void addTo(Routes routes) {
        for (ApiPath path : ApiPath.values()) {
            ApiForm form = ApiForm.of(path.path);
            routes.addRelayed("POST", path.path, false, form::error, request -> call(request, path));
        }
    }

    private Answer call(WebRequest request, ApiPath path) throws InterruptedException {
        RelayOptions now = options;
        now.checkEnabled();
        CallerHints said = CallerHints.of(request::header, request.hints());
        Body body = request.body(parts.bodyBytesMax(), "a call");
        RelayBody read = RelayBody.read(path, body.json());
        if (read.model() == null || read.model().isEmpty()) {
            throw Problem.badRequest("model is required");
        }
        CallerHints hints = said.withTier(read.serviceTier());
        IdempotencyKey key = IdempotencyKey.of(request);
        boolean keep = key != null || Boolean.TRUE.equals(hints.keep());
        boolean record = hints.record() == null ? now.record() : hints.record();
        if (!record && keep) {
            throw Problem.badRequest("a call that is not recorded (relay.record or X-Queue-Record is false) can have "
                    + "neither an Idempotency-Key nor X-Queue-Keep");
        }
        Caller caller = new Caller(hints.client(), path, true, keep, record,
                hints.priority() == null && hints.on() == null);
        Submission submission = parts.submissions().ofCall(caller, hints.on(),
                now.maxWait().isZero() ? 0 : parts.clock().millis() + now.maxWait().toMillis(), read.model(),
                hints.priority() != null ? hints.priority() : read.streams() ? now.priority() : now.wholePriority(),
                new Slice(body.bytes(), 0, body.length()), read.preview(), head(request, read));
        return submitted(request, submission, read.streams(), key, now);
    }

    private Answer submitted(WebRequest request, Submission submission, boolean streams, IdempotencyKey key,
            RelayOptions now) throws InterruptedException {
        Caller caller = submission.terms().caller();
        long id = parts.queue().newId();
        RelayedAnswer answer = parts.answers().enter(id);
        long entered = id;
        try {
            // the keys of one client, and of one path, are no other's
            Submitted submitted = parts.queue().submit(submission, id, key == null ? null
                    : caller.endpoint().path + " " + caller.client() + " " + key.text(),
                    key == null ? null : key.fingerprint());
            Task task = submitted.document().task();
            if (submitted.replayed()) {
                parts.answers().leave(id);
                entered = task.id();
                answer = parts.answers().enter(entered);
                TaskDocument document = parts.queue().document(entered);
                if (document.task().status().ended()) {
                    Answer again = RepeatedAnswer.of(document, streams);
                    parts.answers().leave(entered);
                    return again;
                }
            }
            long reads = entered;
            AnswerForm form = new AnswerForm(caller.endpoint().path, streams,
                    !request.headers(Set.of(), List.of("x-stainless-")).isEmpty(), submission.model(), task.name(),
                    task.createdAt());
            RelayedCall call = new RelayedCall(parts, task, answer, form, now.heartbeat());
            GoneCallers.Watch watch = parts.gone().watch(request.local(), request.remote(),
                    () -> Thread.ofVirtual().name("caller-left").start(call::callerLeft));
            request.atEnd(() -> {
                watch.close();
                parts.answers().leave(reads);
            });
            return call.answer();
        } catch (RuntimeException | Error notTaken) {
            parts.answers().leave(entered);
            throw notTaken;
        }
    }

    private static Slice head(WebRequest request, RelayBody body) {
        JsonWriter out = new JsonWriter(256).beginObject().name("stream").bool(body.streams());
        if (request.rawQuery() != null) {
            out.name("query").string(request.rawQuery());
        }
        Map<String, String> headers = request.headers(HEADERS, HEADERS_BEGIN);
        if (!headers.isEmpty()) {
            out.name("headers").beginObject();
            headers.forEach((name, value) -> out.name(name).string(value));
            out.endObject();
        }
        out.endObject();
        return new Slice(out.buffer(), 0, out.length());
    }
}
