package server.queue.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import server.order.Clients;
import server.order.Estimates;
import server.order.ReadyOrder;
import server.order.RunnerKey;
import server.order.Written;
import server.order.ahead.Ahead;
import server.order.ahead.Explanation.Reason;
import server.order.ahead.Explanation.Waiting;
import server.order.ahead.Span;
import server.order.ahead.Standing;
import server.order.ahead.Standing.Comer;
import server.order.limits.Crowd;
import server.order.limits.Gates;
import server.order.limits.OrderLimits;
import server.order.limits.Window;
import server.queue.index.SortedSlots;
import server.task.Attempt;
import server.task.Task;
import server.task.TaskState;
import server.task.Times;
import shared.Problem;
import shared.TaskStatus;

/// The pending tasks, by what they wait for, and the numbers of tasks of each client and model.
///
/// Invariant: until it may start, every pending task is in `waiting`, under that time; afterwards it is in `gates` if
/// it has a window, and in `ready` unless its window is shut. It is in `expiring` if it may expire.
final class PendingTasks {

    /// How many of the tasks that wait for their own time, and of those of each window, are played forward.
    private static final int COMERS_MAX = 500;

    private final IntFunction<Task> tasks;
    private final ReadyOrder ready;
    private final SortedSlots waiting = new SortedSlots();
    private final SortedSlots expiring = new SortedSlots();
    private final Crowd crowd = new Crowd();
    private final FinishTimes finishTimes;
    private final Gates gates;
    private OrderLimits limits;
    /// How many tasks in `waiting` wait for their next attempt.
    private int retrying;

    private record OfLimits(Supplier<OrderLimits> limits, Crowd crowd, Open open) implements Clients {
        @Override
        public double weight(String client) {
            return limits.get().client(client).weight();
        }

        @Override
        public boolean hasRoom(String client) {
            return limits.get().hasRoom(client, crowd);
        }

        @Override
        public boolean modelHasRoom(String model) {
            return limits.get().modelHasRoom(model, crowd);
        }

        @Override
        public boolean isOpen(String window, long now) {
            return window == null || open.at(window, now);
        }
    }

    private interface Open {
        boolean at(String window, long now);
    }

    /// @param tasks returns the task of a slot
    PendingTasks(QueueOptions options, IntFunction<Task> tasks) {
        this.limits = options.limits();
        this.tasks = tasks;
        finishTimes = new FinishTimes(tasks);
        gates = new Gates(limits.windows());
        ready = new ReadyOrder(tasks, new OfLimits(() -> limits, crowd, (window, now) -> gates.isOpen(window)),
                options.order(), finishTimes.estimates());
    }

    void reconfigure(QueueOptions options) {
        limits = options.limits();
        gates.reconfigure(limits.windows());
        ready.reconfigure(options.order());
    }

    /// Checks all windows again, because the clock was set.
    void clockSet() {
        gates.recheck();
    }

    /// Adds a task: a running one is counted, an ended one ignored.
    void add(Task task, int slot) {
        crowd.add(task);
        finishTimes.add(task, slot);
        if (!(task.state() instanceof TaskState.Pending)) {
            return;
        }
        if (task.wakeAt() > 0) {
            waiting.add(task.wakeAt(), slot);
            retrying += task.retryAt() > 0 ? 1 : 0;
        } else {
            due(task, slot);
        }
        if (task.terms().expiresAt() > 0) {
            expiring.add(task.terms().expiresAt(), slot);
        }
    }

    /// Reports the beginning or end of an attempt, or a late task, to the order, before the task is removed and added.
    void willChange(Task before, int slot, Event.Change change) {
        finishTimes.learn(change);
        if (change.what() == Event.What.LATE) {
            finishTimes.remove(before, slot);
            ready.late(before, slot);
        }
        if (before.status() == TaskStatus.PENDING && change.task().status() == TaskStatus.RUNNING) {
            // usually from `started`; a compaction may have kept only a later event of the run
            ready.started(before, slot, change.task().state().host(), change.at());
        } else if (before.status() == TaskStatus.RUNNING && change.task().status() != TaskStatus.RUNNING) {
            Task after = change.task();
            Attempt last = change.attempts().isEmpty() ? null : change.attempts().getLast();
            // nobody knows when a server that died did so
            long millis = last != null && last.died() ? -1
                    : after.status().ended() ? after.state().endedAt() - after.state().startedAt()
                    : Math.max(0, change.at() - before.state().startedAt());
            ready.ended(before, millis);
        }
    }

    /// Removes a task, which must be in the state in which it was added.
    void remove(Task task, int slot) {
        crowd.remove(task);
        finishTimes.remove(task, slot);
        if (!(task.state() instanceof TaskState.Pending)) {
            return;
        }
        if (task.wakeAt() == 0 || !noLongerWaits(task, slot)) {
            String window = task.terms().placing().window();
            if (window == null || gates.remove(window, task.order(), slot)) {
                ready.remove(task, slot);
            }
        }
        if (task.terms().expiresAt() > 0) {
            expiring.remove(task.terms().expiresAt(), slot);
        }
    }

    /// Moves on the tasks whose time comes.
    ///
    /// @return whether any became ready
    boolean wake(long by, Predicate<Task> which) {
        boolean any = false;
        for (int slot : waiting.upTo(by)) {
            Task task = tasks.apply(slot);
            if (which.test(task)) {
                noLongerWaits(task, slot);
                any |= due(task, slot);
            }
        }
        return any;
    }

    /// @return whether it did
    private boolean noLongerWaits(Task task, int slot) {
        boolean waited = waiting.remove(task.wakeAt(), slot);
        retrying -= waited && task.retryAt() > 0 ? 1 : 0;
        return waited;
    }

    /// Moves on all tasks whose time has come, opens and shuts windows, and lets priorities grow.
    ///
    /// @return whether any became ready
    boolean wake(long now) {
        boolean any = wake(now, task -> true) | gates.pass(now, slot -> {
            ready.add(tasks.apply(slot), slot);
            return tasks.apply(slot).order();
        }, slot -> {
            ready.remove(tasks.apply(slot), slot);
            return tasks.apply(slot).order();
        });
        ready.age(now);
        return any;
    }

    /// @return whether it is ready
    private boolean due(Task task, int slot) {
        String window = task.terms().placing().window();
        boolean open = window == null || gates.add(window, task.order(), slot);
        if (open) {
            ready.add(task, slot);
        }
        return open;
    }

    /// Returns when a task wakes, or a window opens or closes; 0 if a window is not completely open or shut,
    /// Long.MAX_VALUE if never.
    long nextWake() {
        return Math.min(waiting.firstKey(), gates.next());
    }

    /// Returns when time alone may give a place that the last choice reserved to another task; Long.MAX_VALUE if never.
    long nextChange() {
        return ready.keepsFree() ? ready.nextChange() : Long.MAX_VALUE;
    }

    ReadyOrder ready() {
        return ready;
    }

    /// Returns when the next task expires, or can no longer meet its `finish_by`; Long.MAX_VALUE if never.
    long nextDue() {
        return Math.min(expiring.firstKey(), finishTimes.next());
    }

    /// Returns an event that reports a task that cannot meet its `finish_by`; null if all were reported.
    ///
    /// @param heldBefore nothing is reported for tasks created before this
    Event.Change late(long heldBefore, long now) {
        return finishTimes.due(task -> task.createdAt() < heldBefore ? Long.MIN_VALUE : beginsAt(task, now), now);
    }

    /// Returns why a task cannot meet its `finish_by`, for people; null if it can, or has none.
    String lateness(Task task, long now) {
        return finishTimes.lateness(task, beginsAt(task, now), now);
    }

    /// Returns the task that expired first; null if none has.
    ///
    /// @param heldBefore tasks created before this are kept
    Task firstExpired(long heldBefore, long now) {
        Task task = expiring.firstKey() <= now ? tasks.apply(expiring.firstSlot()) : null;
        return task != null && task.createdAt() >= heldBefore ? task : null;
    }

    /// Checks that a client may have more pending tasks.
    /// @param client null: none
    /// @param askers the limit of whoever asks
    /// @throws Problem 429 if it may not
    void admit(String client, int count, int askers) {
        int most = Math.min(askers, limits.client(client).maxPending());
        int pending = crowd.pending(client);
        if (most < Integer.MAX_VALUE && pending + count > most) {
            throw new Problem(429, (client == null ? "tasks without a client" : "client " + client) + ": " + pending
                    + " are pending, and at most " + most + " may be" + (count == 1 ? "; try again later"
                    : ", so there is no room for " + count + " more; submit fewer at once"));
        }
    }

    /// Returns when a task can begin at the earliest, by its own time and its window; for a running one, now.
    private long beginsAt(Task task, long now) {
        if (!(task.state() instanceof TaskState.Pending)) {
            return now;
        }
        long at = Math.max(now, task.wakeAt());
        String name = task.terms().placing().window();
        Window window = name == null ? null : limits.windows().get(name);
        return window == null || window.isOpen(at) ? at : window.next(at);
    }

    /// Returns the state of the queue, from which to predict when a pending task starts.
    ///
    /// @param slot    negative: it would be submitted now
    /// @param running returns a running task by its id
    Standing standing(Task task, int slot, LongFunction<Task> running, boolean paused, long now) {
        String name = task.terms().placing().window();
        Window window = name == null ? null : limits.windows().get(name);
        boolean waits = slot < 0 || task.wakeAt() > 0 && waiting.contains(task.wakeAt(), slot)
                || name != null && !gates.isOpen(name);
        long begins = name != null && window == null ? Long.MAX_VALUE : waits ? beginsAt(task, now) : 0;
        List<Comer> comers = begins == Long.MAX_VALUE ? List.of()
                : comers(slot < 0 ? List.of(new Comer(begins, slot, task)) : List.of(), now);
        int before = ready.countBefore(task) + (waits ? gates.countBefore(name, task.order()) : 0);
        return standing(running, comers, (copy, windows, run, played) -> new Standing(copy, comers, windows, run,
                played, paused, begins, window, before, ready.longestWait(task), heldBy(task, now), now));
    }

    private interface Making {
        Standing of(ReadyOrder.Copying copy, List<Window> windows, List<Task> run, Crowd played);
    }

    private Standing standing(LongFunction<Task> running, List<Comer> comers, Making making) {
        OrderLimits settled = limits;
        Crowd played = new Crowd();
        ReadyOrder.Copying copy = ready.copy(Ahead.COPIED_MAX, new OfLimits(() -> settled, played,
                (window, at) -> settled.windows().containsKey(window) && settled.windows().get(window).isOpen(at)));
        List<Task> run = copy.running.stream().map(running::apply).toList();
        List<Task> come = Stream.concat(copy.tasks.values().stream(), comers.stream().map(Comer::task)).toList();
        copy.estimates.take(finishTimes.estimates(), Stream.concat(come.stream(), run.stream())
                .map(each -> RunnerKey.plain(each.model())).collect(Collectors.toSet()));
        List<Window> windows = come.stream().map(each -> each.terms().placing().window()).filter(Objects::nonNull)
                .distinct().map(settled.windows()::get).filter(Objects::nonNull).toList();
        return making.of(copy, windows, run, played);
    }

    /// Returns the first of the tasks that become ready by time alone, by time and order.
    private List<Comer> comers(List<Comer> more, long now) {
        List<Comer> comers = new ArrayList<>(more);
        waiting.first(COMERS_MAX).forEach(slot -> comers.add(comer(slot, beginsAt(tasks.apply(slot), now))));
        gates.opening(COMERS_MAX, now, (slots, at) -> slots.forEach(slot -> comers.add(comer(slot, at))));
        comers.sort(Comparator.comparingLong(Comer::at).thenComparingLong(comer -> comer.task().order()));
        return comers;
    }

    private Comer comer(int slot, long at) {
        return new Comer(at, slot, tasks.apply(slot));
    }

    /// Returns the state of the pending tasks.
    ///
    /// @param running returns a running task by its id; null: no copy to play forward is needed
    Backlog backlog(LongFunction<Task> running, boolean paused, long now) {
        List<Backlog.WaitingLane> lanes = new ArrayList<>();
        ready.lanes((slot, count) -> {
            Task first = tasks.apply(slot);
            lanes.add(new Backlog.WaitingLane(first, count, heldBy(first, now)));
        });
        List<Backlog.Shut> closed = new ArrayList<>();
        gates.shut((name, count) -> {
            Window window = limits.windows().get(name);
            String why = shut(name, now);
            // a window that has just opened lets its tasks start at the next check
            closed.add(new Backlog.Shut(name, new Waiting(window == null ? Reason.NO_WINDOW : Reason.WINDOW,
                    why == null ? "its window " + name : why), count, window == null ? Long.MAX_VALUE
                    : window.next(now)));
        });
        return new Backlog(lanes, closed, waiting.size() - retrying, retrying, waiting.firstKey(),
                running == null ? null : standing(running, List.of(), (copy, windows, run, played) -> new Standing(copy,
                        List.of(), windows, run, played, paused, 0, null, 0, Long.MAX_VALUE, null, now)));
    }

    /// Returns in how long a running task is probably done; null if there is not enough data.
    Span left(Task task, Written so, long now) {
        Estimates estimates = finishTimes.estimates();
        Estimates.Left left = estimates.left(task, so, estimates.loadedAt(task), now);
        return left == null ? null : new Span((long) left.low(), (long) Math.ceil(left.high()));
    }

    /// Returns what, besides its turn, prevents a pending task from starting at a time: a clock that is not trusted
    /// yet, its window, or a limit; null for nothing.
    Waiting heldBy(Task task, long now) {
        if (task.terms().expiresAt() > 0 && task.terms().expiresAt() <= now) {
            return new Waiting(Reason.TIME, "the clock to be steady for a minute, because by it the task has expired");
        }
        String name = task.terms().placing().window();
        String held = name == null ? null : shut(name, now);
        if (held != null) {
            return new Waiting(limits.windows().containsKey(name) ? Reason.WINDOW : Reason.NO_WINDOW, held);
        }
        String full = limits.full(task, crowd);
        return full == null ? null : new Waiting(Reason.LIMIT, full);
    }

    /// Returns why a window is not open, for people; null if it is.
    private String shut(String name, long now) {
        Window window = limits.windows().get(name);
        return window == null ? "its window " + name + ", which is not in the settings" : window.isOpen(now) ? null
                : "its window " + name + " (" + window + "), which opens at " + Times.format(window.next(now));
    }

    /// Returns how many tasks wait for windows that the settings do not contain, by the windows' names.
    Map<String, Integer> lostWindows() {
        return gates.lost();
    }
}
