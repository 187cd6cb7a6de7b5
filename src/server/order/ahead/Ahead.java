package server.order.ahead;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.Function;

import server.order.Choice;
import server.order.Estimates;
import server.order.Estimates.Left;
import server.order.Fit;
import server.order.Offer;
import server.order.OrderOptions;
import server.order.ReadyOrder;
import server.order.RunnerKey;
import server.order.Written;
import server.order.ahead.Forecast.Before;
import server.order.ahead.Forecast.Why;
import server.order.ahead.Standing.Comer;
import server.order.limits.Crowd;
import server.task.Attempt.Chosen.By;
import server.task.Task;
import server.task.TaskState;

/// Plays a copy of the queue forward until a task starts.
public final class Ahead {

    /// The most tasks that are played; a task further back is only counted.
    public static final int PLAYED_MAX = 500;
    /// About how many tasks the copy has: the first ones of each lane.
    public static final int COPIED_MAX = 1_000;
    /// The most tasks listed as going before another one.
    static final int TOLD_MAX = 20;

    private final Standing standing;
    private final HostsAhead hosts;
    private final ReadyOrder order;
    private final Crowd crowd;
    /// The task in question; null if all are.
    private final Task target;
    private final Function<Task, Written> written;
    private final Deque<Comer> comers;
    private final PriorityQueue<End> ends = new PriorityQueue<>(Comparator.comparingDouble(End::at)
            .thenComparingLong(end -> end.task.order()));
    /// When a host will have loaded a model, by host and model, in milliseconds since the epoch.
    private final Map<String, Long> loadedAt = new HashMap<>();
    private final List<Before> before = new ArrayList<>();
    private int started;
    private double now;
    /// The last moment that is known for certain.
    private double base;
    /// When the task in question can begin at the earliest.
    private long begins;
    /// When the next of the windows opens or closes, if that is after `now`.
    private long change;
    /// Whether the task in question is not ready and comes after those that were copied.
    private final boolean isBeyond;
    /// The sum of the variances of all attempts that have ended in the game.
    private double variance;
    /// The most attempts that ran at once.
    private int places = 1;
    private boolean grounded = true;
    /// How many times a host has begun to load a model in the game.
    private int loads;
    /// The sum of the mean durations of all attempts that have started in the game.
    private double means;

    /// @param left null if nothing is known about it
    private record End(Task task, double at, Left left) {
    }

    private Ahead(Task target, Standing standing, HostsAhead hosts, Function<Task, Written> written) {
        this.standing = standing;
        this.written = written;
        begins = standing.begins();
        isBeyond = begins > 0 && standing.comers().stream().noneMatch(comer -> comer.task().id() == target.id());
        comers = new ArrayDeque<>(standing.comers());
        crowd = standing.crowd();
        this.hosts = hosts;
        this.target = target;
        order = standing.copy().order;
        now = standing.now();
        base = now;
    }

    /// Forecasts when and where a pending task starts.
    ///
    /// @param hosts   a copy of the hosts, made at the same moment as `standing`
    /// @param written returns what a running task has written so far
    public static Forecast of(Task target, Standing standing, HostsAhead hosts, Function<Task, Written> written) {
        return standing.begins() == Long.MAX_VALUE ? Forecast.NONE
                : new Ahead(target, standing, hosts, written).play();
    }

    /// Returns the tasks that start next, in the order of their starts, as far as they were copied.
    ///
    /// @param hosts   a copy of the hosts, made at the same moment as `standing`
    /// @param written returns what a running task has written so far
    /// @param most    at most [#PLAYED_MAX]
    public static List<Upcoming> starts(Standing standing, HostsAhead hosts, Function<Task, Written> written,
            int most) {
        return new Ahead(null, standing, hosts, written).starts(most);
    }

    private List<Upcoming> starts(int most) {
        List<Upcoming> starts = new ArrayList<>();
        takeRunning();
        while (starts.size() < Math.min(most, PLAYED_MAX)) {
            Choice choice = choose();
            if (choice != null) {
                Task task = standing.copy().tasks.get(choice.slot());
                // a task that starts later has neither bound before that of the one before
                Span last = starts.isEmpty() ? null : starts.getLast().startsIn();
                Span own = withLoad(choice);
                starts.add(new Upcoming(task, starts.size() + 1,
                        own == null || last == null ? own : own.notBefore(last), choice.offer()));
                start(task, choice);
                if (standing.copy().cut.contains(choice.slot())) {
                    break;
                }
            } else if (ends.isEmpty()) {
                break;
            } else {
                goOn();
            }
        }
        return starts;
    }

    /// Returns when the chosen task starts; if it has to load a model, others may go before it, too.
    private Span withLoad(Choice choice) {
        int before = loads;
        loads += choice.offer().fit() == Fit.LOADS ? 1 : 0;
        Span span = span(1);
        loads = before;
        return span;
    }

    private Choice choose() {
        hosts.at((long) now);
        order.letLate((long) now);
        return order.choose(hosts, (long) now);
    }

    private void takeRunning() {
        // tasks that were sent to the host meanwhile wait for the same load
        standing.running().forEach(task -> loadedAt.merge(runner(task, task.state().host()),
                estimates().loadedAt(task), Math::max));
        for (Task task : standing.running()) {
            crowd.add(task);
            ends(task, 0, estimates().left(task, written.apply(task), loadedAt.get(runner(task, task.state().host())),
                    standing.now()));
        }
    }

    private Forecast play() {
        takeRunning();
        while (true) {
            Choice choice = choose();
            Task task = choice == null ? null : standing.copy().tasks.get(choice.slot());
            if (task != null && task.id() == target.id()) {
                return new Forecast(isLater() ? 0 : started + 1, withLoad(choice),
                        choice.chosen().by().text, choice.offer(), before);
            }
            if (task != null) {
                start(task, choice);
                if (started == PLAYED_MAX || standing.copy().cut.contains(choice.slot())) {
                    return beyond();
                }
            } else if (!ends.isEmpty() || !comers.isEmpty()) {
                goOn();
            } else if (isBeyond) {
                return beyond();
            } else if (standing.window() != null && !standing.window().isOpen((long) now)) {
                begins = standing.window().next((long) now);
                now = begins;
                isKnown();
            } else {
                // under the present circumstances it cannot start
                return new Forecast(isLater() ? 0 : standing.before() + 1, null, null, null, List.of());
            }
        }
    }

    /// Lets the next thing happen: tasks arrive, an attempt ends, or the passing of time lets another task go first.
    private void goOn() {
        double end = ends.isEmpty() ? Double.POSITIVE_INFINITY : ends.peek().at;
        double look = order.keepsFree() && !ends.isEmpty() ? Math.min(order.nextChange(), windows())
                : Double.POSITIVE_INFINITY;
        if (!comers.isEmpty() && comers.peek().at() <= Math.min(end, look)) {
            come();
        } else if (look < Long.MAX_VALUE && look <= end) {
            now = Math.max(now, look);
            order.age((long) now);
        } else {
            end(ends.poll());
        }
    }

    private long windows() {
        if (change <= now) {
            change = standing.windows().stream().mapToLong(window -> window.next((long) now)).min()
                    .orElse(Long.MAX_VALUE);
        }
        return change;
    }

    /// Adds all tasks whose time has come.
    private void come() {
        now = Math.max(now, comers.peek().at());
        if (ends.isEmpty()) {
            isKnown();
        } else if (now >= begins && base < begins) {
            base = now;
        }
        while (!comers.isEmpty() && comers.peek().at() <= now) {
            Comer comer = comers.poll();
            standing.copy().tasks.put(comer.slot(), comer.task());
            order.add(comer.task(), comer.slot());
        }
        // in this order, as when the queue wakes: a level that its last task grows out of has ended unless a task
        // arrives first
        order.age((long) now);
    }

    /// Nothing runs, so whatever happened before, this is the moment at which the queue continues.
    private void isKnown() {
        base = now;
        variance = 0;
    }

    /// Returns whether the task in question waits for a time of its own.
    private boolean isLater() {
        return standing.begins() > standing.now();
    }

    private Estimates estimates() {
        return standing.copy().estimates;
    }

    private void start(Task task, Choice choice) {
        Offer offer = choice.offer();
        if (target != null && before.size() < TOLD_MAX) {
            before.add(new Before(task.name(), why(task, choice.chosen().by())));
        }
        Left left = estimates().left(task.model(), offer.host(), 0, Written.NOTHING);
        if (offer.fit() == Fit.LOADS) {
            loads++;
            loadedAt.put(runner(task, offer.host()), (long) now + hosts.loadMs(task, offer.host()));
        }
        double load = Math.max(0, loadedAt.getOrDefault(runner(task, offer.host()), 0L) - now);
        order.started(task, choice.slot(), offer.host(), (long) now);
        order.remove(task, choice.slot());
        hosts.started(task, offer.host());
        Task running = task.with(new TaskState.Running((long) now, offer.host(), offer.rule()));
        crowd.add(running);
        ends(running, load, left);
        started++;
    }

    private static String runner(Task task, String host) {
        return host + " " + RunnerKey.plain(task.model());
    }

    /// @param load how long its host still loads before it answers, in milliseconds
    private void ends(Task running, double load, Left left) {
        // an attempt about which nothing is known counts as a slow one, or as taking no time if nothing was measured,
        // so that priorities do not grow by invented times. After its end no further times can be given
        ends.add(new End(running, now + load + (left == null ? estimates().longest() : left.mean()), left));
        places = Math.max(places, ends.size());
        means += left == null ? 0 : left.mean();
    }

    private void end(End end) {
        now = Math.max(now, end.at);
        if (end.left == null) {
            grounded = false;
        } else {
            variance += end.left.deviation() * end.left.deviation();
        }
        order.age((long) now);
        crowd.remove(end.task);
        hosts.ended(end.task, end.task.state().host());
        order.ended(end.task, end.left == null ? -1 : (long) now - end.task.state().startedAt());
    }

    /// @param times how many times further away it is than what was played
    private Span span(double times) {
        return !grounded || standing.paused() ? null
                : Span.around(now - base, times, Math.sqrt(variance) / places, others()).after(base - standing.now())
                        .notBefore(begins - standing.now());
    }

    /// Returns how long later arrivals may go before it because their models are loaded, in milliseconds.
    private double others() {
        OrderOptions options = order.options();
        int known = started + standing.running().size();
        return !options.affinity() || loads == 0 || known == 0 ? 0
                : loads * Math.min(options.maxWait(), options.maxBatch() * means / known / places);
    }

    /// Returns the forecast for a task that comes after those that were played.
    private Forecast beyond() {
        int position = standing.before() + 1;
        return started == 0 || now < standing.begins() ? Forecast.NONE : new Forecast(isLater() ? 0 : position,
                span(Math.max(1, (double) position / started)), null, null, before);
    }

    private Why why(Task task, By by) {
        int own = order.priority(task, (long) now);
        int other = order.priority(target, (long) now);
        if (own != other) {
            return own > other ? Why.PRIORITY : Why.ELSEWHERE;
        }
        boolean earlier = task.order() < target.order();
        boolean same = Objects.equals(task.terms().caller().client(), target.terms().caller().client());
        return switch (by) {
            case PRESSING -> Why.FINISH_BY;
            case OVERDUE -> Why.OVERDUE;
            case BEHIND -> Why.FAIR_SHARE;
            case LOADED, FIRST -> by == By.LOADED && !RunnerKey.of(task).equals(RunnerKey.of(target))
                    && !(same && earlier) ? Why.LOADED
                    : !same ? Why.FAIR_SHARE : earlier ? Why.EARLIER : Why.ELSEWHERE;
        };
    }
}
