package client;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import shared.json.Json;
import shared.json.JsonException;

/// The commands that only look: `status`, `list`, `show`, `result`.
final class Show {

    /// Members of the queue's status that its text shows, in this order.
    private static final List<String> COUNTS = List.of("pending", "running", "completed", "failed", "cancelled",
            "total");

    private static final List<String> FILTERS = List.of("status", "type", "model", "priority", "sort", "order",
            "limit", "offset", "after");

    private Show() {
    }

    static int status(Session session, Arguments arguments) {
        if (arguments.operand(0) == null) {
            queue(session, session.api().get("/api/status"));
            return 0;
        }
        return session.each(arguments.operands(), id -> {
            byte[] json = session.api().get(Api.task(id));
            Json.Obj task = session.api().object(json);
            TaskPrinter printer = new TaskPrinter(session, false);
            printer.plain(json, TaskPrinter.status(session, task).text);
            printer.close();
            if (task.text("error") != null) {
                session.aside(task.text("error"));
            }
        });
    }

    static int list(Session session, Arguments arguments) {
        Output output = session.output();
        String path = "/api/tasks" + query(arguments);
        boolean lines = output.form == Output.Form.JSONL;
        String accept = lines ? "application/x-ndjson" : "application/json";
        Api.Reply reply = session.api().send("GET", path, Map.of("Accept", accept), null);
        try {
            if (!output.isText()) {
                output.copy(reply.body());
                if (!lines) {
                    output.line("");
                }
                return 0;
            }
            List<Json.Obj> tasks = tasks(session, session.api().bytes(reply));
            if (tasks.isEmpty()) {
                session.aside("no tasks");
                return 0;
            }
            TaskTable.print(session, tasks);
            long total = reply.connection().getHeaderFieldLong("X-Total-Count", tasks.size());
            if (total > tasks.size()) {
                session.aside(tasks.size() + " of " + total + " tasks; --limit and --offset show more");
            }
            return 0;
        } catch (IOException lost) {
            throw session.api().lost(lost);
        }
    }

    static int show(Session session, Arguments arguments) {
        return session.each(arguments.operands(), id -> {
            byte[] json = session.api().get(Api.task(id));
            TaskPrinter printer = new TaskPrinter(session, false);
            if (session.output().form == Output.Form.TEXT) {
                session.output().text(TaskText.whole(session.api().object(json)));
            } else {
                printer.plain(json, null);
            }
            printer.close();
        });
    }

    static int result(Session session, Arguments arguments) {
        List<String> ids = arguments.operands();
        TaskPrinter printer = new TaskPrinter(session, ids.size() > 1);
        int status = session.each(ids, id -> printer.ended(session.api().get(Api.task(id))));
        printer.close();
        return status;
    }

    static void queue(Session session, byte[] json) {
        if (!session.output().isText()) {
            session.output().json(json);
            return;
        }
        Json.Obj stats = session.api().object(json);
        if (stats.get("pending_tasks") == null) {
            throw session.api().notOurs("a status without pending_tasks");
        }
        StringBuilder text = new StringBuilder();
        for (String name : COUNTS) {
            text.append(TaskText.member(name, Long.toString(stats.integer(name + "_tasks", 0))));
            if (name.equals("pending") && stats.get("queues_by_priority") instanceof Json.Obj queues
                    && !queues.members().isEmpty()) {
                List<String> parts = new ArrayList<>();
                queues.members().forEach((priority, count) -> parts.add(count.text() + " of priority " + priority));
                text.insert(text.length() - 1, "  (" + String.join(", ", parts) + ")");
            }
        }
        long active = stats.integer("workers_active", 0);
        text.append(TaskText.member("workers", active + " of " + (active + stats.integer("workers_idle", 0))
                + " busy"));
        if (stats.text("mode") != null) {
            text.append(TaskText.member("queue", stats.text("mode")));
        }
        session.output().text(text.toString());
    }

    /// The filters of a listing, as its query.
    static String query(Arguments arguments) {
        arguments.count("limit");
        arguments.count("offset");
        StringBuilder query = new StringBuilder();
        for (String filter : FILTERS) {
            arguments.all(filter).forEach(value -> add(query, filter, value));
        }
        arguments.all("cron").forEach(value -> add(query, "cron_id", value));
        if (arguments.has("search")) {
            add(query, "q", arguments.text("search"));
        }
        if (arguments.isOn("full")) {
            add(query, "full", "true");
        }
        return query.toString();
    }

    static void add(StringBuilder query, String name, String value) {
        query.append(query.length() == 0 ? '?' : '&').append(name).append('=').append(Api.encode(value));
    }

    /// The objects of an array that the server answered.
    static List<Json.Obj> tasks(Session session, byte[] json) {
        List<Json.Obj> tasks = new ArrayList<>();
        try {
            for (Json task : ((Json.Arr) Json.parseOwn(json)).values()) {
                tasks.add((Json.Obj) task);
            }
        } catch (JsonException | ClassCastException rubbish) {
            throw session.api().notOurs("its list is not a JSON array of objects");
        }
        return tasks;
    }
}
