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

/// The pending tasks that wait for nothing but their turn, and which of them starts next: see DESIGN.md, "Order".
///
/// ```
/// Level (effective priority) ─ Share (client) ─ Turn (counts passes since a moment) ─ Lane (demand) ─ tasks by order
/// ```
///
/// Where a task can run depends on its demand alone, so when the first of a lane finds no place, neither would those
/// behind it, and the whole lane is passed over. Tasks that have a history (they were tried somewhere) have lanes of
/// their own, by where that was last. There one after the other is asked for, because the rest of the history may
/// matter too; but it rarely does, so a lane is passed over when a hundred found no place.
///
/// Invariant: a task is in the level of its priority as it had grown at `aged`.
public final class ReadyOrder {

    /// How many tasks of a lane are asked for, so that thousands of them do not make each start slow.
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
    /// The last choice, until the next: what it passed over is counted once it has started.
    private Choice chosen;
    private Choosing choosing;

    /// What a running attempt was charged with.
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

    /// Sets new options; what was passed over so far is forgotten if they differ. Limits of clients may have changed,
    /// too.
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

    /// Counts what is passed over from now on only.
    public void forgetPassed() {
        levels.values().forEach(level -> level.forgetPassed(options));
    }

    /// Returns the settings by which it orders now.
    public OrderOptions options() {
        return options;
    }

    /// Returns how many tasks are ready.
    public int size() {
        return size;
    }

    /// Returns the priority by which a pending task is ordered, as of the last call of [#age].
    public int priority(Task task) {
        return priority(task, aged);
    }

    /// Returns how much later than a task another one may have come at most and still go before it, as far as waiting
    /// gives it the priority for that; in milliseconds, Long.MAX_VALUE if there is no bound.
    public long longestWait(Task task) {
        int upTo = options.ageing().upTo();
        return task.priority() > upTo ? Long.MAX_VALUE : options.ageing().every() == 0 ? Long.MAX_VALUE
                : options.ageing().headStart(task.priority(), upTo);
    }

    /// Adds a task that waits for nothing but its turn.
    public void add(Task task, int slot) {
        chosen = null;
        deadlines.add(task, slot);
        add(task, slot, priority(task));
    }

    /// Removes a task, which must be there as it was when it was added.
    public void remove(Task task, int slot) {
        chosen = null;
        deadlines.remove(task, slot);
        remove(task, slot, priority(task));
    }

    /// Lets a task wait as if it had no time to be finished by. It may not be there.
    public void late(Task task, int slot) {
        chosen = null;
        deadlines.remove(task, slot);
    }

    /// Counts the start of a task that is to be removed next. It may not be there: a replay does not know all that
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

    /// Lets priorities grow with the time.
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

    /// Returns whether the last choice kept a host free: only then others may start by the time alone, once their
    /// priority has grown, they are overdue or press, or what it was kept free for is late, or its window shuts.
    public boolean keepsFree() {
        return choosing != null && choosing.keepsFree();
    }

    /// Returns when a priority grows next, or something is overdue, presses or is late, in milliseconds since the
    /// epoch; Long.MAX_VALUE if never.
    public long nextChange() {
        long overdue = Long.MAX_VALUE;
        for (Level level : levels.values()) {
            overdue = Math.min(overdue, level.nextLong(step));
        }
        return Math.min(options.begins(overdue), Math.min(growing.firstKey(),
                deadlines.nextChange(running.size() + 1, aged)));
    }

    /// Lets what cannot be finished by its time any more wait as if it had none, as an event does it that tells so.
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

    /// Returns a copy to try what would come next, of the first tasks of each lane: as of now, it stays as it is.
    ///
    /// @param most how many tasks it has, about
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

    /// The making of a copy, and its result.
    public final class Copying {

        /// The tasks that were taken, by slot.
        public final Map<Integer, Task> tasks = new HashMap<>();
        /// Those of these behind which others of their lanes were not taken.
        public final Set<Integer> cut = new HashSet<>();
        /// The ids of the tasks that run.
        public final Set<Long> running = Set.copyOf(ReadyOrder.this.running.keySet());
        /// To be filled.
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

    /// Tells of each lane its first task's slot and how many tasks it has.
    public void lanes(BiConsumer<Integer, Integer> to) {
        for (Level level : levels.values()) {
            for (Share share : level.all()) {
                share.heads.values().forEach(lane -> to.accept(lane.slots.firstSlot(), lane.slots.size()));
            }
        }
    }

    /// Returns how many go before a task, by effective priority and order, wherever they can run.
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

    /// Returns since when the task that waits longest could have begun, as it was submitted or scheduled; 0 if there is
    /// none. Within a lane a later one may wait longer than those before it only where these were scheduled; so many of
    /// them are passed over at most.
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

    /// The step in which a moment lies; none before one that was asked for earlier, where the clock was set back.
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

    /// Takes all out and in again, under other options or as of another time.
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
