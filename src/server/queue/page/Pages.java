package server.queue.page;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

import server.journal.Journal;
import server.queue.index.TaskFilter;
import server.queue.ledger.Durability;
import server.queue.ledger.TaskReader;
import server.queue.state.QueueState;
import server.task.Task;

/// Makes pages of tasks, step by step, so that the queue's lock is never held for long.
public final class Pages {

    /// How many tasks a search of prompts looks at.
    private static final int SEARCHED_MAX = 100_000;

    private final Object lock;
    private final QueueState state;
    private final Journal journal;
    private final Durability durability;
    private final TaskReader reader;

    /// @param lock guards the state
    public Pages(Object lock, QueueState state, Journal journal, Durability durability, TaskReader reader) {
        this.lock = lock;
        this.state = state;
        this.journal = journal;
        this.durability = durability;
        this.reader = reader;
    }

    public TaskPage page(TaskFilter filter, TaskSort sort, boolean ascending, int limit, long offset, String after) {
        boolean search = filter.hasQuery();
        if (!filter.crons().isEmpty()) {
            return ofCrons(filter, sort, ascending, limit, offset, after);
        }
        boolean collect = search || sort == TaskSort.DURATION;
        Task place;
        Listing listing;
        synchronized (lock) {
            place = after == null ? null : state.find(after);
            listing = collect
                    ? new Listing(state, filter, TaskSort.CREATED_AT, false,
                            search ? SEARCHED_MAX : Integer.MAX_VALUE - 1, 0, null)
                    : new Listing(state, filter, sort, ascending, limit, offset, place);
        }
        TaskPage page = page(listing);
        if (!collect) {
            return page;
        }
        List<Task> tasks = search ? search(page.tasks(), filter.query()) : page.tasks();
        return Selection.page(tasks, sort, ascending, limit, offset, place);
    }

    /// Of all tasks the last ones that came, newest first. The lock is held.
    public List<Task> newest(int limit) {
        Listing listing = new Listing(state, TaskFilter.ALL, TaskSort.CREATED_AT, false, limit, 0, null);
        while (listing.step(state)) {
            // without a filter these are few steps
        }
        return listing.page().tasks();
    }

    /// Of those that some cron tasks made, which are few and known.
    private TaskPage ofCrons(TaskFilter filter, TaskSort sort, boolean ascending, int limit, long offset,
            String after) {
        Task place;
        List<Task> tasks;
        long seq;
        synchronized (lock) {
            place = after == null ? null : state.find(after);
            tasks = state.cronMade(filter);
            seq = journal.appendedSeq();
        }
        durability.awaitShown(seq);
        return Selection.page(filter.hasQuery() ? search(tasks, filter.query()) : tasks, sort, ascending, limit,
                offset, place);
    }

    private TaskPage page(Listing listing) {
        long seq;
        boolean more;
        do {
            synchronized (lock) {
                more = listing.step(state);
                seq = journal.appendedSeq();
            }
        } while (more);
        durability.awaitShown(seq);
        return listing.page();
    }

    private List<Task> search(List<Task> tasks, String query) {
        TextSearch search = new TextSearch(query);
        List<Task> found = new ArrayList<>();
        for (Task task : tasks) {
            if (search.inNames(task) || inPayload(task, search)) {
                found.add(task);
            }
        }
        return found;
    }

    private boolean inPayload(Task task, TextSearch search) {
        try {
            return search.inPayload(reader.request(task).payload());
        } catch (UncheckedIOException unreadable) {
            // it was deleted meanwhile, or is damaged: the others can still be found
            return false;
        }
    }
}
