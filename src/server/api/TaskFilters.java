package server.api;

import java.util.function.Function;
import java.util.stream.Stream;

import server.http.Query;
import server.queue.TaskQueue;
import server.queue.index.TaskFilter;
import shared.Priority;
import shared.TaskStatus;
import shared.TaskType;

/// The parameters that choose tasks, the same for lists and for actions.
final class TaskFilters {

    static final String[] PARAMETERS = {"status", "type", "priority", "model", "client", "relayed", "cut", "cron_id",
        "q"};

    private TaskFilters() {
    }

    /// The names of these parameters and others.
    static String[] and(String... others) {
        return Stream.of(PARAMETERS, others).flatMap(Stream::of).toArray(String[]::new);
    }

    static TaskFilter of(Query query, TaskQueue queue) {
        return new TaskFilter(query.set("status", TaskStatus::parse), query.set("type", TaskType::parse),
                query.set("priority", Priority::parse), query.set("model", Function.identity()),
                query.set("client", Function.identity()),
                query.text("relayed") == null ? null : query.flag("relayed"),
                query.text("cut") == null ? null : query.flag("cut"), query.set("cron_id", queue::cronId),
                query.text("q"));
    }
}
