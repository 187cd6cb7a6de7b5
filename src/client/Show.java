package client;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

import shared.json.Json;

/// The commands that only read: `status`, `show`, `result`.
final class Show {

    /// Members of the queue's status that its text shows, in this order.
    private static final List<String> COUNTS = List.of("pending", "running", "completed", "failed", "cancelled",
            "total");

    private Show() {
    }

    static int status(Session session, Arguments arguments) {
        if (arguments.operand(0) == null) {
            queue(session, session.api().get("/api/status"));
            return 0;
        }
        return each(session, arguments, (printer, json) -> {
            Json.Obj task = session.api().object(json);
            printer.plain(json, TaskTable.state(task, session.terminal().time().instant()));
            if (task.text("error") != null) {
                session.aside(task.text("error"));
            }
        });
    }

    static int show(Session session, Arguments arguments) {
        return each(session, arguments, (printer, json) -> {
            Json.Obj task = session.api().object(json);
            printer.plain(json, TaskText.whole(task, session.terminal()).stripTrailing());
            TaskPrinter.noteCut(session, task);
        });
    }

    static int result(Session session, Arguments arguments) {
        return each(session, arguments, TaskPrinter::ended);
    }

    /// Prints some information on each task that the command line names.
    private static int each(Session session, Arguments arguments, BiConsumer<TaskPrinter, byte[]> print) {
        List<String> ids = arguments.operands();
        TaskPrinter printer = new TaskPrinter(session, ids.size() > 1);
        int status = session.each(ids, id -> print.accept(printer, session.api().get(Api.task(id))));
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
        if (stats.integer("callers_waiting", 0) > 0) {
            text.append(TaskText.member("callers", stats.integer("callers_waiting", 0) + " waiting"));
        }
        long active = stats.integer("workers_active", 0);
        text.append(TaskText.member("workers", active + " of " + (active + stats.integer("workers_idle", 0))
                + " busy"));
        if (stats.text("mode") != null) {
            text.append(TaskText.member("queue", stats.text("mode")));
        }
        session.output().text(text.toString());
    }
}
