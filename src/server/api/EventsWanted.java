package server.api;

import java.util.Set;

import server.http.Query;
import server.live.EventFilter;
import server.queue.TaskQueue;
import server.task.TaskId;
import shared.TaskStatus;
import shared.TaskType;

/// Which events a client wants, as the query of its URL tells: `since`, `task`, `status`, `type`, `model`, `cron`.
///
/// @param after the last event that the client has; [#NOW]
record EventsWanted(EventFilter filter, long after) {

    /// The client asks for no event of the past.
    public static final long NOW = -1;

    static final String[] PARAMETERS = {"since", "task", "status", "type", "model", "cron"};

    /// Reads which events a query asks for.
    ///
    /// @param rawQuery null: none
    /// @throws shared.Problem 400, 404 or 409
    static EventsWanted parse(String rawQuery, TaskQueue queue) {
        return of(Query.parse(rawQuery, Set.of(PARAMETERS)), queue);
    }

    static EventsWanted of(Query query, TaskQueue queue) {
        EventFilter filter = new EventFilter(query.set("task", text -> task(text, queue)),
                query.set("status", TaskStatus::parse), query.set("type", TaskType::parse),
                TaskFilters.models(query), query.set("cron", queue::cronId));
        return new EventsWanted(filter, query.number("since", NOW, 0, Long.MAX_VALUE));
    }

    /// A whole id may be that of a task that is gone.
    private static long task(String text, TaskQueue queue) {
        long id = TaskId.parse(text);
        return id >= 0 ? id : queue.find(text).id();
    }
}
