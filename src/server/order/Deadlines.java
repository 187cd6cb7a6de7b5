package server.order;

import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;

import server.order.Estimates.Estimate;
import server.queue.index.SortedSlots;
import server.task.Task;

/// The tasks that are to be finished by a time and may still be, earliest first. A task is late once it cannot be:
/// where its attempt, as such attempts usually go, would end after its time. Without estimates an attempt takes no
/// time.
public final class Deadlines {

    /// How many of the earliest are looked at.
    static final int LOOKED_MAX = 100;

    private final SortedSlots byTime = new SortedSlots();
    private final IntFunction<Task> tasks;
    private final Estimates estimates;

    /// @param tasks finds a task by its slot
    public Deadlines(IntFunction<Task> tasks, Estimates estimates) {
        this.tasks = tasks;
        this.estimates = estimates;
    }

    /// Whether a task belongs here, unless it has ended.
    public static boolean has(Task task) {
        return task.terms().placing().finishBy() != 0 && !task.terms().placing().late();
    }

    /// Adds a task that has a time; does nothing with any other.
    public void add(Task task, int slot) {
        if (has(task)) {
            byTime.add(task.terms().placing().finishBy(), slot);
        }
    }

    /// Takes a task out that was added as it is.
    public void remove(Task task, int slot) {
        if (has(task)) {
            byTime.remove(task.terms().placing().finishBy(), slot);
        }
    }

    /// When the first one's time is over; Long.MAX_VALUE if there is none.
    public long next() {
        return byTime.isEmpty() ? Long.MAX_VALUE : byTime.firstKey() + 1;
    }

    /// Which task is late, of those whose time comes first; null if none is.
    ///
    /// @param begin when a pending task can begin at the earliest; of one that runs, now
    public Task firstLate(ToLongFunction<Task> begin) {
        for (int slot : byTime.first(LOOKED_MAX)) {
            Task task = tasks.apply(slot);
            if (isLate(task, begin.applyAsLong(task))) {
                return task;
            }
        }
        return null;
    }

    /// Whether a task, which has a time, cannot have ended by it.
    ///
    /// @param begin as above
    public boolean isLate(Task task, long begin) {
        return begin + usually(task) > task.terms().placing().finishBy();
    }

    /// How long the attempt of a pending task usually takes, in milliseconds; 0 if that is not known, or it runs.
    public long usually(Task task) {
        Estimate estimate = task.state().startedAt() == 0 ? estimates.of(task.model()) : null;
        return estimate == null ? 0 : estimate.median();
    }

    /// The tasks that have to go first now, the earliest first: if they waited until one more attempt has ended, one of
    /// them would be missed, as the slower attempts go.
    ///
    /// @param places how many tasks run at once
    public List<Integer> pressing(int places, long now) {
        List<Integer> first = first(places, now);
        long longest = first.isEmpty() ? 0 : estimates.longest();
        long work = 0;
        int pressing = 0;
        for (int i = 0; i < first.size(); i++) {
            Task task = tasks.apply(first.get(i));
            Estimate estimate = estimates.of(task.model());
            long takes = estimate == null ? 0 : estimate.p90();
            // what is before it is shared by all places; the task itself is not
            long ends = now + longest + work / places + takes;
            work += takes;
            pressing = takes > 0 && ends > task.terms().placing().finishBy() ? i + 1 : pressing;
        }
        return first.subList(0, pressing);
    }

    /// Of the first those up to the last one that may be pressing, if all took as long as the longest.
    private List<Integer> first(int places, long now) {
        long longest = byTime.isEmpty() ? 0 : estimates.longest();
        if (longest == 0) {
            return List.of();
        }
        SortedSlots.Cursor cursor = byTime.cursor();
        int may = 0;
        int looked = 0;
        do {
            may = now + 2 * longest + looked * longest / places > cursor.key() ? looked + 1 : may;
        } while (++looked < LOOKED_MAX && cursor.next());
        return may == 0 ? List.of() : byTime.first(may);
    }
}
