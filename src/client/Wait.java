package client;

import java.util.List;

import shared.TaskStatus;
import shared.json.Json;

/// Waits for tasks to end and prints their answers.
final class Wait {

    private static final String NEXT_PATIENCE = "?wait=300ms";

    private Wait() {
    }

    /// The command `wait`.
    static int run(Session session, Arguments arguments) {
        return print(session, arguments.operands(), false);
    }

    /// Waits for each task in turn and prints them in this order; as JSON, an object or, for several, an array.
    ///
    /// @param contact whether the server has answered already
    /// @return the worst exit status
    static int print(Session session, List<String> ids, boolean contact) {
        Reconnect reconnect = new Reconnect(session, contact);
        TaskPrinter printer = new TaskPrinter(session, ids.size() > 1);
        int[] left = {ids.size()};
        try {
            return session.each(ids, id -> {
                session.waitingFor().set(--left[0] == 0 ? id : id + " and " + left[0] + " more");
                printer.ended(ended(session, reconnect, id));
            });
        } finally {
            session.waitingFor().set(null);
            printer.close();
        }
    }

    /// Waits until a task has ended and returns its JSON.
    static byte[] ended(Session session, Reconnect reconnect, String id) {
        Progress progress = new Progress(session);
        try {
            while (true) {
                try {
                    byte[] json = session.api().get(Api.task(id) + (reconnect.contact() ? progress.patience() : ""));
                    Json.Obj task = session.api().object(json);
                    reconnect.reached();
                    if (TaskPrinter.status(session, task).ended()) {
                        return json;
                    }
                    progress.show(task);
                } catch (Failure failure) {
                    progress.clear();
                    reconnect.lost(failure);
                }
            }
        } finally {
            progress.clear();
        }
    }

    /// On a terminal, shows a pending task's state until it runs, and then when it will probably be done.
    static void untilItRuns(Session session, Reconnect reconnect, Progress progress, String id) {
        String patience = "";
        while (progress.isOn()) {
            try {
                Json.Obj task = session.api().object(session.api().get(Api.task(id) + patience));
                reconnect.reached();
                progress.show(task);
                if (TaskPrinter.status(session, task) != TaskStatus.PENDING) {
                    return;
                }
                // the server delays the answer until the end: it must not hold up what comes next
                patience = task.integer("position", 0) == 1 ? NEXT_PATIENCE : progress.patience();
            } catch (Failure failure) {
                progress.clear();
                reconnect.lost(failure);
            }
        }
    }
}
