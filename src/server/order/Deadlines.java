package server.order;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;

import server.order.Estimates.Estimate;
import server.queue.index.SortedSlots;
import server.task.Task;

/// The tasks with a `finish_by` that can still meet it, earliest first. A task is late once it cannot: if its attempt,
/// by the usual duration of such attempts, would end after that time. Without estimates an attempt takes no time.
public final class Deadlines {

    /// How many of the earliest are examined.
    static final int LOOKED_MAX = 100;

    private final SortedSlots byTime = new SortedSlots();
    private final IntFunction<Task> tasks;
    private final Estimates estimates;

    /// @param tasks finds a task by its slot
    public Deadlines(IntFunction<Task> tasks, Estimates estimates) {
        this.tasks = tasks;
        this.estimates = estimates;
    }

    /// Returns whether a task belongs here, provided that it has not ended.
    public static boolean has(Task task) {
        return task.terms().placing().finishBy() != 0 && !task.terms().placing().late();
    }

    /// Adds a task that has a `finish_by`; does nothing with any other.
    public void add(Task task, int slot) {
        if (has(task)) {
            byTime.add(task.terms().placing().finishBy(), slot);
        }
    }

    /// Removes a task that was added in its present state.
    public void remove(Task task, int slot) {
        if (has(task)) {
            byTime.remove(task.terms().placing().finishBy(), slot);
        }
    }

    /// Returns when the next task will be late even if it begins at once, in milliseconds since the epoch, possibly in
    /// the past; Long.MAX_VALUE if there is none.
    public long next() {
        long next = Long.MAX_VALUE;
        if (byTime.isEmpty()) {
            return next;
        }
        long longest = estimates.longest();
        SortedSlots.Cursor cursor = byTime.cursor();
        int looked = 0;
        // further on, even the slowest attempt could make no task late earlier
        while (cursor.key() - longest < next) {
            next = Math.min(next, cursor.key() - usually(tasks.apply(cursor.slot())) + 1);
            if (++looked == LOOKED_MAX || !cursor.next()) {
                break;
            }
        }
        return next;
    }

    /// Returns a late task among those whose times come first; null if none is late.
    ///
    /// @param begin when a pending task can begin at the earliest; for a running one, now
    public Task firstLate(ToLongFunction<Task> begin) {
        for (int slot : byTime.first(LOOKED_MAX)) {
            Task task = tasks.apply(slot);
            if (isLate(task, begin.applyAsLong(task))) {
                return task;
            }
        }
        return null;
    }

    /// Removes the tasks that are late if they begin now at the earliest.
    void letLate(long now) {
        for (int slot : byTime.first(LOOKED_MAX)) {
            if (isLate(tasks.apply(slot), now)) {
                byTime.remove(tasks.apply(slot).terms().placing().finishBy(), slot);
            }
        }
    }

    /// Returns whether a task with a `finish_by` cannot end in time.
    ///
    /// @param begin as above
    public boolean isLate(Task task, long begin) {
        return begin + usually(task) > task.terms().placing().finishBy();
    }

    /// Returns the usual duration of a pending task's attempt, in milliseconds; 0 if it is not known, or the task is
    /// running.
    public long usually(Task task) {
        Estimate estimate = task.state().startedAt() == 0 ? estimates.of(task.model()) : null;
        return estimate == null ? 0 : estimate.median();
    }

    /// Returns when time alone makes the next one late or [#pressing], after now; Long.MAX_VALUE if never.
    long nextChange(int places, long now) {
        long next = Long.MAX_VALUE;
        long longest = byTime.isEmpty() ? 0 : estimates.longest();
        long work = 0;
        for (int slot : byTime.isEmpty() ? List.<Integer>of() : byTime.first(LOOKED_MAX)) {
            Task task = tasks.apply(slot);
            long time = task.terms().placing().finishBy();
            Estimate estimate = estimates.of(task.model());
            long takes = estimate == null ? 0 : estimate.p90();
            for (long at : new long[] {time - usually(task) + 1, time - longest - work / places - takes + 1}) {
                next = at > now ? Math.min(next, at) : next;
            }
            work += takes;
        }
        return next;
    }

    /// Returns the tasks that have to go first now.
    ///
    /// @param places how many tasks run at once
    Pressing pressing(int places, long now) {
        long longest = byTime.isEmpty() ? 0 : estimates.longest();
        // a task whose time is not before this is not pressing, whatever precedes it
        long until = now + 2 * longest + (LOOKED_MAX - 1) * longest / places;
        return longest == 0 || byTime.firstKey() >= until ? Pressing.NONE
                : new Pressing(byTime.cursor(), tasks, estimates, places, now + longest, until);
    }

    /// The earliest of the tasks with a `finish_by`, up to one that would miss it, by the duration of slower attempts,
    /// if it waited until one more attempt has ended. They are determined on demand, because mostly the first can
    /// start. Valid until the next change.
    static final class Pressing {

        private static final int[] NO_SLOTS = {};
        static final Pressing NONE = new Pressing(null, null, null, 1, 0, 0);

        /// Null at the end.
        private SortedSlots.Cursor cursor;
        private final IntFunction<Task> tasks;
        private final Estimates estimates;
        private final int places;
        private final long begin;
        private final long until;
        private int[] slots = NO_SLOTS;
        private int looked;
        /// How many of the examined tasks are known to be pressing.
        private int count;
        private long work;

        private Pressing(SortedSlots.Cursor cursor, IntFunction<Task> tasks, Estimates estimates, int places,
                long begin, long until) {
            this.cursor = cursor;
            this.tasks = tasks;
            this.estimates = estimates;
            this.places = places;
            this.begin = begin;
            this.until = until;
        }

        /// Returns the slot of the next one, counted from 0; negative if there are no more.
        int slot(int number) {
            while (number >= count && cursor != null) {
                look();
            }
            return number < count ? slots[number] : -1;
        }

        private void look() {
            if (looked == slots.length) {
                slots = Arrays.copyOf(slots, Math.max(4, 2 * looked));
            }
            slots[looked++] = cursor.slot();
            Estimate estimate = estimates.of(tasks.apply(cursor.slot()).model());
            long takes = estimate == null ? 0 : estimate.p90();
            // the work before it is shared by all places; the task itself is not
            if (takes > 0 && begin + work / places + takes > cursor.key()) {
                count = looked;
            }
            work += takes;
            if (looked == LOOKED_MAX || !cursor.next() || cursor.key() >= until) {
                cursor = null;
            }
        }
    }
}
