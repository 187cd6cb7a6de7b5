package client;

import java.util.List;
import java.util.Map;

import shared.Priority;
import shared.json.Json;

/// The commands that change a task or the queue. They print nothing on stdout unless JSON was asked for.
final class Change {

    private Change() {
    }

    static int cancel(Session session, Arguments arguments) {
        return Bulk.isMeant(arguments, arguments.operands()) ? Bulk.run(session, arguments, "cancelled", null)
                : each(session, arguments.operands(), "/cancel", RequestBody.EMPTY, " cancelled");
    }

    static int retry(Session session, Arguments arguments) {
        return Bulk.isMeant(arguments, arguments.operands()) ? Bulk.run(session, arguments, "put back", null)
                : each(session, arguments.operands(), "/retry", RequestBody.EMPTY, " is pending again");
    }

    static int delete(Session session, Arguments arguments) {
        return Bulk.isMeant(arguments, arguments.operands()) ? Bulk.run(session, arguments, "deleted", null)
                : session.each(arguments.operands(), id -> {
                    session.api().bytes(session.api().send("DELETE", Api.task(id), Map.of(), null));
                    session.aside(id + " deleted");
                });
    }

    static int priority(Session session, Arguments arguments) {
        int last = arguments.operands().size() - 1;
        if (last == 0 && !arguments.isOn("all")) {
            throw Failure.usage("priority needs PRIORITY", "ollama-queue priority --help");
        }
        int priority = Priority.parse(arguments.operand(last));
        if (Bulk.isMeant(arguments, arguments.operands().subList(0, last))) {
            return Bulk.run(session, arguments, "changed", priority);
        }
        RequestBody body = RequestBody.of(new Json.Obj(Map.of("priority", new Json.Num(Integer.toString(priority)))));
        return each(session, List.of(arguments.operand(0)), "/priority", body, null);
    }

    /// The commands `pause`, `resume` and `drain`.
    static int queue(Session session, Arguments arguments) {
        String verb = arguments.command().name();
        byte[] answer = session.api().post("/api/queue/" + verb, Map.of(), RequestBody.EMPTY);
        session.output().jsonIfAsked(answer);
        session.aside("the queue is " + (verb.equals("pause") ? "paused" : verb.equals("drain") ? "draining"
                : "running"));
        return 0;
    }

    /// @param done what happened to a task; null: it now has the priority in the answer
    private static int each(Session session, List<String> ids, String action, RequestBody body, String done) {
        TaskPrinter printer = new TaskPrinter(session, ids.size() > 1);
        int status = session.each(ids, id -> {
            byte[] answer = session.api().post(Api.task(id) + action, Map.of(), body);
            String name = session.api().object(answer).text("id");
            if (session.output().form != Output.Form.TEXT) {
                printer.plain(answer, name);
            }
            session.warn(answer);
            session.aside(name + (done == null ? " has priority " + TaskText.plain(
                    session.api().object(answer).get("priority")) : done));
        });
        printer.close();
        return status;
    }
}
