package server.relay;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import server.executor.HostAnswer;
import server.executor.HostHead;
import server.executor.Outcome;
import server.http.Answer;
import server.journal.JournalFailure;
import server.live.RelayedAnswer;
import server.live.RelayedAnswer.Look;
import server.task.Task;
import server.task.TaskState;
import shared.Problem;
import shared.TaskStatus;
import shared.json.Slice;

/// One caller that waits for its task's answer and then gets it. Used only by the caller's thread, except
/// [#callerLeft].
///
/// Until a host has answered nothing is sent, so that the caller gets the true status; after a long silence the answer
/// begins nevertheless, with signs of life. The last byte of an answer is sent after the task's end: a caller that has
/// the whole answer finds its task ended.
final class RelayedCall {

    /// The number of signs of life in a time as long as the first silence.
    static final int SIGNS = 3;
    private static final int RETRY_AFTER_SECONDS = 5;
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final RelayApi.Parts parts;
    private final Task task;
    private final RelayedAnswer answer;
    private final AnswerForm form;
    private final Duration heartbeat;
    private final Repeats.CallKey same;
    private final Repeats repeats;
    /// The failure with which all hosts would refuse the call before it was sent; null if they would not.
    private Outcome.Failed setAside;
    /// What is kept for the caller's SDK while no caller reads what this writes; null while one does.
    private volatile Repeats.Kept left;

    /// @param heartbeat see [RelayOptions]
    /// @param same      identifies the call if its SDK repeats it; null: the SDK does not
    RelayedCall(RelayApi.Parts parts, Task task, RelayedAnswer answer, AnswerForm form, Duration heartbeat,
            Repeats.CallKey same, Repeats repeats) {
        this.parts = parts;
        this.task = task;
        this.answer = answer;
        this.form = form;
        this.heartbeat = heartbeat;
        this.same = same;
        this.repeats = repeats;
    }

    /// Notes that the caller waits no longer. If its SDK may repeat the call, a waiting call keeps its place for a
    /// while, and so does a call that continues without its caller. A caller that leaves with the whole answer, before
    /// its orderly end, cancels nothing.
    void callerLeft() {
        Look look = answer.look();
        if (look.hostEnded() || form.hasSaidLast(look.bytes())) {
            return;
        }
        boolean ends = task.terms().caller().endsWithCaller();
        if (same != null && look.head() == null && !(ends && look.isAsked())) {
            keepPlace();
        } else if (ends && left == null) {
            cancel();
        }
    }

    private synchronized void keepPlace() {
        if (left == null) {
            left = repeats.left(same, task.id());
        }
    }

    private void cancel() {
        try {
            parts.queue().cancel(task.id(), "its caller has left");
        } catch (Problem endedAlready) {
            // there is nothing to cancel then
        }
    }

    /// Waits until it is known how the answer begins.
    Answer answer() throws IOException, InterruptedException {
        if (form.streams()) {
            // its first piece waits until the start of the attempt is durable
            parts.queue().ledger().hurry();
        }
        long signAt = System.nanoTime() + heartbeat.toNanos();
        Look look = answer.look();
        while (look.head() == null && look.ended() == null) {
            if (parts.queue().failure() != null) {
                throw new Problem(503, "the journal cannot be written: " + parts.queue().failure());
            }
            if (left == null && !heartbeat.isZero() && System.nanoTime() >= signAt) {
                // for the fields of the head
                parts.queue().ledger().look(state -> task).durable();
                return new Answer.Streamed(200, form.contentType(), -1, out -> write(out, true, -1),
                        headers(look, null));
            }
            if (parts.stopping().getAsBoolean() && !look.isAsked()) {
                return stopped(look);
            }
            try {
                look = next(look, signAt);
            } catch (InterruptedException interrupted) {
                return stopped(look);
            }
        }
        HostHead head = look.head();
        if (head == null) {
            return refused(look);
        }
        awaitStart(look);
        // to a stream that has lost its end an error is added
        long length = form.streams() ? -1 : head.length();
        return new Answer.Streamed(head.status(), head.contentType(), length, out -> write(out, false, length),
                headers(look, head.retryAfter()));
    }

    private Answer stopped(Look look) {
        return error(look, stopping(), true);
    }

    private static Problem stopping() {
        return new Problem(503, "the server is stopping");
    }

    private Duration step(long signAt) {
        Duration untilSign = Duration.ofNanos(Math.max(1, signAt - System.nanoTime()));
        return left != null || heartbeat.isZero() || untilSign.compareTo(LOOK_EVERY) > 0 ? LOOK_EVERY : untilSign;
    }

    /// Writes the answer; if the server stops or its journal fails first, reports that.
    ///
    /// @param early  whether the answer begins before the host's
    /// @param length of the whole answer; -1 if it is not known
    private void write(OutputStream out, boolean early, long length) throws IOException {
        try {
            if (early) {
                awaitHost(out);
            }
            copy(out, length);
        } catch (InterruptedException ends) {
            fail(out, stopping());
        } catch (JournalFailure failed) {
            fail(out, new Problem(503, failed.getMessage()));
        }
    }

    /// Sends signs of life until a host answers, the first at once.
    private void awaitHost(OutputStream out) throws IOException, InterruptedException {
        Look look = answer.look();
        long signAt = System.nanoTime();
        while (look.head() == null && look.ended() == null) {
            if (parts.stopping().getAsBoolean() && !look.isAsked()) {
                // no host will be asked any more
                throw new InterruptedException();
            }
            if (left == null && System.nanoTime() >= signAt) {
                write(out, form.signOfLife(parts.queue().position(task.id())));
                signAt += heartbeat.dividedBy(SIGNS).toNanos();
            }
            look = next(look, signAt);
        }
        awaitStart(look);
    }

    /// Waits until the start of the attempt that answers is durable, because the host was asked before that.
    private void awaitStart(Look look) throws InterruptedException {
        parts.queue().ledger().awaitDurable(look.startSeq());
        if (Thread.interrupted()) {
            // nothing can be written while the flag is set
            throw new InterruptedException();
        }
    }

    /// Returns the state after a change, or after a while. A call that every host refuses ends.
    private Look next(Look look, long signAt) throws IOException, InterruptedException {
        checkLeft();
        if (!look.isAsked() && task.terms().caller().endsWithCaller()) {
            Outcome.Failed refusal = parts.dispatcher().refusal(task);
            if (refusal != null) {
                refuse(refusal);
            }
        }
        return answer.await(look.changes(), step(signAt));
    }

    /// Ends a call whose caller did not come back in time, or that a repeated call has taken over.
    private void checkLeft() {
        if (left != null && left.isOver()) {
            if (left.claim() && task.terms().caller().endsWithCaller()) {
                cancel();
            }
            throw new Problem(499, "its caller has left");
        }
    }

    private void refuse(Outcome.Failed refusal) {
        try {
            parts.queue().refuse(task.id(), refusal.message());
            setAside = refusal;
        } catch (Problem runsOrEnded) {
            // then its own outcome is the answer
        }
    }

    /// Writes the host's answer as it arrives.
    private void copy(OutputStream out, long length) throws IOException, InterruptedException {
        int sent = 0;
        Look look = answer.look();
        while (true) {
            boolean over = look.ended() != null || look.cut() != null;
            Slice bytes = look.bytes();
            int to = over || length < 0 ? bytes.length() : bytes.length() == length ? sent : bytes.length();
            if (to > sent) {
                write(out, bytes.bytes(), sent, to - sent);
                sent = to;
            }
            if (over) {
                finish(out, look);
                return;
            }
            checkLeft();
            look = answer.await(look.changes(), LOOK_EVERY);
        }
    }

    /// If the host ended its answer in order and said that it is the end, the answer already contains everything.
    private void finish(OutputStream out, Look look) throws IOException {
        if (look.cut() == null && (look.ended().status() == TaskStatus.COMPLETED
                || look.hostEnded() && form.hasEnd(look.bytes()))) {
            return;
        }
        fail(out, look.cut() != null ? new Problem(503, look.cut().message()) : problem(look));
    }

    /// Ends an answer that has begun.
    private void fail(OutputStream out, Problem problem) throws IOException {
        AnswerForm.Ending ending = form.failure(problem, parts.clock().millis(), form.isTorn(answer.look().bytes()));
        write(out, ending.bytes());
        if (ending.breaksOff()) {
            // the restarted server may accept the repeated call
            if (same != null && !parts.stopping().getAsBoolean()) {
                repeats.brokenOff(same, task.id(), problem);
            }
            throw new IOException("the answer could not be finished");
        }
    }

    private void write(OutputStream out, byte[] bytes) throws IOException {
        write(out, bytes, 0, bytes.length);
    }

    private void write(OutputStream out, byte[] bytes, int from, int count) throws IOException {
        try {
            out.write(bytes, from, count);
            out.flush();
        } catch (IOException gone) {
            callerLeft();
            // if its SDK may come back, the answer continues
            if (left == null) {
                throw gone;
            }
        }
    }

    /// Returns the answer for a task that ended before a host's answer began.
    private Answer refused(Look look) {
        HostAnswer said = setAside != null || look.failure() == null ? null : look.failure().answer();
        if (look.ended().status() != TaskStatus.FAILED || said == null || said.body() == null
                || status(look.failure()) != said.head().status()) {
            // a call that waited too long may be repeated
            boolean expired = look.ended().status() == TaskStatus.FAILED && look.failure() == null && setAside == null;
            return error(look, problem(look), expired);
        }
        HostHead head = said.head();
        return new Answer.Whole(head.status(), head.contentType(), said.body(), said.body().length,
                headers(look, head.retryAfter(), "x-should-retry", "false"));
    }

    private Answer error(Look look, Problem problem, boolean retry) {
        Outcome.Failed failure = setAside != null ? setAside : look.failure();
        long again = failure == null || failure.retryAfter() == null ? RETRY_AFTER_SECONDS
                : failure.retryAfter().toSeconds() + 1;
        Answer.Whole error = ApiForm.of(form.path()).error(problem, again, retry);
        return new Answer.Whole(error.status(), error.type(), error.bytes(), error.length(),
                headers(look, null, error.headers()));
    }

    /// Returns why the task ended without an answer.
    private Problem problem(Look look) {
        Task ended = look.ended();
        return switch (ended.state()) {
            case TaskState.Cancelled cancelled -> new Problem(499, cancelled(ended));
            case TaskState.Failed failed -> new Problem(status(setAside != null ? setAside : look.failure()),
                    failed.error());
            case TaskState.Completed completed -> new Problem(500, "the answer of " + ended.name() + " is lost");
            case TaskState.Pending pending -> throw new IllegalStateException("pending");
            case TaskState.Running running -> throw new IllegalStateException("running");
        };
    }

    /// Returns that a task was cancelled, and why.
    static String cancelled(Task task) {
        String why = task.state().error();
        return "the task " + task.name() + " was cancelled" + (why == null ? "" : ": " + why);
    }

    /// @param failure null: no attempt ended the task, it expired
    private static int status(Outcome.Failed failure) {
        return failure == null ? 503 : failure.callStatus();
    }

    /// @param retryAfter the host's own if its answer is passed on; null: none
    private String[] headers(Look look, String retryAfter, String... more) {
        List<String> headers = new ArrayList<>(List.of(more));
        headers.addAll(List.of("X-Queue-Task", task.name()));
        task.lowered().forEach(warning -> headers.addAll(List.of("X-Queue-Warning", warning)));
        if (look.host() != null) {
            headers.addAll(List.of("X-Queue-Host", CallerHints.asHeader(look.host()),
                    "X-Queue-Waited-Ms", Long.toString(Math.max(0, look.askedAt() - task.createdAt()))));
        }
        HostHead head = look.head() != null ? look.head()
                : look.failure() == null || look.failure().answer() == null ? null : look.failure().answer().head();
        if (retryAfter != null) {
            headers.addAll(List.of("Retry-After", retryAfter));
        }
        if (head != null && head.requestId() != null) {
            headers.addAll(List.of("x-request-id", head.requestId()));
        }
        return headers.toArray(new String[0]);
    }
}
