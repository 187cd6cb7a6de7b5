package server.dispatch;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import server.executor.AnswerRoom;
import server.executor.Call;
import server.executor.Outcome.Cause;
import server.executor.Outcome;
import server.executor.OwnTrouble;
import server.journal.JournalFailure;
import server.journal.disk.JournalDamage;
import server.live.Answers;
import server.live.RelayedAnswer;
import server.live.RelayedAnswers;
import server.order.AnswerLimit;
import server.order.KeepAlive;
import server.queue.Run;
import server.queue.Runs;
import server.queue.state.Event;
import server.stats.AttemptNews;
import server.task.Submission;
import server.task.Task;
import server.task.Trace;
import shared.LogValue;
import shared.Problem;

/// Runs one attempt to its end and records the outcome. A failure of the host does not use up an attempt.
final class AttemptRunner {

    private static final Logger LOG = System.getLogger("dispatch");
    /// How often a task that waits for a model asks for it while no host has it: lists do not contain every model. If a
    /// host starts to list the model, the task continues at once.
    static final long MODEL_PAUSE_MS = 30_000;
    /// How long after the end of a host's pause a task that it refused begins: another task tries first.
    private static final long STEP_BEHIND_MS = 1_000;
    /// The longest time for which a refused task stays away from all hosts.
    private static final long STEP_BEHIND_MAX_MS = 30_000;
    /// How long a task waits that a host refuses while it accepts others.
    private static final long ALONE_PAUSE_MS = 60_000;
    /// How long to wait before an outcome for which the disk had no room is recorded again.
    private static final Duration ROOM_PAUSE = Duration.ofSeconds(1);

    private final Runs runs;
    private final Supplier<Routing> routing;
    private final Asked asked;
    private final HealthCheck health;
    private final List<AttemptNews> news;
    private final Answers answers;
    private final RelayedAnswers relayed;
    private final RetryPolicy policy;
    private final DispatchOptions options;
    private final InstantSource clock;
    private final Hold hold;
    private final AnswerRoom room = AnswerRoom.ofHeap();

    /// @param routing returns decisions based on the current state
    /// @param health  is notified of a host that may have become unreachable
    /// @param hold    is notified of this server's own trouble
    /// @param news    are notified of what attempts do
    AttemptRunner(Runs runs, Supplier<Routing> routing, Asked asked, HealthCheck health,
            List<AttemptNews> news, Answers answers, RelayedAnswers relayed, RetryPolicy policy,
            DispatchOptions options, Hold hold, InstantSource clock) {
        this.runs = runs;
        this.routing = routing;
        this.asked = asked;
        this.health = health;
        this.news = news;
        this.answers = answers;
        this.relayed = relayed;
        this.policy = policy;
        this.options = options;
        this.hold = hold;
        this.clock = clock;
    }

    /// @param found    how the attempt finds its model on the host
    /// @param progress updated as the answer arrives
    /// @param stopping whether an interrupt means that the server stops, rather than that the task was cancelled
    /// @param givenUp  why an interrupt means that the host is given up; null: it does not
    void run(Run run, Host host, Host.Found found, OrderedPieces.AnswerProgress progress, BooleanSupplier stopping,
            Supplier<String> givenUp) {
        LOG.log(Level.DEBUG, () -> "event=attempt_started id=" + run.task().name() + " attempt=" + run.attempt()
                + " host=" + LogValue.of(host.name()));
        try (AnswerRoom.Portion share = room.share()) {
            Outcome outcome = outcome(run, host, found, progress, share);
            if (outcome != null) {
                LOG.log(Level.DEBUG, () -> "event=attempt_ended id=" + run.task().name() + " attempt=" + run.attempt()
                        + " outcome=" + name(outcome));
                host.count(name(outcome));
                recordWhenThereIsRoom(run, host, found, outcome, progress.pieces);
            }
        } catch (InterruptedException interrupted) {
            host.count("interrupted");
            if (givenUp.get() != null) {
                giveUp(run, host, givenUp.get());
                return;
            }
            unknown(run, host);
            if (stopping.getAsBoolean()) {
                cutOff(run);
            }
        } catch (JournalFailure | Problem failed) {
            unknown(run, host);
            notRecorded(run, failed);
        } finally {
            relayed.end(run.task().id(), run.seq());
        }
    }

    private static String name(Outcome outcome) {
        return outcome instanceof Outcome.Failed failed ? failed.cause().name().toLowerCase(Locale.ROOT) : "completed";
    }

    private void giveUp(Run run, Host host, String why) {
        try {
            recordWhenThereIsRoom(run, host, null, new Outcome.Failed(Cause.PASSING, why, null), 0);
        } catch (InterruptedException stopped) {
            cutOff(run);
        } catch (JournalFailure | Problem failed) {
            notRecorded(run, failed);
        }
    }

    /// Notes that the attempt revealed nothing about the host, or about this server.
    private void unknown(Run run, Host host) {
        host.unknown(run.task().model());
        hold.unknown();
    }

    /// Puts the task back, because the server stops.
    void cutOff(Run run) {
        try {
            runs.cutOff(run);
        } catch (JournalFailure | Problem failed) {
            notRecorded(run, failed);
        }
    }

    /// Logs that nothing can be recorded any more; the next start finds the task running and runs it again.
    private static void notRecorded(Run run, RuntimeException reason) {
        LOG.log(Level.WARNING, "event=attempt_not_recorded id=" + run.task().name() + " reason="
                + LogValue.of(reason.getMessage()));
    }

    /// Records an outcome, for which a full disk has a reserve. If a result is too large for it, the attempt has
    /// failed; if there is not even room to record that, the task stays as it is until there is.
    private void recordWhenThereIsRoom(Run run, Host host, Host.Found found, Outcome outcome, long pieces)
            throws InterruptedException {
        Outcome next = outcome;
        while (true) {
            try {
                record(run, host, found, next, pieces);
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

    /// Runs the attempt and returns its outcome; null if the task was cancelled before the host was asked.
    private Outcome outcome(Run run, Host host, Host.Found found, OrderedPieces.AnswerProgress progress,
            AnswerRoom.Portion room) throws InterruptedException {
        Task task = run.task();
        long begun = clock.millis();
        OrderedPieces pieces = new OrderedPieces(answers.begin(task.id(), run.attempt(), run.seq()), () -> {
            long now = clock.millis();
            news.forEach(one -> one.firstPiece(now - begun));
            hold.answers(begun, now);
            host.answers(task.model(), begun, now);
            if (found != Host.Found.LOADED) {
                // what is still loaded beside the model tells how many fit
                health.askNow(host);
            }
        }, progress, count -> news.forEach(one -> one.wrote(count, clock.millis())), clock);
        boolean kept = task.terms().caller().record();
        try {
            // read before it is removed from memory
            Event.Request request = request(task);
            // if the server dies, nobody waits for a call that ends with its caller; no byte reaches one before this
            if (!task.terms().caller().endsWithCaller()) {
                runs.awaitDurable(run);
            }
            if (!runs.current(run)) {
                unknown(run, host);
                return null;
            }
            progress.limit = AnswerLimit.of(request.payload());
            if (host.loadsModels()) {
                host.keeps(task.model(), KeepAlive.of(request.payload()));
            }
            Duration firstByte = options.firstByte(task);
            Outcome outcome = task.terms().caller().endpoint() == null
                    ? host.executor.run(new Call(task.type(), task.model(), request.payload(),
                            Duration.ofMillis(task.terms().timeout()), firstByte, options.idle(), room,
                            Trace.of(request.head()).headers()), pieces)
                    : CallRunner.run(host.executor, task, request, firstByte, options.idle(), room, pieces,
                            relayed.begin(task.id(), run.seq(), host.name(), clock.millis()), clock);
            Objects.requireNonNull(outcome, "the kind of host gave no outcome");
            pieces.end();
            if (outcome instanceof Outcome.Completed completed) {
                kept = false;
                return new Outcome.Completed(pieces.withOrder(completed.result()));
            }
            return outcome;
        } catch (JournalDamage damaged) {
            return new Outcome.Failed(Cause.FINAL, "the request cannot be read from the journal: "
                    + damaged.getMessage(), null);
        } catch (IOException unreadable) {
            return new Outcome.Failed(Cause.OWN, "the request cannot be read from the journal now: "
                    + unreadable.getMessage(), null);
        } catch (JournalFailure failed) {
            throw failed;
        } catch (RuntimeException | Error bug) {
            if (OwnTrouble.is(bug)) {
                return new Outcome.Failed(Cause.OWN, "this server is out of resources: " + bug, null);
            }
            LOG.log(Level.ERROR, "event=attempt_failed id=" + task.name(), bug);
            return new Outcome.Failed(Cause.PASSING, "internal error: " + bug, null);
        } finally {
            pieces.tell();
            // before the outcome is recorded, so that nobody takes these pieces for the next attempt's
            if (kept) {
                answers.breakOff(task.id(), run.attempt());
            } else {
                answers.end(task.id(), run.attempt());
            }
        }
    }

    private Event.Request request(Task task) throws IOException {
        RelayedAnswer answer = relayed.find(task.id());
        Submission brought = answer == null ? null : answer.takeBrought();
        return brought == null ? runs.request(task)
                : new Event.Request(brought.payload(), brought.preview(), null, null, brought.head());
    }

    private void record(Run run, Host host, Host.Found found, Outcome outcome, long pieces)
            throws InterruptedException {
        switch (outcome) {
            case Outcome.Completed completed -> {
                runs.complete(run, completed.result());
                long now = clock.millis();
                Host.Completed told = host.completed(run.task().model(), found, completed.result(), now);
                news.forEach(one -> one.answered(run.task().id(), told.tokens(), pieces,
                        told.loadMillis(), now));
                hold.end(clock.millis());
                asked.forget(run.task().id());
            }
            case Outcome.Failed failed -> {
                Outcome.Failed told = CallRunner.forRecord(run.task(), host.name(), failed);
                RelayedAnswer answer = relayed.find(run.task().id());
                if (answer != null && answer.begun()) {
                    brokenOff(run, host, told);
                } else {
                    failed(pieces > 0 ? run.withAnswer() : run, host, told);
                }
            }
        }
    }

    private void failed(Run run, Host host, Outcome.Failed failure) throws InterruptedException {
        long now = clock.millis();
        String model = run.task().model();
        String error = failure.message();
        long retryAfter = failure.retryAfter() == null ? 0 : failure.retryAfter().toMillis();
        if (failure.cause() != Cause.OWN) {
            hold.end(now);
        }
        switch (failure.cause()) {
            case OWN -> {
                hold.begin(error, now);
                host.unknown(model);
                runs.putBack(run, error, 0, false);
            }
            case UNREACHABLE -> {
                host.unreachable(model, error, now);
                health.askNow(host);
                runs.putBack(run, error, 0, false);
            }
            case BUSY -> stepBehind(run, error, host.busy(model, failure, retryAfter, now), now);
            case ACCOUNT -> refused(run, host, failure, retryAfter, now);
            case MODEL_MISSING -> {
                host.lacks(model, now);
                askOthers(run, host, failure, now);
            }
            case FRONT -> {
                host.failed(model, false, now);
                health.askNow(host);
                askOthers(run, host, failure, now);
            }
            case PASSING -> {
                host.failed(model, true, now);
                health.askNow(host);
                tryAgain(run, failure, now);
            }
            case FINAL, TIMEOUT -> {
                host.failed(model, true, now);
                tryAgain(run, failure, now);
            }
        }
    }

    /// Part of the answer has reached the caller: whatever the failure, nothing is retried.
    private void brokenOff(Run run, Host host, Outcome.Failed failure) {
        long now = clock.millis();
        if (failure.cause() == Cause.OWN) {
            hold.begin(failure.message(), now);
            host.unknown(run.task().model());
        } else {
            hold.end(now);
            host.failed(run.task().model(), true, now);
        }
        if (failure.cause() == Cause.PASSING) {
            health.askNow(host);
        }
        fail(run, failure.message(), failure);
    }

    private void fail(Run run, String error, Outcome.Failed failure) {
        asked.forget(run.task().id());
        RelayedAnswer answer = relayed.find(run.task().id());
        if (answer != null) {
            answer.failing(failure);
        }
        runs.fail(run, error, CallRunner.recorded(run.task(), failure));
    }

    /// If a host refuses only this task while it accepts others of its model, the task leaves the host to them.
    private void refused(Run run, Host host, Outcome.Failed failure, long retryAfter, long now) {
        long task = run.task().id();
        long before = asked.refusedAt(task, host.name());
        asked.refused(task, host.name(), failure, now);
        if (before != 0 && host.recoveredSince(run.task().model(), before)) {
            host.failed(run.task().model(), true, now);
            runs.putBack(run, failure.message(), now + Math.max(retryAfter, ALONE_PAUSE_MS), false);
        } else {
            long pauseEnd = host.refuses(run.task().model(), failure, retryAfter, now);
            if (run.task().terms().caller().endsWithCaller() && failure.isAccounts()
                    && routing.get().refuser(run.task()) != null) {
                // its caller gets the error at once, as the host would have sent it
                fail(run, failure.message(), failure);
            } else {
                stepBehind(run, failure.message(), pauseEnd, now);
            }
        }
    }

    /// Makes the task pending again. If no other host accepts it now, it steps back so that another task tries this
    /// host next, because a task that is refused each time must not hold up the others.
    ///
    /// @param pauseEnd until when this host, or its model, is left alone
    private void stepBehind(Run run, String error, long pauseEnd, long now) {
        Set<String> without = asked.without(run.task().id());
        boolean elsewhere = routing.get().offer(run.task(), without, Set.of()).fit().canStart();
        runs.putBack(run, error, elsewhere ? 0 : Math.min(pauseEnd, now + STEP_BEHIND_MAX_MS) + STEP_BEHIND_MS, false);
    }

    private void tryAgain(Run run, Outcome.Failed failure, long now) {
        Task task = run.task();
        if (policy.triesAgain(task, failure.cause())) {
            runs.putBack(run, failure.message(), now + policy.delay(task, failure), true);
        } else {
            fail(run, failure.message(), failure);
        }
    }

    /// Sends the task to a host that was not asked yet; if there is none, the task fails. Before a host's front makes
    /// it fail, the host is asked whether it still is what its kind says: a proxy may have lost it.
    private void askOthers(Run run, Host host, Outcome.Failed failure, long now) throws InterruptedException {
        Task task = run.task();
        asked.refused(task.id(), host.name(), failure, now);
        if (routing.get().mayFind(task, asked.without(task.id()))) {
            runs.putBack(run, failure.message(), 0, false);
            return;
        }
        String verdict = asked.verdict(task.id(), task.model());
        boolean waits = task.terms().waitForModel() && asked.anyLacksModel(task.id());
        asked.forget(task.id());
        if (failure.cause() == Cause.FRONT && !health.isItself(host)) {
            runs.putBack(run, failure.message(), 0, false);
        } else if (waits) {
            runs.putBack(run, verdict, clock.millis() + MODEL_PAUSE_MS, false);
        } else {
            fail(run, verdict, failure);
        }
    }
}
