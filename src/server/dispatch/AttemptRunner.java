package server.dispatch;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

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
    /// So much later than others a task is tried again that a busy host has refused, in milliseconds.
    private static final long STEP_BEHIND = 1_000;
    /// Until an outcome that had no room on the disk is tried again.
    private static final Duration ROOM_PAUSE = Duration.ofSeconds(1);

    private final TaskQueue queue;
    private final Supplier<Routing> routing;
    private final Asked asked;
    private final Consumer<Host> lost;
    private final LongConsumer wrote;
    private final Answers answers;
    private final RetryPolicy policy;
    private final Duration idle;
    private final InstantSource clock;

    /// @param routing decides as things are now
    /// @param lost    called with a host that may have gone away
    /// @param wrote   called with the number of tokens of each complete answer
    AttemptRunner(TaskQueue queue, Supplier<Routing> routing, Asked asked, Consumer<Host> lost, LongConsumer wrote,
            Answers answers, RetryPolicy policy, Duration idle, InstantSource clock) {
        this.queue = queue;
        this.routing = routing;
        this.asked = asked;
        this.lost = lost;
        this.wrote = wrote;
        this.answers = answers;
        this.policy = policy;
        this.idle = idle;
        this.clock = clock;
    }

    /// @param stopping whether an interrupt means that the server stops, rather than that the task was cancelled
    void run(Run run, Host host, BooleanSupplier stopping) {
        LOG.log(Level.DEBUG, () -> "event=attempt_started id=" + run.task().name() + " attempt=" + run.attempt()
                + " host=" + host.name());
        try {
            Outcome outcome = outcome(run, host);
            if (outcome != null) {
                LOG.log(Level.DEBUG, () -> "event=attempt_ended id=" + run.task().name() + " attempt=" + run.attempt()
                        + (outcome instanceof Outcome.Failed failed
                                ? " cause=" + failed.cause() + " error=\"" + failed.message() + "\"" : " completed"));
                recordWhenThereIsRoom(run, host, outcome);
            }
        } catch (InterruptedException interrupted) {
            host.unknown();
            if (stopping.getAsBoolean()) {
                cutOff(run);
            }
        } catch (JournalFailure | Problem failed) {
            host.unknown();
            notRecorded(run, failed);
        }
    }

    private void cutOff(Run run) {
        try {
            queue.cutOff(run);
        } catch (JournalFailure | Problem failed) {
            notRecorded(run, failed);
        }
    }

    /// Nothing can be put on record any more; the next start finds the task running and runs it again.
    private static void notRecorded(Run run, RuntimeException reason) {
        LOG.log(Level.WARNING, "event=attempt_not_recorded id=" + run.task().name() + " reason="
                + reason.getMessage());
    }

    /// On a full disk a reserve is kept for outcomes. A result that is too large for it is an attempt that failed; if
    /// there is not even room to say so, the task stays as it is until there is.
    private void recordWhenThereIsRoom(Run run, Host host, Outcome outcome) throws InterruptedException {
        Outcome next = outcome;
        while (true) {
            try {
                record(run, host, next);
                return;
            } catch (Problem full) {
                if (full.status() != 507) {
                    throw full;
                }
                if (next instanceof Outcome.Completed) {
                    next = new Outcome.Failed(Cause.PASSING, "no room for its result: " + full.getMessage(), null);
                } else {
                    Thread.sleep(ROOM_PAUSE);
                }
            }
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
                host.unknown();
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
                queue.complete(run, completed.result());
                wrote.accept(host.completed(run.task().model(), completed.result(), clock.millis()));
                asked.forget(run.task().id());
            }
            case Outcome.Failed failed -> failed(run, host, failed);
        }
    }

    private void failed(Run run, Host host, Outcome.Failed failure) {
        long now = clock.millis();
        String error = failure.message();
        long retryAfter = failure.retryAfter() == null ? 0 : failure.retryAfter().toMillis();
        switch (failure.cause()) {
            case UNREACHABLE -> {
                host.unreachable(error, now);
                lost.accept(host);
                queue.putBack(run, error, 0, false);
            }
            case BUSY -> {
                host.busy(error, retryAfter, now);
                // where no other host takes it, it steps behind: the next to try this one is another task, for one that
                // is refused each time must not hold up all
                queue.putBack(run, error, elsewhere(run) ? 0 : host.pauseEnd(now) + STEP_BEHIND, false);
            }
            case MODEL_MISSING -> {
                host.lacks(run.task().model(), now);
                modelMissing(run, host, error);
            }
            case LIMITED -> {
                host.busy(error, retryAfter, now);
                // what it asks for is its own pause, not another host's
                tryAgain(run, elsewhere(run) ? new Outcome.Failed(Cause.LIMITED, error, null) : failure, now);
            }
            case PASSING -> {
                host.failed(now);
                lost.accept(host);
                tryAgain(run, failure, now);
            }
            case FINAL, TIMEOUT -> {
                host.failed(now);
                tryAgain(run, failure, now);
            }
        }
    }

    /// Whether another host can take it now; this one has just been left alone.
    private boolean elsewhere(Run run) {
        return routing.get().place(run.task(), asked.without(run.task().id())) != null;
    }

    private void tryAgain(Run run, Outcome.Failed failure, long now) {
        Task task = run.task();
        if (policy.triesAgain(task, failure.cause())) {
            queue.putBack(run, failure.message(), now + policy.delay(task, failure), true);
        } else {
            asked.forget(task.id());
            queue.fail(run, failure.message());
        }
    }

    private void modelMissing(Run run, Host host, String error) {
        Task task = run.task();
        asked.lacksModel(task.id(), host.name());
        Set<String> without = asked.without(task.id());
        if (routing.get().mayFind(task, without)) {
            queue.putBack(run, error, 0, false);
            return;
        }
        String everywhere = "model '" + task.model() + "' not found on any host (asked: "
                + String.join(", ", without) + ")";
        asked.forget(task.id());
        if (task.terms().waitForModel()) {
            queue.putBack(run, everywhere, clock.millis() + MODEL_PAUSE, false);
        } else {
            queue.fail(run, everywhere);
        }
    }
}
