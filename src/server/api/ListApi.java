package server.api;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Supplier;

import server.api.HttpApi.Insight;
import server.http.Answer;
import server.http.Query;
import server.http.WebRequest;
import server.order.ahead.Ahead;
import server.order.ahead.Explanation.Reason;
import server.order.ahead.Explanation.Waiting;
import server.order.ahead.Outlook;
import server.order.ahead.Outlook.State;
import server.order.ahead.Upcoming;
import server.queue.ledger.Pace;
import server.queue.TaskQueue;
import server.queue.index.TaskFilter;
import server.queue.page.CauseInTime;
import server.queue.page.Pages;
import server.queue.page.TaskPage;
import server.queue.page.TaskSort;
import server.task.Task;
import server.task.TaskId;
import server.task.TaskJson;
import server.task.Times;
import server.settings.Settings;
import shared.Problem;
import shared.TaskStatus;
import shared.json.JsonWriter;

/// Lists tasks, as an array or, if NDJSON is accepted, one task per line. The answer is written while it is made, so it
/// can be of any size. A task that is deleted meanwhile is omitted.
final class ListApi {

    static final String[] PARAMETERS = TaskFilters.and("state", "waits_for", "limit", "offset", "sort", "order",
            "after", "full", "waits");

    private static final int LIMIT = 100;
    /// The number of tasks that are taken from the queue at a time.
    private static final int PAGE = 1_000;
    /// The same if each page requires a walk through all tasks. A page refers only to tasks that are in memory anyway.
    private static final int SORTED_PAGE = 100_000;
    private static final int BUFFER_BYTES = 32 << 10;
    /// The number of answers whose last task is remembered.
    private static final int ENDS_MAX = 1_000;

    /// The order in which pending tasks will probably start; it has no other tasks.
    private static final String NEXT = "next";
    private static final List<String> SORTS = List.of("created_at", "priority", "status", "model", "duration", NEXT);
    private static final List<String> ORDERS = List.of("asc", "desc");

    private final Settings settings;
    private final TaskQueue queue;
    private final TaskFilters filters;
    private final Insight standing;
    private final Pages pages;
    private final Searches searches;
    private final InstantSource clock;
    /// The last tasks of the latest answers, as they were then, by id, the oldest first: after deleting what was listed
    /// a client can still ask for what comes next. Guarded by its own lock.
    private final SequencedMap<Long, Task> ends = new LinkedHashMap<>();

    ListApi(Settings settings, TaskQueue queue, TaskFilters filters, Insight standing, Searches searches,
            InstantSource clock) {
        this.clock = clock;
        this.standing = standing;
        pages = new Pages(queue.ledger());
        this.settings = settings;
        this.filters = filters;
        this.queue = queue;
        this.searches = searches;
    }

    /// What is listed, and in what order.
    ///
    /// @param sort    null: in the order in which they start
    /// @param outlook null if the state of pending tasks does not matter
    /// @param told    the state of pending tasks, if it is shown; otherwise null
    private record Listing(TaskFilter filter, TaskSort sort, boolean ascending, boolean full, boolean lines,
            TaskFilters.ByStanding standing, Outlook outlook, Outlook told) {

        boolean looksAtAll() {
            return sort != TaskSort.CREATED_AT || !filter.isWalked() || outlook != null;
        }

        int page() {
            return sort == TaskSort.CREATED_AT && filter.isWalked() && outlook == null ? PAGE : SORTED_PAGE;
        }

        Comparator<Task> order() {
            Comparator<Task> next = sort == null ? outlook.order() : null;
            return next == null || ascending ? next : next.reversed();
        }

        boolean passes(Task task) {
            return standing.passes(outlook, task);
        }

        /// Returns whether the listing is a part of the tasks that start next, as far as those were played forward.
        boolean isNext() {
            return sort == null && ascending && standing.isReady(outlook)
                    && filter.equals(TaskFilter.of(Set.of(TaskStatus.PENDING)));
        }
    }

    Answer list(WebRequest request) throws InterruptedException {
        Query query = request.query();
        boolean lines = request.accepts(Answer.NDJSON);
        int choice = query.choice("sort", SORTS, 0);
        TaskSort sort = choice == SORTS.size() - 1 ? null : TaskSort.values()[choice];
        TaskFilters.ByStanding stand = TaskFilters.ByStanding.of(query);
        // by default the newest, most urgent and longest first, but names and states in ascending order
        int order = sort == null || sort == TaskSort.STATUS || sort == TaskSort.MODEL ? 0 : 1;
        boolean ascending = query.choice("order", ORDERS, order) == 0;
        Outlook outlook = sort != null && stand.isAll() ? null
                : standing.outlook().apply(sort == null ? Ahead.PLAYED_MAX : 0);
        TaskFilter filter = filters.of(query);
        Listing listing = new Listing(outlook == null ? filter : filter.only(TaskStatus.PENDING), sort,
                ascending, query.flag("full"), lines, stand, outlook,
                outlook == null && query.flag("waits") ? standing.outlook().apply(0) : outlook);
        // with lines there is no upper limit: 0 requests all
        long limit = query.number("limit", LIMIT, lines ? 0 : 1,
                lines ? Integer.MAX_VALUE : settings.get(HttpApi.LIST));
        limit = limit == 0 ? Integer.MAX_VALUE : limit;
        long offset = query.number("offset", 0, 0, Integer.MAX_VALUE);
        if (query.text("after") != null && offset > 0) {
            throw Problem.badRequest("give offset or after, not both");
        }
        Task after = query.text("after") == null ? null : after(query.text("after"));
        TaskPage first = page(request, listing, Math.min(limit, listing.page()), offset, after);
        long left = limit - first.tasks().size();
        String type = lines ? Answer.NDJSON : Answer.JSON;
        String total = Long.toString(first.total());
        Answer.StreamBody body = out -> write(request, listing, first, left, out);
        // further pages are made only while the answer is written, too late for a link to the page after them
        if (first.more() && left == 0) {
            String next = "<" + request.path() + query.with("after", last(first).name(), "offset") + ">; rel=\"next\"";
            return new Answer.Streamed(type, body, "X-Total-Count", total, "Link", next);
        }
        return new Answer.Streamed(type, body, "X-Total-Count", total);
    }

    /// Lists the causes of failures, the most frequent first.
    Answer causes(WebRequest request) throws InterruptedException {
        long limit = request.query().number("limit", LIMIT, 1, settings.get(HttpApi.LIST));
        TaskFilter filter = filters.of(request.query());
        List<CauseInTime> causes = searches.run(request, () -> pages.causes(filter, clock.millis()));
        JsonWriter out = new JsonWriter(1024).beginArray();
        causes.stream().limit(limit).forEach(cause -> NowApi.write(out, cause.cause(), more -> {
            Times.write(more.name("first_at"), cause.firstAt());
            more.name("hours").beginArray();
            cause.hours().forEach(more::number);
            more.endArray();
        }));
        return Answer.json(200, out.endArray(), "X-Total-Count", Integer.toString(causes.size()));
    }

    private TaskPage page(WebRequest request, Listing listing, long limit, long offset, Task after)
            throws InterruptedException {
        TaskPage next = after == null && listing.isNext() ? next(listing, limit, offset) : null;
        if (next != null) {
            return next;
        }
        Supplier<TaskPage> page = () -> listing.outlook() == null
                ? queue.list(listing.filter(), listing.sort(), listing.ascending(), (int) limit, offset, after)
                : pages.page(listing.filter(), listing::passes, listing.sort() == null ? listing.order()
                        : Pages.order(listing.sort(), listing.ascending()), (int) limit, offset, after);
        return listing.looksAtAll() ? searches.run(request, page) : page.get();
    }

    /// Returns a page of the tasks that start next, without visiting all tasks; null if too few of those are known.
    private TaskPage next(Listing listing, long limit, long offset) {
        List<Task> starts = listing.outlook().next().values().stream().map(Upcoming::task)
                .filter(listing::passes).toList();
        long total = listing.outlook().groups().stream().filter(group -> listing.standing().passes(group.waiting()))
                .mapToLong(Outlook.Group::tasks).sum();
        if (starts.size() < total && starts.size() < offset + limit) {
            return null;
        }
        List<Task> page = starts.stream().skip(offset).limit(limit).toList();
        // their present state, all of it durable
        List<Task> there = queue.ledger().look(state -> page.stream().map(task -> state.get(task.id()))
                .filter(task -> task != null && task.status() == TaskStatus.PENDING).toList()).durable();
        return new TaskPage(there, total, !there.isEmpty() && offset + limit < total);
    }

    /// Returns the task that a text identifies; one that is deleted, as it was at the end of an earlier answer.
    private Task after(String text) {
        try {
            return queue.find(text);
        } catch (Problem none) {
            synchronized (ends) {
                Task end = ends.get(TaskId.parse(text));
                if (end == null) {
                    throw none;
                }
                return end;
            }
        }
    }

    private void ends(Task last) {
        synchronized (ends) {
            ends.putLast(last.id(), last.withoutMetadata());
            if (ends.size() > ENDS_MAX) {
                ends.pollFirstEntry();
            }
        }
    }

    private static Task last(TaskPage page) {
        return page.tasks().getLast();
    }

    private void write(WebRequest request, Listing listing, TaskPage first, long left, OutputStream out)
            throws IOException, InterruptedException {
        BufferedOutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES);
        Pace.Read read = queue.ledger().pace().begin();
        TaskPage page = first;
        Task end = null;
        boolean begun = false;
        if (!listing.lines()) {
            buffered.write('[');
        }
        for (;;) {
            for (Task task : page.tasks()) {
                read.step();
                JsonWriter json = json(listing, task);
                if (json != null) {
                    if (begun && !listing.lines()) {
                        buffered.write(',');
                    }
                    begun = true;
                    int length = json.length();
                    request.hold(length);
                    buffered.write(json.buffer(), 0, length);
                    request.letGo(length);
                    if (listing.lines()) {
                        buffered.write('\n');
                    }
                }
            }
            end = page.tasks().isEmpty() ? end : last(page);
            if (!page.more() || left == 0) {
                break;
            }
            page = page(request, listing, Math.min(left, listing.page()), 0, end);
            left -= page.tasks().size();
        }
        if (end != null) {
            ends(end);
        }
        if (!listing.lines()) {
            buffered.write(']');
        }
        buffered.flush();
    }

    /// Returns a task as JSON; null if it was deleted. Parts that cannot be read are omitted.
    private JsonWriter json(Listing listing, Task task) {
        JsonWriter json = new JsonWriter(1024);
        try {
            if (listing.full()) {
                TaskJson.write(json, queue.document(task), more -> standing(more, listing, task), List.of());
            } else {
                TaskJson.writeSummary(json, task, queue.preview(task), more -> standing(more, listing, task));
            }
            return json;
        } catch (Problem problem) {
            if (problem.status() == 404) {
                return null;
            }
            // an unreadable record must not hide the other tasks, nor what memory knows of this one
            JsonWriter known = new JsonWriter(1024);
            TaskJson.writeSummary(known, task, null);
            return known;
        }
    }

    /// Writes the state of a pending task, if it was requested.
    private void standing(JsonWriter out, Listing listing, Task task) {
        if (listing.told() == null || task.status() != TaskStatus.PENDING) {
            return;
        }
        Waiting waiting = listing.told().waits().apply(task);
        out.name("state").string(State.of(waiting.kind()).text());
        if (listing.outlook() == null) {
            NowApi.write(out.name("waits_for"), waiting);
            return;
        }
        Upcoming start = listing.outlook().start(task);
        int position = start != null ? start.position()
                : State.of(waiting.kind()) == State.READY ? queue.position(task.id()) : 0;
        NowApi.write(out.name("waits_for"), waiting.kind() == Reason.PLACE ? Waiting.turn(position) : waiting);
        if (start != null) {
            NowApi.next(out, start);
        } else if (position > 0) {
            out.name("position").number(position);
        }
    }
}
