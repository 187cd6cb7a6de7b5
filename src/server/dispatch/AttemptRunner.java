package server.dispatch;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;

import server.executor.Call;
import server.executor.Outcome;
import server.executor.Outcome.Cause;
import server.journal.JournalFailure;
import server.live.AnswerBuffer;
import server.live.Answers;
import server.queue.Run;
import server.queue.TaskQueue;
import server.task.Task;
import shared.Problem;

/// Runs one attempt to its end and puts the outcome on record. What is the host's failure uses up no attempt.
final class AttemptRunner {

    private static final Logger LOG = System.getLogger("dispatch");
    /// How long a task that waits for its model to appear waits from one question to the next, in milliseconds.
    private static final long MODEL_PAUSE = 30_000;

    private final TaskQueue queue;
    private final Placement placement;
    private final Answers answers;
    private final RetryPolicy policy;
    private final Duration idle;
    private final InstantSource clock;

    AttemptRunner(TaskQueue queue, Placement placement, Answers answers, RetryPolicy policy, Duration idle,
            InstantSource clock) {
        this.queue = queue;
        this.placement = placement;
        this.answers = answers;
        this.policy = policy;
        this.idle = idle;
        this.clock = clock;
    }

    /// @param stopping whether an interrupt means that the server stops, rather than that the task was cancelled
    void run(Run run, Host host, BooleanSupplier stopping) {
        try {
            Outcome outcome = outcome(run, host);
            if (outcome != null) {
                record(run, host, outcome);
            }
        } catch (InterruptedException interrupted) {
            host.circuit.unknown();
            if (stopping.getAsBoolean()) {
                queue.cutOff(run);
            }
        } catch (JournalFailure | Problem failed) {
            // nothing can be put on record any more; the next start finds the task running and runs it again
            host.circuit.unknown();
            LOG.log(Level.WARNING, "event=attempt_not_recorded id=" + run.task().name() + " reason="
                    + failed.getMessage());
        }
    }

    /// Null if the task was cancelled before the host was asked.
    private Outcome outcome(Run run, Host host) throws InterruptedException {
        Task task = run.task();
        AnswerBuffer pieces = answers.begin(task.id(), run.attempt());
        try {
            // the host learns of a task only after its submit and its start are on the disk
            queue.awaitDurable(run.seq());
            if (!queue.current(run)) {
                host.circuit.unknown();
                return null;
            }
            return host.executor.run(new Call(task.type(), task.model(), queue.payload(task),
                    Duration.ofMillis(task.terms().timeout()), idle), pieces);
        } catch (IOException unreadable) {
            return new Outcome.Failed(Cause.FINAL, "the request cannot be read from the journal: "
                    + unreadable.getMessage(), null);
        } catch (JournalFailure failed) {
            throw failed;
        } catch (RuntimeException | Error bug) {
            LOG.log(Level.ERROR, "event=attempt_failed id=" + task.name(), bug);
            return new Outcome.Failed(Cause.PASSING, "internal error: " + bug, null);
        } finally {
            // before the outcome is on record, so that nobody takes these pieces for the next attempt's
            answers.end(task.id(), run.attempt());
        }
    }

    private void record(Run run, Host host, Outcome outcome) {
        switch (outcome) {
            case Outcome.Completed completed -> {
                answered(host);
                placement.forget(run.task().id());
                queue.complete(run, completed.result());
            }
            case Outcome.Failed failed -> failed(run, host, failed);
        }
    }

    private void failed(Run run, Host host, Outcome.Failed failure) {
        Task task = run.task();
        long now = clock.millis();
        String error = failure.message();
        switch (failure.cause()) {
            case UNREACHABLE -> {
                host.trouble = error;
                host.circuit.unreachable(now);
                placement.failedOn(task, host);
                queue.putBack(run, error, 0, false);
            }
            case BUSY -> {
                host.trouble = error;
                host.circuit.busy(now, failure.retryAfter() == null ? 0 : failure.retryAfter().toMillis());
                placement.failedOn(task, host);
                queue.putBack(run, error, 0, false);
            }
            case MODEL_MISSING -> {
                answered(host);
                modelMissing(run, host, error);
            }
            case PASSING, FINAL, TIMEOUT -> {
                answered(host);
                if (policy.triesAgain(task, failure.cause())) {
                    placement.failedOn(task, host);
                    queue.putBack(run, error, now + policy.delay(task, failure), true);
                } else {
                    placement.forget(task.id());
                    queue.fail(run, error);
                }
            }
        }
    }

    private void modelMissing(Run run, Host host, String error) {
        Task task = run.task();
        if (placement.lacksModel(task, host)) {
            queue.putBack(run, error, 0, false);
            return;
        }
        String everywhere = "model '" + task.model() + "' not found on any host (asked: "
                + String.join(", ", placement.without(task)) + ")";
        placement.forget(task.id());
        if (task.terms().waitForModel()) {
            queue.putBack(run, everywhere, clock.millis() + MODEL_PAUSE, false);
        } else {
            queue.fail(run, everywhere);
        }
    }

    private static void answered(Host host) {
        host.trouble = null;
        host.circuit.answered();
    }
}
