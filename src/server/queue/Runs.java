package server.queue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;

import server.journal.JournalFailure;
import server.journal.NoRoom;
import server.journal.Urgency;
import server.order.Offers;
import server.queue.ledger.Commit;
import server.queue.ledger.Ledger;
import server.queue.ledger.TaskReader;
import server.queue.state.Event;
import server.queue.state.LifeCycle;
import server.queue.state.QueueState;
import server.task.Task;
import shared.ResultText;
import shared.json.Slice;

/// The dispatcher's side of the queue: begins and ends attempts at tasks, and does what is due. No method but
/// [#awaitDurable] waits for durability.
public final class Runs {

    /// How many events one call of [#tick] appends at most, so that no call keeps its caller for long.
    private static final int WORK_MAX = 1000;

    /// How long to wait before what is due is tried again on a full disk.
    private static final long ROOM_PAUSE_MS = 1000;

    private final Ledger ledger;
    private final InstantSource clock;
    private final List<Runnable> onReady = new CopyOnWriteArrayList<>();
    private final List<Consumer<Task>> onRunCancelled = new CopyOnWriteArrayList<>();

    Runs(Ledger ledger, InstantSource clock) {
        this.ledger = ledger;
        this.clock = clock;
        ledger.onChange(this::changed);
        ledger.onRoom(this::ready);
    }

    /// Begins the next attempt at the task that the hosts' offers put first. Returns without waiting for durability
    /// (see [Run#seq]).
    ///
    /// @param offers called under the ledger's lock, so it must be quick and must not call back
    /// @return null if no task can start, the queue is paused, or the journal has no room now; [#onReady] calls its
    ///         listener once that may have changed
    public Run startNext(Offers offers) {
        try {
            while (ledger.failure() == null) {
                Commit<Task> first = ledger.changeNow(writer -> {
                    Event.Change event = writer.state().start(offers, writer.now());
                    // this includes a task that has expired: one that ends without a run has no claim to the reserve
                    return event == null ? null : writer.append(event, Urgency.NORMAL);
                });
                Task task = first.value();
                if (task == null) {
                    return null;
                }
                if (!task.status().ended()) {
                    return new Run(task, task.attempts().size() + 1, first.seq(), false);
                }
            }
        } catch (NoRoom none) {
            // an event that makes room, or ends a run, may let another task start
        }
        return null;
    }

    /// Waits until the start of a run is durable, so that its host may be asked.
    ///
    /// @throws JournalFailure if the journal can write no more
    public void awaitDurable(Run run) {
        ledger.awaitDurable(run.seq());
    }

    /// Returns the request for the task's host, read from the journal.
    public Event.Request request(Task task) throws IOException {
        try {
            return ledger.reader().request(task);
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
    }

    /// Returns whether this run is still the task's current one (the task was not cancelled).
    public boolean current(Run run) {
        return ledger.look(state -> taskOf(run, state) != null).value();
    }

    /// Ends a run with a result. This and the next three methods return false if the run is no longer current. They do
    /// not wait for durability. If a full disk's reserve is too small, they throw a Problem 507 and change nothing.
    public boolean complete(Run run, Slice result) {
        ResultText.Told told = ResultText.told(result);
        return end(run, (task, now) -> LifeCycle.completed(task, result, told.cut(), told.loadMillis(),
                told.tokens(), now));
    }

    /// Ends a run, and the task, with an error.
    ///
    /// @param answer the host's answer to a call, JSON; null for none
    public boolean fail(Run run, String error, Slice answer) {
        return end(run, (task, now) -> LifeCycle.failed(task, ledger.pool().share(error), answer, now));
    }

    /// Ends a run and makes the task pending again. If its answer has begun, the attempt is recorded in any case: the
    /// next attempt gets a number of its own, so no reader takes its answer for the rest of this attempt's.
    ///
    /// @param retryAt when the next attempt may begin, milliseconds since the epoch; 0: at once
    /// @param counted whether this uses up a retry and records the attempt; a host's failure does neither
    public boolean putBack(Run run, String error, long retryAt, boolean counted) {
        return end(run, (task, now) -> LifeCycle.retrying(task, ledger.pool().share(error), retryAt, counted,
                run.begun(), now));
    }

    /// Ends a run because the server stops; the task is pending again. The attempt is recorded but uses up no retry. So
    /// the next attempt gets its own number, and an offset in this attempt's answer cannot be mistaken for one in the
    /// next attempt's.
    public boolean cutOff(Run run) {
        return end(run, LifeCycle::cutOff);
    }

    /// Does what is due: scheduled tasks and retries become ready, expired tasks fail, old tasks are deleted.
    ///
    /// @return when to call it again, milliseconds since the epoch; Long.MAX_VALUE: not before the next change
    public long tick() {
        if (ledger.changeNow(writer -> {
            writer.hold();
            writer.state().lackRoom(ledger.full() != null);
            return writer.state().wake(writer.now());
        }).value()) {
            ready();
        }
        try {
            boolean more = ledger.failure() == null;
            for (int i = 0; more && i < WORK_MAX; i++) {
                more = ledger.changeNow(writer -> {
                    Event.Change due = writer.state().due(writer.now());
                    if (due != null) {
                        writer.append(due, Urgency.NORMAL);
                    }
                    return due != null;
                }).value();
            }
        } catch (NoRoom none) {
            return clock.millis() + ROOM_PAUSE_MS;
        }
        return ledger.failure() == null ? ledger.look(QueueState::nextLook).value() : Long.MAX_VALUE;
    }

    /// Calls a listener after a change that may let a task start (quick, any thread).
    public void onReady(Runnable listener) {
        onReady.add(listener);
    }

    /// Calls a listener when a running task is cancelled, perhaps before that is durable (quick, any thread).
    public void onRunCancelled(Consumer<Task> listener) {
        onRunCancelled.add(listener);
    }

    /// Tells the dispatcher what it must know of a change, whoever made it.
    private void changed(List<? extends Event> events) {
        boolean ready = false;
        for (Event event : events) {
            ready |= event.mayLetStart();
            if (event instanceof Event.Change change && change.what() == Event.What.CANCELLED
                    && change.task().state().startedAt() != 0) {
                onRunCancelled.forEach(listener -> listener.accept(change.task()));
            }
        }
        if (ready) {
            ready();
        }
    }

    /// Tells the dispatcher that a task may be able to start.
    void ready() {
        onReady.forEach(Runnable::run);
    }

    /// Returns the task if this run is its current one, else null.
    private static Task taskOf(Run run, QueueState state) {
        Task task = state.get(run.task().id());
        // each start creates a new state object, which only the run's end replaces
        return task != null && task.state() == run.task().state() ? task : null;
    }

    /// @param ending creates the event that ends the run, from the task and the time
    private boolean end(Run run, BiFunction<Task, Long, Event.Change> ending) {
        return ledger.change(writer -> {
            long now = writer.now();
            Task task = taskOf(run, writer.state());
            if (task != null) {
                Event.Change late = LifeCycle.overTime(task, now);
                writer.append(ending.apply(writer.state().timed(late == null ? task : writer.append(late)), now));
            }
            return task != null;
        }).value();
    }
}
