package client;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import shared.Priority;

/// The commands that change a task or the queue. They say nothing on stdout unless JSON is asked for.
final class Change {

    private static final byte[] NOTHING = {};

    private Change() {
    }

    static int cancel(Session session, Arguments arguments) {
        return each(session, arguments.operands(), "/cancel", NOTHING, " cancelled");
    }

    static int retry(Session session, Arguments arguments) {
        return each(session, arguments.operands(), "/retry", NOTHING, " is pending again");
    }

    static int priority(Session session, Arguments arguments) {
        int priority = Priority.parse(arguments.operand(1));
        byte[] body = ("{\"priority\":" + priority + "}").getBytes(StandardCharsets.UTF_8);
        return each(session, List.of(arguments.operand(0)), "/priority", body, " has priority " + priority);
    }

    /// The commands `pause`, `resume` and `drain`.
    static int queue(Session session, Arguments arguments) {
        String verb = arguments.command().name();
        byte[] answer = session.api().post("/api/queue/" + verb, Map.of(), NOTHING);
        if (!session.output().isText()) {
            session.output().json(answer);
        }
        session.aside("the queue is " + (verb.equals("pause") ? "paused" : verb.equals("drain") ? "draining"
                : "running"));
        return 0;
    }

    private static int each(Session session, List<String> ids, String action, byte[] body, String done) {
        TaskPrinter printer = new TaskPrinter(session, ids.size() > 1);
        int status = session.each(ids, id -> {
            byte[] answer = session.api().post(Api.task(id) + action, Map.of(), body);
            String name = session.api().object(answer).text("id");
            if (session.output().form != Output.Form.TEXT) {
                printer.plain(answer, name);
            }
            session.aside(name + done);
        });
        printer.close();
        return status;
    }
}
