package server.api;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Supplier;

import server.http.Answer;
import server.http.Query;
import server.http.WebRequest;
import server.queue.ledger.Pace;
import server.queue.TaskQueue;
import server.queue.index.TaskFilter;
import server.queue.page.TaskPage;
import server.queue.page.TaskSort;
import server.task.Task;
import server.task.TaskJson;
import server.settings.Settings;
import shared.Problem;
import shared.json.JsonWriter;

/// Lists tasks, as an array or, where NDJSON is accepted, a task on each line. The answer is written as it is made, so
/// that its size does not matter. A task that is deleted in the meantime is left out.
final class ListApi {

    static final String[] PARAMETERS = TaskFilters.and("limit", "offset", "sort", "order", "after", "full");

    private static final int LIMIT = 100;
    /// How many tasks are taken from the queue at a time.
    private static final int PAGE = 1_000;
    /// The same where each page costs a walk through all tasks. A page holds what memory holds of them anyway.
    private static final int SORTED_PAGE = 100_000;
    private static final int BUFFER = 32 << 10;

    private static final List<String> SORTS = List.of("created_at", "priority", "status", "model", "duration");
    private static final List<String> ORDERS = List.of("asc", "desc");

    private final Settings settings;
    private final TaskQueue queue;
    private final Searches searches;

    ListApi(Settings settings, TaskQueue queue, Searches searches) {
        this.settings = settings;
        this.queue = queue;
        this.searches = searches;
    }

    /// What is listed, and in which order.
    private record Listing(TaskFilter filter, TaskSort sort, boolean ascending, boolean full, boolean lines) {

        boolean looksAtAll() {
            return sort != TaskSort.CREATED_AT || filter.hasQuery();
        }

        int page() {
            return sort == TaskSort.CREATED_AT && filter.isWalked() ? PAGE : SORTED_PAGE;
        }
    }

    Answer list(WebRequest request) throws InterruptedException {
        Query query = request.query();
        boolean lines = request.accepts(Answer.NDJSON);
        TaskSort sort = TaskSort.values()[query.choice("sort", SORTS, 0)];
        // the newest, the most urgent, the longest first; names and states in their order
        int order = sort == TaskSort.STATUS || sort == TaskSort.MODEL ? 0 : 1;
        boolean ascending = query.choice("order", ORDERS, order) == 0;
        Listing listing = new Listing(TaskFilters.of(query, queue), sort, ascending, query.flag("full"), lines);
        // lines may be without end: 0 asks for all
        long limit = query.number("limit", LIMIT, lines ? 0 : 1,
                lines ? Integer.MAX_VALUE : settings.get(HttpApi.LIST));
        limit = limit == 0 ? Integer.MAX_VALUE : limit;
        long offset = query.number("offset", 0, 0, Integer.MAX_VALUE);
        String after = query.text("after");
        if (after != null && offset > 0) {
            throw Problem.badRequest("give offset or after, not both");
        }
        TaskPage first = page(request, listing, Math.min(limit, listing.page()), offset, after);
        long left = limit - first.tasks().size();
        String type = lines ? Answer.NDJSON : Answer.JSON;
        String total = Long.toString(first.total());
        Answer.Body body = out -> write(request, listing, first, left, out);
        // more than one page is only made while it is written, too late for a link to what follows it
        if (first.more() && left == 0) {
            String next = "<" + request.path() + query.with("after", last(first), "offset") + ">; rel=\"next\"";
            return new Answer.Streamed(type, body, "X-Total-Count", total, "Link", next);
        }
        return new Answer.Streamed(type, body, "X-Total-Count", total);
    }

    private TaskPage page(WebRequest request, Listing listing, long limit, long offset, String after)
            throws InterruptedException {
        Supplier<TaskPage> page =
                () -> queue.list(listing.filter(), listing.sort(), listing.ascending(), (int) limit, offset, after);
        return listing.looksAtAll() ? searches.run(request, page) : page.get();
    }

    private static String last(TaskPage page) {
        return page.tasks().getLast().name();
    }

    private void write(WebRequest request, Listing listing, TaskPage first, long left, OutputStream out)
            throws IOException, InterruptedException {
        BufferedOutputStream buffered = new BufferedOutputStream(out, BUFFER);
        Pace.Read read = queue.ledger().pace().begin();
        TaskPage page = first;
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
            if (!page.more() || left == 0) {
                break;
            }
            page = page(request, listing, Math.min(left, listing.page()), 0, last(page));
            left -= page.tasks().size();
        }
        if (!listing.lines()) {
            buffered.write(']');
        }
        buffered.flush();
    }

    /// Null if the task is gone. What cannot be read of it is left out.
    private JsonWriter json(Listing listing, Task task) {
        JsonWriter json = new JsonWriter(1024);
        try {
            if (listing.full()) {
                TaskJson.write(json, queue.document(task));
            } else {
                TaskJson.writeSummary(json, task, queue.preview(task));
            }
            return json;
        } catch (Problem problem) {
            if (problem.status() == 404) {
                return null;
            }
            // one record that cannot be read does not hide the others, nor what memory knows of it
            JsonWriter known = new JsonWriter(1024);
            TaskJson.writeSummary(known, task, null);
            return known;
        }
    }
}
