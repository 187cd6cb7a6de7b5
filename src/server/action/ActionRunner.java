package server.action;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

import server.action.plan.TaskAction;
import server.clock.Looping;
import server.queue.ledger.Ledger;
import server.queue.ledger.Pace;
import server.task.Submission;
import shared.Problem;

/// Carries out actions: one thread, which does a step of each in turn. At a start it continues those that were running.
public final class ActionRunner implements AutoCloseable {

    private static final Logger LOG = System.getLogger("actions");
    /// The pause before a retry if nothing could be written.
    private static final long PAUSE_NANOS = 1_000_000_000;

    private final Actions actions;
    private final Pace pace;
    private final Looping loop = new Looping("actions", this::loop);

    private ActionRunner(Ledger ledger, Function<byte[], Submission> submits) {
        actions = new Actions(ledger, submits);
        pace = ledger.pace();
    }

    /// Starts the thread.
    ///
    /// @param submits parses the body of a submit; throws a [Problem] or a [shared.json.JsonException] if it is wrong
    public static ActionRunner start(Ledger ledger, Function<byte[], Submission> submits) {
        ActionRunner runner = new ActionRunner(ledger, submits);
        runner.actions.onAccepted(runner.loop::wake);
        runner.loop.start();
        return runner;
    }

    /// Returns the actions that it carries out.
    public Actions actions() {
        return actions;
    }

    private void loop() {
        Pace.Read work = pace.begin();
        while (!loop.stopping()) {
            try {
                List<TaskAction> running = actions.running();
                for (TaskAction action : running) {
                    if (!loop.stopping() && !actions.step(action.id())) {
                        log(action.id());
                    }
                    work.step();
                }
                if (running.isEmpty() && !loop.stopping()) {
                    LockSupport.park(this);
                    work = pace.begin();
                }
            } catch (Problem refused) {
                // a full disk or a failed journal, which others report
                LockSupport.parkNanos(this, PAUSE_NANOS);
            } catch (CancellationException closed) {
                return;
            } catch (RuntimeException | Error failure) {
                LOG.log(Level.ERROR, "event=action_failed", failure);
                LockSupport.parkNanos(this, PAUSE_NANOS);
            }
        }
    }

    private void log(long id) {
        TaskAction action = actions.get(id);
        LOG.log(Level.INFO, () -> "event=action_ended id=" + action.name() + " action=" + action.plan().kind().text
                + " status=" + action.status().text + " matched=" + action.plan().total() + " changed="
                + action.changed());
    }

    /// Ends after the present step; unfinished actions continue at the next start.
    @Override
    public void close() {
        loop.close();
    }
}
