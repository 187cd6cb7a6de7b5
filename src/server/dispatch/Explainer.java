package server.dispatch;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

import server.order.RunnerKey;
import server.order.Written;
import server.order.ahead.Ahead;
import server.order.ahead.Explanation;
import server.order.ahead.Explanation.Reason;
import server.order.ahead.Explanation.Waiting;
import server.order.ahead.Forecast;
import server.order.ahead.Outlook;
import server.order.ahead.Standing;
import server.order.ahead.Upcoming;
import server.queue.TaskQueue;
import server.queue.state.Backlog;
import server.queue.state.QueueMode;
import server.task.ApiPath;
import server.task.RunnerOptions;
import server.task.Task;
import server.task.Times;
import shared.TaskStatus;

/// Explains to people why a task is in its current state.
///
/// @param routing the current hosts
/// @param alone   the name of the task that runs alone; null if none does
/// @param written what a running task has written so far
record Explainer(TaskQueue queue, Hosts hosts, Asked asked, Supplier<Routing> routing, Hold hold,
        Supplier<String> alone, Function<Task, Written> written, Supplier<DispatchOptions> options,
        InstantSource clock) {

    Explanation explain(Task task) {
        if (task.status() == TaskStatus.RUNNING) {
            Host host = hosts.named(task.state().host());
            return new Explanation(null, null, -1,
                    queue.ledger().look(state -> state.left(task, written.apply(task), clock.millis())).value(),
                    host == null ? null : host.load(task.model(), clock.millis()));
        }
        if (task.status() != TaskStatus.PENDING) {
            return Explanation.ENDED;
        }
        PlayedHosts played = hosts.played(options.get().routing(), asked::without, queue.readyCount());
        Standing standing = queue.ledger().look(state -> state.standing(task, clock.millis())).value();
        Forecast forecast = Ahead.of(task, standing, played, written);
        return new Explanation(waiting(task, standing, forecast), forecast,
                standing.longest() == Long.MAX_VALUE ? -1 : standing.longest(), null, null);
    }

    /// Explains the state of all pending tasks.
    ///
    /// @param starts how many of the next starts are reported
    Outlook outlook(int starts) {
        boolean play = starts > 0;
        long now = clock.millis();
        Routing all = routing.get();
        PlayedHosts played = play ? hosts.played(options.get().routing(), asked::without, queue.readyCount()) : null;
        Backlog backlog = queue.ledger().look(state -> state.backlog(play, now)).value();
        Waiting whole = whole(now);
        Map<Wants, Waiting> known = new HashMap<>();
        backlog.lanes().forEach(lane -> known.putIfAbsent(Wants.of(lane.first()),
                waiting(lane.first(), lane.heldBy(), whole, all, now)));
        Map<String, Waiting> shut = new HashMap<>();
        backlog.shut().forEach(window -> shut.put(window.window(), window.waiting()));
        Function<Task, Waiting> waits = task -> task.wakeAt() > now ? time(task)
                : shut.containsKey(task.terms().placing().window()) ? shut.get(task.terms().placing().window())
                : asked.without(task.id()).isEmpty() && known.containsKey(Wants.of(task)) ? known.get(Wants.of(task))
                : waiting(task, null, whole, all, now);
        Map<Long, Upcoming> next = new LinkedHashMap<>();
        if (play) {
            // a task whose model no host seems to have is tried, too, but is shown as blocked
            Ahead.starts(backlog.standing(), played, written, starts).stream()
                    .filter(start -> Outlook.State.of(waits.apply(start.task()).kind()) == Outlook.State.READY)
                    .forEach(start -> next.put(start.task().id(), start.at(next.size() + 1)));
        }
        return new Outlook(next, groups(backlog, known), waits);
    }

    private static List<Outlook.Group> groups(Backlog backlog, Map<Wants, Waiting> known) {
        Map<Waiting, Outlook.Group> groups = new LinkedHashMap<>();
        for (Backlog.WaitingLane lane : backlog.lanes()) {
            groups.merge(known.get(Wants.of(lane.first())), new Outlook.Group(known.get(Wants.of(lane.first())),
                    lane.tasks(), lane.first(), 0), (one, other) -> new Outlook.Group(one.waiting(), one.tasks()
                    + other.tasks(), one.first().order() < other.first().order() ? one.first() : other.first(), 0));
        }
        List<Outlook.Group> all = new ArrayList<>(groups.values());
        all.sort(Comparator.comparing(Outlook.Group::state).reversed().thenComparing(Outlook.Group::tasks,
                Comparator.reverseOrder()));
        long wakes = backlog.wakes();
        if (backlog.retrying() > 0) {
            all.add(new Outlook.Group(Outlook.ITS_NEXT_ATTEMPT, backlog.retrying(), null,
                    backlog.scheduled() == 0 ? wakes : 0));
        }
        backlog.shut().forEach(window -> all.add(new Outlook.Group(window.waiting(), window.tasks(), null,
                window.opens() == Long.MAX_VALUE ? 0 : window.opens())));
        if (backlog.scheduled() > 0) {
            all.add(new Outlook.Group(Outlook.ITS_TIME, backlog.scheduled(), null,
                    backlog.retrying() == 0 ? wakes : 0));
        }
        return all;
    }

    /// The properties of a task that decide what it waits for, apart from its times and what hosts said about it alone.
    private record Wants(String model, RunnerOptions runner, String on, int priority, String client, boolean remote,
            boolean waitForModel, ApiPath endpoint, boolean onlyOrders) {

        static Wants of(Task task) {
            return new Wants(task.model(), task.terms().runner(), task.terms().on(), task.priority(),
                    task.terms().caller().client(), task.terms().remote(), task.terms().waitForModel(),
                    task.terms().caller().endpoint(), task.terms().caller().onlyOrders());
        }
    }

    private Waiting waiting(Task task, Standing standing, Forecast forecast) {
        Waiting whole = whole(standing.now());
        if (task.wakeAt() > standing.now() && (whole == null || whole.kind() != Reason.ALONE) && isThere(task)) {
            return time(task);
        }
        Waiting trouble = trouble(task, standing.heldBy(), whole, forecast.offer() == null ? routing.get() : null,
                standing.now());
        Waiting held = trouble != null ? trouble : room(task, routing.get());
        return held != null ? held : Waiting.turn(forecast.position());
    }

    private Waiting waiting(Task task, Waiting heldBy, Waiting whole, Routing all, long now) {
        Waiting trouble = trouble(task, heldBy, whole, all, now);
        Waiting held = trouble != null ? trouble : room(task, all);
        return held != null ? held : new Waiting(Reason.PLACE, "a free place");
    }

    /// Returns what is being answered where a place is reserved for a task; null if none is.
    private Waiting room(Task task, Routing all) {
        HostView host = all.drains(task, asked.without(task.id()));
        if (host == null) {
            return null;
        }
        String own = RunnerKey.plain(task.model());
        List<String> answers = host.runners().answers();
        return new Waiting(Reason.ROOM, answers.contains(own) ? own + " to have answered on " + host.name()
                + ", which then loads it with other options" : String.join(" or ", answers) + " to have answered on "
                + host.name() + ", which has no room for " + own + " beside it");
    }

    /// Returns what all tasks wait for; null if nothing.
    private Waiting whole(long now) {
        if (alone.get() != null) {
            return new Waiting(Reason.ALONE,
                    alone.get() + " runs alone, because the server died repeatedly while it ran");
        }
        String reason = hold.reason(now);
        return reason != null ? new Waiting(Reason.SERVER, reason)
                : queue.mode() == QueueMode.PAUSED ? new Waiting(Reason.QUEUE, "the queue, which is paused") : null;
    }

    private static Waiting time(Task task) {
        return task.retryAt() > 0 ? new Waiting(Reason.RETRY, "its next attempt, at " + Times.format(task.wakeAt()))
                : new Waiting(Reason.TIME, "its time, " + Times.format(task.wakeAt()));
    }

    private boolean isThere(Task task) {
        return task.terms().on() == null || hosts.named(task.terms().on()) != null;
    }

    /// Returns what a task whose time has come waits for besides its turn; null if nothing.
    ///
    /// @param all null: it is known that a host accepts it
    private Waiting trouble(Task task, Waiting heldBy, Waiting whole, Routing all, long now) {
        if (whole != null && whole.kind() == Reason.ALONE) {
            return whole;
        }
        if (!isThere(task)) {
            return new Waiting(Reason.HOST, "no host is named " + task.terms().on());
        }
        if (heldBy != null || whole != null && whole.kind() == Reason.SERVER) {
            return heldBy == null ? whole : heldBy;
        }
        Waiting host = all == null ? null : host(task, all, now);
        return host == null ? whole : host;
    }

    /// Returns why no host may run it; null if one may and is only full.
    private Waiting host(Task task, Routing all, long now) {
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
        return new Waiting(lack && !separator.equals(": ") ? Reason.MODEL : Reason.HOST, reasons.toString());
    }
}
