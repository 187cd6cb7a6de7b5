package server.dispatch;

import java.time.InstantSource;
import java.util.Set;
import java.util.function.Supplier;

import server.order.ahead.Ahead;
import server.order.ahead.Explanation;
import server.order.ahead.Explanation.Kind;
import server.order.ahead.Explanation.Waiting;
import server.order.ahead.Forecast;
import server.order.ahead.Standing;
import server.queue.TaskQueue;
import server.queue.state.QueueMode;
import server.task.Task;
import server.task.Times;
import shared.TaskStatus;

/// Says why a task stands where it stands, for people.
///
/// @param routing the hosts as they are now
/// @param alone   the name of the task that runs alone; null if none does
record Explainer(TaskQueue queue, Hosts hosts, Asked asked, Supplier<Routing> routing, Hold hold,
        Supplier<String> alone, Supplier<DispatchOptions> options, InstantSource clock) {

    Explanation explain(Task task) {
        if (task.status() == TaskStatus.RUNNING) {
            return new Explanation(null, null, -1,
                    queue.ledger().look(state -> state.left(task, clock.millis())).value());
        }
        if (task.status() != TaskStatus.PENDING) {
            return Explanation.ENDED;
        }
        PlayedHosts played = hosts.played(options.get().routing(), asked::without, queue.readyCount());
        Standing standing = queue.ledger().look(state -> state.standing(task, clock.millis())).value();
        Forecast forecast = Ahead.of(task, standing, played);
        return new Explanation(waiting(task, standing, forecast), forecast,
                standing.longest() == Long.MAX_VALUE ? -1 : standing.longest(), null);
    }

    private Waiting waiting(Task task, Standing standing, Forecast forecast) {
        if (alone.get() != null) {
            return new Waiting(Kind.ALONE, alone.get() + " runs alone, because the server died so often while it ran");
        }
        String on = task.terms().on();
        if (on != null && hosts.named(on) == null) {
            return new Waiting(Kind.HOST, "no host is named " + on);
        }
        if (task.wakeAt() > standing.now()) {
            return new Waiting(Kind.TIME, "its time, " + Times.format(task.wakeAt()));
        }
        Waiting held = standing.heldBy();
        if (held != null) {
            return held;
        }
        if (hold.reason(standing.now()) != null) {
            return new Waiting(Kind.SERVER, hold.reason(standing.now()));
        }
        Waiting host = forecast.offer() == null ? host(task, standing.now()) : null;
        if (host != null) {
            return host;
        }
        if (queue.mode() == QueueMode.PAUSED) {
            return new Waiting(Kind.QUEUE, "the queue, which is paused");
        }
        int before = forecast.position() - 1;
        return before <= 0 ? new Waiting(Kind.PLACE, "a free place; it is next")
                : new Waiting(Kind.TURN, before == 1 ? "the task before it" : "the " + before + " tasks before it");
    }

    /// Why no host may take it; null if one may and is only full.
    private Waiting host(Task task, long now) {
        Routing all = routing.get();
        if (all.onlyItsTurn(task, asked.without(task.id()))) {
            return null;
        }
        StringBuilder reasons = new StringBuilder("no host can take it now");
        String separator = ": ";
        boolean lack = true;
        for (String name : all.open(task)) {
            String trouble = hosts.named(name).trouble(task.model(), now);
            if (trouble != null) {
                reasons.append(separator).append(trouble);
                separator = "; ";
                lack &= trouble.equals(Host.lacking(name, task.model()));
            }
        }
        return new Waiting(lack && !separator.equals(": ") ? Kind.MODEL : Kind.HOST, reasons.toString());
    }
}
