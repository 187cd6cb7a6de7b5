package server.relay;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

import server.access.Scope;
import server.dispatch.Dispatcher;
import server.dispatch.Hosts;
import server.http.Answer;
import server.http.Bodies.Body;
import server.http.GoneCallers;
import server.http.IdempotencyKey;
import server.http.Routes;
import server.http.WebRequest;
import server.live.RelayedAnswer;
import server.live.RelayedAnswers;
import server.order.limits.ClientBudgets;
import server.queue.TaskQueue;
import server.queue.TaskQueue.Taken;
import server.task.ApiPath;
import server.task.Caller;
import server.task.RelayBody;
import server.task.Submission;
import server.task.SubmissionReader;
import server.task.Task;
import server.task.TaskDocument;
import server.task.TaskId;
import server.task.Trace;
import shared.Nearest;
import shared.Problem;
import shared.TaskStatus;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Accepts the calls of the hosts' APIs: each becomes a task, and its caller gets the host's answer as it arrives.
public final class RelayApi {

    /// The headers that are passed on to the host with the body.
    private static final Set<String> HEADERS = Set.of("content-type", "accept", Trace.TRACEPARENT,
            Trace.TRACESTATE);
    private static final List<String> HEADERS_BEGIN = List.of("anthropic-", "openai-");
    /// Those of them that are credentials.
    private static final Pattern SECRET = Pattern.compile("key|token|secret|auth");
    /// Characters that no header may contain.
    private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x1f\\x7f]");
    private static final String ABOUT = "a call of a host's API, which becomes a task | RelayedCall "
            + "Idempotency-Key X-Queue-Client X-Queue-Keep X-Queue-On X-Queue-Priority X-Queue-Record | "
            + "200 any lines events 404 409 429 502 504 507";
    private static final List<String> OWN_HEADERS = List.of("x-queue-client", "x-queue-keep", "x-queue-on",
            "x-queue-priority", "x-queue-record");
    /// Headers in which the SDKs of OpenAI and Anthropic describe themselves.
    private static final String STAINLESS = "x-stainless-";
    private static final Duration REPEATED_WITHIN = Duration.ofSeconds(10);
    /// How long a look for callers that have left may take.
    private static final Duration SEEN_WITHIN = Duration.ofSeconds(2);
    private static final String RETRY_COUNT = "x-stainless-retry-count";

    /// The parts of the server that it uses.
    ///
    /// @param stopping     whether the server is about to end
    /// @param bodyBytesMax of one call
    public record Parts(TaskQueue queue, Hosts hosts, Dispatcher dispatcher, RelayedAnswers answers,
            SubmissionReader submissions, ClientBudgets budgets,
            GoneCallers gone, InstantSource clock, BooleanSupplier stopping, int bodyBytesMax) {
    }

    private final Parts parts;
    private final Repeats repeats;
    private final LoadCalls loads;
    private volatile RelayOptions options;

    public RelayApi(Parts parts, RelayOptions options) {
        this(parts, options, REPEATED_WITHIN);
    }

    /// @param repeatedWithin for how long a call is recognised again after its end, or after its caller has left
    RelayApi(Parts parts, RelayOptions options, Duration repeatedWithin) {
        this.parts = parts;
        repeats = new Repeats(repeatedWithin);
        loads = new LoadCalls(parts);
        this.options = options;
    }

    /// Returns the options for calls that arrive now.
    public RelayOptions options() {
        return options;
    }

    Repeats repeats() {
        return repeats;
    }

    /// Sets the options for calls that arrive from now on.
    public void reconfigure(RelayOptions newOptions) {
        options = newOptions;
    }

    /// Adds the paths whose calls are tasks.
    public void addTo(Routes routes) {
        for (ApiPath path : ApiPath.values()) {
            ApiForm form = ApiForm.of(path.path);
            routes.addRelayed("POST", path.path, Scope.SUBMIT, ABOUT, form::error, request -> call(request, path));
        }
    }

    private Answer call(WebRequest request, ApiPath path) throws IOException, InterruptedException {
        RelayOptions now = options;
        now.checkEnabled();
        CallerHints said = hints(request);
        Body body = request.body(parts.bodyBytesMax(), "a call");
        RelayBody read = RelayBody.read(path, body.slice());
        if (read.model() == null || read.model().isEmpty()) {
            throw Problem.badRequest("model is required, a text");
        }
        if (read.isLoad()) {
            parts.budgets().letIn(Collections.singleton(said.client()));
            Thread itself = Thread.currentThread();
            request.atEnd(parts.gone().watch(request.local(), request.remote(), itself::interrupt)::close);
            return loads.answer(request, path, read, said.on(), now);
        }
        CallerHints hints = said.withTier(read.serviceTier());
        IdempotencyKey key = IdempotencyKey.of(request);
        boolean keep = key != null || Boolean.TRUE.equals(hints.keep());
        boolean record = now.record() && !Boolean.FALSE.equals(hints.record());
        if (!record && keep) {
            throw Problem.badRequest("a call that is not recorded (relay.record or X-Queue-Record is false) can have "
                    + "neither an Idempotency-Key nor X-Queue-Keep");
        }
        Caller caller = new Caller(hints.client(), path, true, keep, record,
                hints.priority() == null && hints.on() == null);
        Submission submission = parts.submissions().ofCall(new SubmissionReader.CallTerms(caller, request.asker(),
                hints.user(), hints.on(),
                now.maxWait().isZero() ? 0 : parts.clock().millis() + now.maxWait().toMillis(),
                hints.priority() != null ? hints.priority() : read.streams() ? now.priority() : now.wholePriority(),
                head(request, read)), body.slice(), read);
        parts.hosts().checkAnswers(path, hints.on());
        return submitted(request, submission, read.streams(), key, now);
    }

    /// Returns what the caller of any of these paths says about itself.
    ///
    /// @throws Problem 400 that says what would be right, 403 if it may not name this client
    static CallerHints hints(WebRequest request) {
        for (String name : request.headers(Set.of(), List.of("x-queue-")).keySet()) {
            if (!OWN_HEADERS.contains(name)) {
                throw Problem.badRequest("there is no header " + name + Nearest.hint(name, OWN_HEADERS) + " (known: "
                        + String.join(", ", OWN_HEADERS) + ")");
            }
        }
        return CallerHints.of(request::header, request.hints(), request.asker());
    }

    private Answer submitted(WebRequest request, Submission submission, boolean streams, IdempotencyKey key,
            RelayOptions now) throws IOException, InterruptedException {
        Caller caller = submission.terms().caller();
        Repeats.CallKey same = byAnSdk(request) ? new Repeats.CallKey(caller.endpoint().path, caller.client(),
                IdempotencyKey.fingerprint(request.body())) : null;
        Repeats.Kept before = isAgain(request) ? before(same) : null;
        if (before != null && before.error() != null) {
            Answer.Whole error = ApiForm.of(caller.endpoint().path).error(before.error(), 0, false);
            return new Answer.Whole(error.status(), error.type(), error.bytes(), error.length(), "x-should-retry",
                    "false", "X-Queue-Task", TaskId.format(before.task()));
        }
        if (before != null) {
            RelayedAnswer answer = enter(request, before.task());
            TaskDocument document = parts.queue().document(before.task());
            Task task = document.task();
            if (!task.status().ended()) {
                return answer(request, task, answer, streams, same, now);
            }
            if (task.status() == TaskStatus.COMPLETED && !task.isUnrecorded()) {
                // while no caller was connected
                return RepeatedAnswer.of(document, streams);
            }
        }
        // the keys are separate for each client and each path; no client's name is empty
        String client = caller.client() == null ? "" : caller.client();
        String own = key == null ? null : caller.endpoint().path + " " + client + " " + key.text();
        String fingerprint = key == null ? null : key.fingerprint();
        if (own == null || parts.queue().ledger().look(state -> state.known(own, fingerprint)).value() < 0) {
            parts.budgets().letIn(Collections.singleton(caller.client()));
        }
        long id = parts.queue().newId();
        RelayedAnswer answer = enter(request, id);
        answer.bring(submission);
        Taken taken = parts.queue().take(submission, id, own, fingerprint).value();
        Task task = taken.task();
        if (taken.replayed()) {
            answer = enter(request, task.id());
            TaskDocument document = parts.queue().document(task.id());
            if (document.task().status().ended()) {
                return RepeatedAnswer.of(document, streams);
            }
        }
        return answer(request, task, answer, streams, same, now);
    }

    private static boolean isAgain(WebRequest request) {
        String count = request.header(RETRY_COUNT);
        return count != null && !count.equals("0");
    }

    /// Returns what is left of a call that its SDK repeats; null for nothing. SDKs repeat within half a second, when
    /// it may not have been noticed yet that they have left.
    private Repeats.Kept before(Repeats.CallKey same) throws InterruptedException {
        Repeats.Kept found = repeats.take(same);
        if (found != null || !repeats.isWaiting(same)) {
            return found;
        }
        parts.gone().look();
        return repeats.take(same, SEEN_WITHIN);
    }

    /// Returns whether its caller is an SDK that repeats a call by itself.
    private static boolean byAnSdk(WebRequest request) {
        return request.hasHeader(STAINLESS);
    }

    private RelayedAnswer enter(WebRequest request, long task) {
        RelayedAnswer answer = parts.answers().enter(task);
        request.atEnd(() -> parts.answers().leave(task, answer));
        return answer;
    }

    private Answer answer(WebRequest request, Task task, RelayedAnswer answer, boolean streams, Repeats.CallKey same,
            RelayOptions now) throws IOException, InterruptedException {
        AnswerForm form = new AnswerForm(task.terms().caller().endpoint().path, streams,
                byAnSdk(request), task.model(), task.name(), task.createdAt());
        RelayedCall call = new RelayedCall(parts, task, answer, form, now.heartbeat(), same, repeats);
        GoneCallers.Watch watch = parts.gone().watch(request.local(), request.remote(),
                () -> Thread.ofVirtual().name("caller-left").start(call::callerLeft));
        request.atEnd(watch::close);
        if (same != null) {
            repeats.waits(same);
            request.atEnd(() -> repeats.over(same));
        }
        return call.answer();
    }

    /// Returns the headers that are passed on to the host.
    ///
    /// @throws Problem 400 if one contains a control character: no client could send it
    static Map<String, String> sentOn(WebRequest request) {
        Map<String, String> headers = request.headers(HEADERS, HEADERS_BEGIN);
        headers.keySet().removeIf(name -> SECRET.matcher(name).find());
        headers.forEach((name, value) -> {
            if (CONTROL.matcher(value).find()) {
                throw Problem.badRequest("the header " + name + " holds a control character");
            }
        });
        return headers;
    }

    private static Slice head(WebRequest request, RelayBody body) {
        JsonWriter out = new JsonWriter(256).beginObject().name("stream").bool(body.streams());
        if (request.rawQuery() != null) {
            out.name("query").string(request.rawQuery());
        }
        Map<String, String> headers = sentOn(request);
        if (!headers.isEmpty()) {
            out.name("headers").beginObject();
            headers.forEach((name, value) -> out.name(name).string(value));
            out.endObject();
        }
        Trace.of(request.requestId(), Map.of()).write(out);
        out.endObject();
        return new Slice(out.buffer(), 0, out.length());
    }
}
