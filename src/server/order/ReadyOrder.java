package server.order;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;

import server.queue.index.SortedSlots;
import server.task.Task;

/// The pending tasks that wait only for their turn, and which of them starts next: see DESIGN.md, "Order".
///
/// ```
/// Level (effective priority) ─ Share (client) ─ Turn (counts passes since a moment) ─ Lane (demand) ─ tasks by order
/// ```
///
/// Where a task can run depends only on its demand, so if the first task of a lane finds no place, neither would those
/// behind it, and the whole lane is passed over. Tasks with a history (they were tried somewhere) have lanes of their
/// own, by where their last attempt was. In these, one task after another is asked for, because the rest of the history
/// may matter too; but it rarely does, so such a lane is passed over once a hundred tasks found no place.
///
/// Invariant: each task is in the level of its priority as of `aged`.
public final class ReadyOrder {

    /// How many tasks of a lane are asked for, so that thousands of them do not slow down each start.
    public static final int ASKED_MAX = 100;

    private final IntFunction<Task> tasks;
    private final Clients clients;
    private final Deadlines deadlines;
    private final Estimates estimates;
    private OrderOptions options;
    final TreeMap<Integer, Level> levels = new TreeMap<>(Comparator.reverseOrder());
    /// The tasks whose priority still grows, by when it does.
    private final SortedSlots growing = new SortedSlots();
    private final Map<Long, Charge> running = new HashMap<>();
    /// The moment up to which priorities have grown.
    private long aged;
    private long step = Long.MIN_VALUE;
    private long choices;
    private int size;
    /// The last choice, until the next: the tasks it passed over are counted once its task has started.
    private Choice chosen;
    private Choosing choosing;

    /// The charge of each running attempt.
    private record Charge(int level, String client, double charge) {
    }

    /// @param tasks finds a task by its slot
    public ReadyOrder(IntFunction<Task> tasks, Clients clients, OrderOptions options, Estimates estimates) {
        deadlines = new Deadlines(tasks, estimates);
        this.tasks = tasks;
        this.clients = clients;
        this.options = options;
        this.estimates = estimates;
    }

    /// Sets new options. If they differ, the counts of passes are discarded. Limits of clients may have changed, too.
    public void reconfigure(OrderOptions newOptions) {
        levels.values().forEach(level -> level.unparkAll(options));
        if (!newOptions.ageing().equals(options.ageing())) {
            refill(newOptions, aged);
        }
        if (!newOptions.equals(options)) {
            options = newOptions;
            step = Long.MIN_VALUE;
            forgetPassed();
        }
    }

    /// Discards the counts of passes so far.
    public void forgetPassed() {
        levels.values().forEach(level -> level.forgetPassed(options));
    }

    /// Returns the current options.
    public OrderOptions options() {
        return options;
    }

    /// Returns the number of ready tasks.
    public int size() {
        return size;
    }

    /// Returns the priority by which a pending task is ordered, as of the last call of [#age].
    public int priority(Task task) {
        return priority(task, aged);
    }

    /// Returns by how much another task may have arrived later than this one and still go before it because of a
    /// priority gained by waiting; in milliseconds, Long.MAX_VALUE if there is no bound.
    public long longestWait(Task task) {
        int upTo = options.ageing().upTo();
        return task.priority() > upTo ? Long.MAX_VALUE : options.ageing().every() == 0 ? Long.MAX_VALUE
                : options.ageing().headStart(task.priority(), upTo);
    }

    /// Adds a task that waits only for its turn.
    public void add(Task task, int slot) {
        chosen = null;
        deadlines.add(task, slot);
        add(task, slot, priority(task));
    }

    /// Removes a task, which must be present in the state in which it was added.
    public void remove(Task task, int slot) {
        chosen = null;
        deadlines.remove(task, slot);
        remove(task, slot, priority(task));
    }

    /// Treats a task as if it had no `finish_by`. It need not be present.
    public void late(Task task, int slot) {
        chosen = null;
        deadlines.remove(task, slot);
    }

    /// Counts the start of a task that is removed next. It need not be present: a replay does not know everything that
    /// makes tasks ready.
    public void started(Task task, int slot, String host, long now) {
        int priority = priority(task);
        boolean isChosen = chosen != null && chosen.slot() == slot;
        boolean absent = !isChosen && (!levels.containsKey(priority)
                || !levels.get(priority).has(task, slot, Demand.of(task)));
        if (absent) {
            add(task, slot, priority);
        }
        Level level = levels.get(priority);
        String client = task.terms().caller().client();
        double charge = estimates.usual(task.model()) / clients.weight(client);
        running.put(task.id(), new Charge(priority, client, charge));
        if (isChosen && choosing.passed() != null) {
            level.passedOver(choosing.passed(), choosing.passedOrder(), host, step(now), options);
        }
        level.started(task, host, charge, step(now), options);
        if (absent) {
            remove(task, slot, priority);
        }
    }

    /// Counts the end of an attempt.
    ///
    /// @param millis how long it took; -1 if that is not known
    public void ended(Task task, long millis) {
        Charge charge = running.remove(task.id());
        levels.values().forEach(each -> each.unpark(charge.client, options));
        Level level = levels.get(charge.level);
        level.ended(charge.client, millis < 0 ? 0 : millis / clients.weight(charge.client) - charge.charge, options);
        forgetIfOver(charge.level, level);
    }

    /// Lets priorities grow with time.
    public void age(long now) {
        Ageing ageing = options.ageing();
        if (ageing.every() > 0 && now < aged - ageing.every()) {
            refill(options, now);
        }
        while (growing.firstKey() <= now) {
            int slot = growing.firstSlot();
            Task task = tasks.apply(slot);
            remove(task, slot, priority(task));
            add(task, slot, priority(task, now));
        }
        aged = Math.max(aged, now);
    }

    /// Returns whether the last choice reserved a host: only then can time alone make other tasks start, once their
    /// priority has grown, they are overdue or pressing, or the task for which it was reserved is late or its window
    /// shuts.
    public boolean keepsFree() {
        return choosing != null && choosing.keepsFree();
    }

    /// Returns when a priority next grows, or a task becomes overdue, pressing or late, in milliseconds since the
    /// epoch; Long.MAX_VALUE if never.
    public long nextChange() {
        long overdue = Long.MAX_VALUE;
        for (Level level : levels.values()) {
            overdue = Math.min(overdue, level.nextLong(step));
        }
        return Math.min(options.begins(overdue), Math.min(growing.firstKey(),
                deadlines.nextChange(running.size() + 1, aged)));
    }

    /// Treats tasks that can no longer meet their `finish_by` as if they had none, as the event that reports it does.
    public void letLate(long now) {
        deadlines.letLate(now);
    }

    /// Chooses the task that starts next; null if none can.
    public Choice choose(Offers offers, long now) {
        age(now);
        choosing = new Choosing(offers, tasks, clients, options, ++choices, step(now), now);
        Deadlines.Pressing pressing = deadlines.pressing(running.size() + 1, now);
        for (Map.Entry<Integer, Level> level : levels.entrySet()) {
            chosen = choosing.in(level.getValue(), pressing, task -> priority(task) == level.getKey());
            if (chosen != null) {
                return chosen;
            }
        }
        return null;
    }

    /// Returns a copy of the first tasks of each lane, on which to try out what comes next; this object stays as it is.
    ///
    /// @param most the approximate number of tasks in it
    public Copying copy(int most, Clients itsClients) {
        int lanes = 0;
        for (Level level : levels.values()) {
            for (Share share : level.all()) {
                lanes += share.heads.size();
            }
        }
        Copying copying = new Copying(most, lanes, itsClients);
        ReadyOrder copy = copying.order;
        copy.aged = aged;
        copy.step = step;
        levels.forEach((priority, level) -> copy.levels.put(priority, level.copy(copying)));
        running.forEach((id, charge) -> {
            copy.running.put(id, charge);
            copy.levels.get(charge.level).takeRunning(charge.client, levels.get(charge.level));
        });
        copying.tasks.forEach((slot, task) -> {
            copy.size++;
            copy.deadlines.add(task, slot);
            int priority = priority(task, aged);
            if (grows(priority)) {
                copy.growing.add(options.ageing().reaches(task, priority + 1), slot);
            }
        });
        return copying;
    }

    /// A copy being made, and its result.
    public final class Copying {

        /// The copied tasks, by slot.
        public final Map<Integer, Task> tasks = new HashMap<>();
        /// Those of them behind which tasks of their lanes were not copied.
        public final Set<Integer> cut = new HashSet<>();
        /// The ids of the running tasks.
        public final Set<Long> running = Set.copyOf(ReadyOrder.this.running.keySet());
        /// The copy to fill.
        public final Estimates estimates = new Estimates();
        public final ReadyOrder order;
        private final int ofLane;
        private final int most;

        private Copying(int most, int lanes, Clients itsClients) {
            this.most = most;
            ofLane = Math.max(1, most / Math.max(1, lanes));
            order = new ReadyOrder(tasks::get, itsClients, options, estimates);
        }

        int most() {
            return most;
        }

        boolean isFull() {
            return tasks.size() >= most;
        }

        List<Integer> take(SortedSlots from) {
            List<Integer> slots = from.first(size <= most ? size : ofLane);
            slots.forEach(slot -> tasks.put(slot, ReadyOrder.this.tasks.apply(slot)));
            if (slots.size() < from.size()) {
                cut.add(slots.getLast());
            }
            return slots;
        }

        long order(int slot) {
            return tasks.get(slot).order();
        }
    }

    /// Reports each lane's first slot and number of tasks.
    public void lanes(BiConsumer<Integer, Integer> to) {
        for (Level level : levels.values()) {
            for (Share share : level.all()) {
                share.heads.values().forEach(lane -> to.accept(lane.slots.firstSlot(), lane.slots.size()));
            }
        }
    }

    /// Returns how many tasks go before a task, by effective priority and order, regardless of hosts.
    public int countBefore(Task task) {
        int before = 0;
        int priority = priority(task);
        for (Map.Entry<Integer, Level> level : levels.entrySet()) {
            if (level.getKey() > priority) {
                before += level.getValue().size();
            } else if (level.getKey() == priority) {
                for (Share share : level.getValue().all()) {
                    for (Lane lane : share.heads.values()) {
                        before += lane.slots.countBefore(task.order());
                    }
                }
            }
        }
        return before;
    }

    /// Returns since when the longest waiting task could have begun, by its submit or scheduled time; 0 if there is
    /// none. Within a level, a later task can have waited longer than the ones before it only if those were scheduled;
    /// a limited number of them is skipped.
    public long waitingSince() {
        long first = Long.MAX_VALUE;
        for (Level level : levels.values()) {
            for (Share share : level.all()) {
                for (Lane lane : share.heads.values()) {
                    first = Math.min(first, waitingSince(lane.slots.cursor()));
                }
            }
        }
        return size == 0 ? 0 : first;
    }

    private long waitingSince(SortedSlots.Cursor cursor) {
        long first = Long.MAX_VALUE;
        Task task;
        int looked = 1;
        do {
            task = tasks.apply(cursor.slot());
            first = Math.min(first, Math.max(task.createdAt(), task.terms().scheduledAt()));
        } while (task.terms().scheduledAt() > 0 && looked++ < ASKED_MAX && cursor.next());
        return first;
    }

    private void add(Task task, int slot, int priority) {
        Level level = levels.get(priority);
        if (level == null) {
            level = new Level();
            levels.put(priority, level);
        }
        level.add(task, slot, Demand.of(task), options);
        if (grows(priority)) {
            growing.add(options.ageing().reaches(task, priority + 1), slot);
        }
        size++;
    }

    private void remove(Task task, int slot, int priority) {
        if (grows(priority)) {
            growing.remove(options.ageing().reaches(task, priority + 1), slot);
        }
        Level level = levels.get(priority);
        level.remove(task, slot, Demand.of(task), options);
        forgetIfOver(priority, level);
        size--;
    }

    /// Returns the step of a moment; never one before a step that was asked for earlier, because the clock may be set
    /// back.
    private long step(long now) {
        step = Math.max(step, options.step(now));
        return step;
    }

    /// Returns the priority by which a pending task would be ordered at a time.
    public int priority(Task task, long now) {
        return options.ageing().priority(task, now);
    }

    private boolean grows(int priority) {
        return options.ageing().every() > 0 && priority < options.ageing().upTo();
    }

    private void forgetIfOver(int priority, Level level) {
        if (level.isOver()) {
            levels.remove(priority);
        }
    }

    /// Removes all tasks and adds them again, under other options or as of another time.
    private void refill(OrderOptions newOptions, long newAged) {
        List<Integer> all = new ArrayList<>(size);
        for (Level level : levels.values()) {
            for (Share share : level.all()) {
                for (Lane lane : share.heads.values()) {
                    all.addAll(lane.slots.upTo(Long.MAX_VALUE));
                }
            }
        }
        all.sort(Comparator.comparingLong(slot -> tasks.apply(slot).order()));
        for (int slot : all) {
            remove(tasks.apply(slot), slot);
        }
        options = newOptions;
        aged = newAged;
        for (int slot : all) {
            add(tasks.apply(slot), slot);
        }
    }
}
