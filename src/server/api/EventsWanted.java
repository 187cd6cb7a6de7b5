package server.api;

import java.util.Set;

import server.http.Query;
import server.live.EventFilter;
import server.queue.TaskQueue;
import server.task.TaskId;
import shared.TaskStatus;
import shared.TaskType;

/// The events that a client requests in the query of a URL: `since`, `task`, `status`, `type`, `model`, `cron`.
///
/// @param after the last event that the client has, or [#NOW]
record EventsWanted(EventFilter filter, long after) {

    /// The client requests no past events.
    public static final long NOW = -1;

    static final String[] PARAMETERS = {"since", "task", "status", "type", "model", "cron"};

    /// Parses the query of a URL.
    ///
    /// @param rawQuery null for none
    /// @throws shared.Problem 400 for a wrong parameter, 404 or 409 for a task or cron task that is unknown or
    ///                        ambiguous
    static EventsWanted parse(String rawQuery, TaskQueue queue) {
        return of(Query.parse(rawQuery, Set.of(PARAMETERS)), queue);
    }

    static EventsWanted of(Query query, TaskQueue queue) {
        EventFilter filter = new EventFilter(query.set("task", text -> task(text, queue)),
                query.set("status", TaskStatus::parse), query.set("type", TaskType::parse),
                TaskFilters.models(query), query.set("cron", queue::cronId));
        return new EventsWanted(filter, query.number("since", NOW, 0, Long.MAX_VALUE));
    }

    /// Returns the id of a task; a complete id may belong to a deleted task.
    private static long task(String text, TaskQueue queue) {
        long id = TaskId.parse(text);
        return id >= 0 ? id : queue.find(text).id();
    }
}
