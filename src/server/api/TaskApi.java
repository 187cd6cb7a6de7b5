package server.api;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import server.access.RequestLimits;
import server.access.UserName;
import server.http.Answer;
import server.http.IdempotencyKey;
import server.http.WebRequest;
import server.live.Answers;
import server.order.Fit;
import server.order.Offer;
import server.order.ahead.Explanation;
import server.order.limits.ClientBudgets;
import server.queue.TaskQueue;
import server.queue.TaskQueue.Submitted;
import server.task.Attempt;
import server.task.FieldReader;
import server.task.SubmissionReader;
import server.settings.Settings;
import server.task.Submission;
import server.task.Task;
import server.task.TaskDocument;
import server.task.TaskJson;
import server.task.Trace;
import shared.Problem;
import shared.TaskStatus;
import shared.config.Durations;
import shared.json.JsonReader;
import shared.json.JsonWriter;

/// The requests about one task.
final class TaskApi {

    /// The header that names the client if the body does not.
    static final String CLIENT = "X-Queue-Client";

    /// The approximate size of an answer to a submit without the payload, in bytes.
    private static final int TASK_BYTES = 640;

    private final Settings settings;
    private final TaskQueue queue;
    private final SubmissionReader submissions;
    private final ClientBudgets budgets;
    private final Function<Task, Explanation> explain;
    private final Warnings warnings;
    private final Answers answers;
    private final Waits waits;

    /// @param explain explains the present state of a task
    TaskApi(Settings settings, TaskQueue queue, SubmissionReader submissions, ClientBudgets budgets,
            Function<Task, Explanation> explain, Warnings warnings, Answers answers) {
        this.answers = answers;
        this.budgets = budgets;
        this.warnings = warnings;
        this.settings = settings;
        this.queue = queue;
        this.submissions = submissions;
        this.explain = explain;
        waits = new Waits(queue, Math.max(1, settings.get(RequestLimits.CONNECTIONS) * 5 / 6));
    }

    Answer submit(WebRequest request) {
        JsonReader json = request.json(settings.get(HttpApi.TASK_BYTES), "a task");
        Submission submission = submissions.read(json, request.asker().as(request.header(CLIENT))).by(trace(request))
                .of(user(request), submissions.metadataMax());
        json.end();
        if (request.query().flag("dry_run")) {
            return wouldBe(submission);
        }
        IdempotencyKey key = IdempotencyKey.of(request);
        String own = key == null ? null : ownKey(request, key);
        String fingerprint = key == null ? null : key.fingerprint();
        // a repeated request does not count against the budget
        if (queue.ledger().look(state -> state.known(own, fingerprint)).value() < 0) {
            budgets.letIn(Collections.singleton(submission.terms().caller().client()));
        }
        Submitted submitted = queue.submit(submission, own, fingerprint);
        TaskDocument document = submitted.document();
        JsonWriter out = new JsonWriter(TASK_BYTES + document.payload().length());
        TaskJson.writeSubmitted(out, document, warnings.of(document.task()));
        String location = "/api/tasks/" + document.task().name();
        return submitted.replayed() ? Answer.json(201, out, "Location", location, "Idempotent-Replayed", "true")
                : Answer.json(201, out, "Location", location);
    }

    /// Returns the key as the queue knows it. The keys of each named token are separate: no name is empty or contains a
    /// space, and the key of a relayed call begins with a slash and contains a space. Without a name, a key without a
    /// space stays what it is, because earlier versions have stored it so.
    private static String ownKey(WebRequest request, IdempotencyKey key) {
        String name = request.asker().name();
        return name != null ? name + " " + key.text() : key.text().contains(" ") ? " " + key.text() : key.text();
    }

    /// Describes what would become of a task, without submitting it.
    private Answer wouldBe(Submission submission) {
        budgets.check(Collections.singleton(submission.terms().caller().client()));
        long now = warnings.clock().millis();
        Task task = queue.ledger().look(state -> state.submit(submission, 0, null, null, now)).value().task();
        JsonWriter out = new JsonWriter(TASK_BYTES).beginObject();
        // behind all present tasks
        Explanation why = explain.apply(task.ordered(Long.MAX_VALUE >> 1));
        ExplainApi.standing(out, why);
        Offer offer = why.forecast() == null ? null : why.forecast().offer();
        if (offer != null) {
            out.name("host").string(offer.host()).name("loads").bool(offer.fit() == Fit.LOADS);
        }
        TaskJson.warn(out, warnings.of(task));
        return Answer.json(200, out.endObject());
    }

    /// Returns the user that the request names; null for none.
    static String user(WebRequest request) {
        return UserName.of(request::header, UserName::is);
    }

    /// Returns the trace data of a request, which is kept with its tasks.
    static Trace trace(WebRequest request) {
        return Trace.of(request.requestId(),
                request.headers(Set.of(Trace.TRACEPARENT, Trace.TRACESTATE), List.of()));
    }

    Answer show(WebRequest request) throws InterruptedException {
        long id = queue.find(request.id()).id();
        String wait = request.query().text("wait");
        if (wait == null) {
            return held(request, task(queue.document(id)));
        }
        Duration atMost = Durations.parse("wait", wait);
        if (atMost.compareTo(settings.get(HttpApi.WAIT)) > 0) {
            throw Problem.badRequest("wait may be at most " + Durations.format(settings.get(HttpApi.WAIT)) + ", not "
                    + wait + "; ask again if the task has not ended by then");
        }
        return held(request, task(waits.awaitEnd(id, atMost)));
    }

    private static Answer held(WebRequest request, Answer.Whole answer) {
        request.hold(answer.length());
        return answer;
    }

    Answer cancel(WebRequest request) {
        return changed(queue.cancel(own(request), null));
    }

    Answer retry(WebRequest request) {
        return changed(queue.retry(own(request), request.asker().pendingMax()));
    }

    Answer changePriority(WebRequest request) {
        long id = own(request);
        int priority = priority(request.json(settings.get(HttpApi.OTHER_BODY_BYTES), "a change of priority"));
        Task task = queue.changePriority(id, priority, request.asker().priorityMax());
        return task(queue.document(task), task.lowered());
    }

    Answer delete(WebRequest request) {
        queue.delete(own(request));
        return Answer.empty(204);
    }

    /// Returns the id of the task that a request changes.
    ///
    /// @throws Problem 403 if the asker may not change it
    private long own(WebRequest request) {
        Task task = queue.find(request.id());
        request.asker().checkChange(task.name(), task.terms().caller().client());
        return task.id();
    }

    private Answer changed(Task task) {
        return task(queue.document(task));
    }

    private Answer.Whole task(TaskDocument document) {
        return task(document, List.of());
    }

    private Answer.Whole task(TaskDocument document, List<String> warnings) {
        JsonWriter out = new JsonWriter(TASK_BYTES + document.payload().length()
                + (document.result() == null ? 0 : document.result().length()));
        Task task = document.task();
        Explanation why = explain.apply(task);
        int effective = task.status() != TaskStatus.PENDING ? task.priority()
                : queue.ledger().look(state -> state.effectivePriority(task)).value();
        TaskJson.write(out, document, more -> {
            if (effective != task.priority()) {
                more.name("effective_priority").number(effective);
            }
            if (why.trouble() != null) {
                more.name("waiting").string(why.trouble());
            }
            ExplainApi.times(more, why);
            unfinished(more, document);
        }, warnings);
        return Answer.json(200, out);
    }

    /// Writes the beginnings of the answers of attempts that did not complete, as far as they are still kept.
    private void unfinished(JsonWriter out, TaskDocument document) {
        boolean any = false;
        for (Attempt attempt : document.attempts()) {
            String text = answers.unfinished(document.task().id(), attempt.number());
            if (text != null) {
                if (!any) {
                    out.name("unfinished").beginArray();
                }
                any = true;
                out.beginObject().name("attempt").number(attempt.number()).name("text").string(text).endObject();
            }
        }
        if (any) {
            out.endArray();
        }
    }

    private static int priority(JsonReader json) {
        FieldReader fields = new FieldReader(json);
        Integer priority = null;
        json.beginObject();
        while (json.nextName() != null) {
            if (!json.member().equals("priority")) {
                throw fields.unknown(List.of("priority"), "");
            }
            priority = fields.priority();
        }
        json.end();
        if (priority == null) {
            throw Problem.badRequest("priority is missing, as in {\"priority\":10}");
        }
        return priority;
    }
}
