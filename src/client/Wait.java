package client;

import java.util.ArrayList;
import java.util.List;

import shared.json.Json;

/// Waits for tasks to end and prints what they answered.
final class Wait {

    private static final String PATIENCE = "?wait=30s";

    private Wait() {
    }

    /// The command `wait`.
    static int run(Session session, Arguments arguments) {
        return print(session, arguments.operands(), false);
    }

    /// Waits for each task in turn and prints them in this order; as JSON one object, or an array if there are many.
    ///
    /// @param contact whether the server has answered already
    /// @return the worst exit status
    static int print(Session session, List<String> ids, boolean contact) {
        Reconnect reconnect = new Reconnect(session, contact);
        TaskPrinter printer = new TaskPrinter(session, ids.size() > 1);
        List<String> left = new ArrayList<>(ids);
        int status = session.each(ids, id -> {
            session.waitingFor().set(left.size() == 1 ? id : id + " and " + (left.size() - 1) + " more");
            left.remove(0);
            printer.ended(ended(session, reconnect, id));
        });
        session.waitingFor().set(null);
        printer.close();
        return status;
    }

    /// The task once it has ended, whole, as the server gave it.
    static byte[] ended(Session session, Reconnect reconnect, String id) {
        while (true) {
            try {
                byte[] json = session.api().get(Api.task(id) + PATIENCE);
                Json.Obj task = session.api().object(json);
                reconnect.reached();
                if (TaskPrinter.status(session, task).ended()) {
                    return json;
                }
            } catch (Failure failure) {
                reconnect.lost(failure);
            }
        }
    }
}
