package server.queue.page;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

import server.queue.index.ErrorPattern;
import server.queue.index.TaskFilter;
import server.queue.ledger.Commit;
import server.queue.ledger.Ledger;
import server.queue.ledger.Pace;
import server.queue.ledger.TaskReader;
import server.queue.state.QueueState;
import server.task.Task;
import shared.TaskStatus;

/// Makes pages of tasks. In order of arrival, a page is found by a walk that ends with it, and so is the first page by
/// a value that many tasks share; for every other order all matching tasks go through one [Selection].
public final class Pages {

    /// How many tasks a search of prompts reads.
    private static final int SEARCHED_MAX = 100_000;

    private final Ledger ledger;

    public Pages(Ledger ledger) {
        this.ledger = ledger;
    }

    /// Returns a page of tasks: see [server.queue.TaskQueue#list].
    public TaskPage page(TaskFilter filter, TaskSort sort, boolean ascending, int limit, long offset, Task after) {
        if (sort == TaskSort.CREATED_AT && filter.isWalked()) {
            return byArrival(filter, !ascending, limit, offset, after);
        }
        if (after == null && filter.isWalked() && FirstValues.sortsBy(sort)) {
            return firstByValue(filter, sort, ascending, limit, offset);
        }
        return page(filter, task -> true, order(sort, ascending), limit, offset, after);
    }

    /// Returns the order of a listing: see [TaskSort].
    public static Comparator<Task> order(TaskSort sort, boolean ascending) {
        return Selection.order(sort, ascending);
    }

    /// Returns a page in any order, of the tasks that match a filter and a further condition.
    ///
    /// @param passes called under the ledger's lock, so it must be quick and must not call back
    /// @param order  likewise
    public TaskPage page(TaskFilter filter, Predicate<Task> passes, Comparator<Task> order, int limit, long offset,
            Task after) {
        Selection selection = new Selection(order, passes, limit, offset, after);
        if (filter.hasQuery() && filter.crons().isEmpty()) {
            Arrived newest = new Arrived(SEARCHED_MAX);
            walk(state -> new ArrivalWalk(state, filter, true, null, 0, newest));
            newest.tasks.stream().filter(search(filter)).forEach(selection::add);
        } else if (filter.isSearched() || !filter.crons().isEmpty()) {
            each(filter, selection::add);
        } else {
            walk(state -> new ArrivalWalk(state, filter, true, null, 0, selection::add));
        }
        return selection.page();
    }

    /// Returns the tasks that match a filter at one moment, which lies within the call. Everything in them is durable.
    public Matched matched(TaskFilter filter) {
        Matched passing = filter.crons().isEmpty() ? walked(filter) : ledger.look(state -> new Matched(
                state.cronMade(filter), ledger.appendedSeq())).durable();
        List<Task> tasks = passing.tasks();
        if (!filter.isSearched()) {
            return passing;
        }
        List<Task> newest = filter.hasQuery()
                ? tasks.subList(Math.max(0, tasks.size() - SEARCHED_MAX), tasks.size()) : tasks;
        return new Matched(newest.stream().filter(search(filter)).toList(), passing.asOf());
    }

    /// Returns the failed tasks that match a filter, by cause, model and host; the most frequent first.
    ///
    /// @param now milliseconds since the epoch
    public List<CauseInTime> causes(TaskFilter filter, long now) {
        Causes causes = new Causes(now);
        each(filter.only(TaskStatus.FAILED), causes::add);
        return causes.all();
    }

    /// Passes on the tasks that match a filter, newest first, outside the lock.
    private void each(TaskFilter filter, Consumer<Task> to) {
        Predicate<Task> wanted = search(filter);
        if (!filter.crons().isEmpty()) {
            // cron tasks have few tasks
            ledger.look(state -> state.cronMade(filter)).durable().stream().filter(wanted).forEach(to);
            return;
        }
        List<Task> some = new ArrayList<>();
        walk(state -> new ArrivalWalk(state, filter, true, null, 0, some::add), () -> {
            some.stream().filter(wanted).forEach(to);
            some.clear();
        });
    }

    private Matched walked(TaskFilter filter) {
        Matching matching = ledger.look(state -> Matching.begin(state, filter, ledger.appendedSeq(),
                Matching.CHUNKS_A_STEP)).value();
        try {
            Pace.Read read = ledger.pace().begin();
            Commit<Boolean> more = ledger.look(state -> matching.step());
            while (more.value()) {
                read.step();
                more = ledger.look(state -> matching.step());
            }
            more.durable();
            return matching.matched();
        } finally {
            ledger.look(state -> {
                matching.end();
                return null;
            });
        }
    }

    /// Returns the newest tasks, newest first. To be called in a look.
    public static List<Task> newest(QueueState state, int limit) {
        Arrived newest = new Arrived(limit);
        ArrivalWalk walk = new ArrivalWalk(state, TaskFilter.ALL, true, null, 0, newest);
        while (walk.step(state)) {
            // without a filter these are few steps
        }
        return newest.tasks;
    }

    private TaskPage byArrival(TaskFilter filter, boolean newestFirst, int limit, long offset, Task after) {
        Arrived found = new Arrived(limit);
        return found.page(walk(state -> new ArrivalWalk(state, filter, newestFirst, after, offset, found)));
    }

    private TaskPage firstByValue(TaskFilter filter, TaskSort sort, boolean ascending, int limit, long offset) {
        FirstValues first = ledger.look(
                state -> new FirstValues(state.totals(), filter, sort, ascending, limit, offset)).value();
        walk(state -> new ArrivalWalk(state, first::wanted, true, null, 0, first));
        return first.page();
    }

    /// Performs a walk step by step, so that the lock is never held for long.
    ///
    /// @return how many tasks match the filter
    private long walk(Function<QueueState, ArrivalWalk> begin) {
        return walk(begin, () -> { });
    }

    /// @param betweenSteps called outside the lock after each step
    private long walk(Function<QueueState, ArrivalWalk> begin, Runnable betweenSteps) {
        ArrivalWalk walk = ledger.look(begin).value();
        Pace.Read read = ledger.pace().begin();
        Commit<Boolean> more = ledger.look(walk::step);
        betweenSteps.run();
        while (more.value()) {
            read.step();
            more = ledger.look(walk::step);
            betweenSteps.run();
        }
        more.durable();
        return walk.total();
    }

    /// Collects the first tasks of a walk, up to a limit, and whether more follow.
    static final class Arrived implements Predicate<Task> {

        private final List<Task> tasks = new ArrayList<>();
        private final int limit;
        private boolean more;

        Arrived(int limit) {
            this.limit = limit;
        }

        /// @return whether it wants another one
        @Override
        public boolean test(Task task) {
            more = tasks.size() == limit;
            if (!more) {
                tasks.add(task);
            }
            return !more;
        }

        TaskPage page(long total) {
            return new TaskPage(List.copyOf(tasks), total, more);
        }
    }

    // ---- the search, outside the lock

    private Predicate<Task> search(TaskFilter filter) {
        if (!filter.isSearched()) {
            return task -> true;
        }
        TextSearch search = filter.hasQuery() ? new TextSearch(filter.query()) : null;
        Pace.Read read = ledger.pace().begin();
        return task -> {
            read.step();
            return isOf(filter.causes(), task) && (search == null || search.inMemory(task) || onDisk(task, search));
        };
    }

    private static boolean isOf(Set<Long> causes, Task task) {
        ErrorPattern cause = causes.isEmpty() ? null : ErrorPattern.of(task);
        return causes.isEmpty() || cause != null && causes.contains(cause.id());
    }

    private boolean onDisk(Task task, TextSearch search) {
        try {
            TaskReader reader = ledger.reader();
            return search.mayBeIn(reader.line(task.requestAt())) && search.inPayload(reader.request(task).payload())
                    || task.status().ended() && search.mayBeIn(reader.line(task.lastAt()))
                    && search.inEnd(reader.document(task));
        } catch (UncheckedIOException unreadable) {
            // it was deleted meanwhile, or is damaged: the others can still be found
            return false;
        }
    }
}
