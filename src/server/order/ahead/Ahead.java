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

/// Plays the queue forward until a task starts.
public final class Ahead {

    /// How many tasks are played; who stands behind them is counted.
    public static final int PLAYED_MAX = 500;
    /// How many tasks the copy has, about: of each lane its first ones.
    public static final int COPIED_MAX = 1_000;
    /// How many that go before a task are told.
    static final int TOLD_MAX = 20;

    private final Standing standing;
    private final HostsAhead hosts;
    private final ReadyOrder order;
    private final Crowd crowd;
    /// Null: it is about all.
    private final Task target;
    private final Function<Task, Written> written;
    private final Deque<Comer> comers;
    private final PriorityQueue<End> ends = new PriorityQueue<>(Comparator.comparingDouble(End::at)
            .thenComparingLong(end -> end.task.order()));
    /// When what a host loads is there, by host and model.
    private final Map<String, Long> loadedAt = new HashMap<>();
    private final List<Before> before = new ArrayList<>();
    private int started;
    private double now;
    /// The last moment that is known for sure.
    private double base;
    /// When the task that it is about can begin at the earliest.
    private long begins;
    /// When the next of the windows opens or shuts, if that is after `now`.
    private long change;
    /// Whether the task that it is about is not ready and stands behind those that were taken.
    private final boolean isBeyond;
    /// Of what has ended, the squares of the standard deviations.
    private double variance;
    /// How many ran at once, at most.
    private int places = 1;
    private boolean grounded = true;
    /// How often a host begins to load.
    private int loads;
    /// Of what has started, the means.
    private double means;

    /// @param left null if there is no ground
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

    /// Tells what becomes of a pending task.
    ///
    /// @param hosts   a copy, as it was when the queue stood so
    /// @param written what a running task has written so far
    public static Forecast of(Task target, Standing standing, HostsAhead hosts, Function<Task, Written> written) {
        return standing.begins() == Long.MAX_VALUE ? Forecast.NONE
                : new Ahead(target, standing, hosts, written).play();
    }

    /// Tells which tasks start next, in the order in which they do, as far as they were copied.
    ///
    /// @param hosts   a copy, as it was when the queue stood so
    /// @param written what a running task has written so far
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
                // who starts later does so neither earliest nor latest before the one before
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

    /// When the chosen one starts; a load of its own lets others go before it, too.
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
        // those that were sent there meanwhile wait for the same load
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
                // as things are it cannot start
                return new Forecast(isLater() ? 0 : standing.before() + 1, null, null, null, List.of());
            }
        }
    }

    /// What happens next: tasks come, an attempt ends, or the time alone lets another one go first.
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

    /// All come whose time it is then.
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
        // in this order, as the queue wakes: a level that its last task grows out of is over, unless one comes before
        order.age((long) now);
    }

    /// Nothing runs: whatever was before, this is the moment at which it goes on.
    private void isKnown() {
        base = now;
        variance = 0;
    }

    /// Whether it waits for a time of its own.
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

    /// @param load for how long its host still loads before
    private void ends(Task running, double load, Left left) {
        // one of which nothing is known is taken for a slow one; where nothing was measured, for nothing, lest
        // priorities grow by times that are made up. After its end there is no ground any more
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

    /// @param times by how much farther it is than what was played
    private Span span(double times) {
        return !grounded || standing.paused() ? null
                : Span.around(now - base, times, Math.sqrt(variance) / places, others()).after(base - standing.now())
                        .notBefore(begins - standing.now());
    }

    /// For how long those that come later may go before it, because what they need is loaded.
    private double others() {
        OrderOptions options = order.options();
        int known = started + standing.running().size();
        return !options.affinity() || loads == 0 || known == 0 ? 0
                : loads * Math.min(options.maxWait(), options.maxBatch() * means / known / places);
    }

    /// Of one that stands behind what was played.
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
