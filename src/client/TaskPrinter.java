package client;

import shared.Problem;
import shared.TaskStatus;
import shared.json.Json;

/// Prints tasks in the requested form: as the server's JSON, as a table, or as text.
final class TaskPrinter {

    private final Session session;
    private final boolean many;
    /// Null unless a table was requested.
    private final TaskTable rows;
    private int printed;

    /// @param many whether JSON is printed as an array
    TaskPrinter(Session session, boolean many) {
        this.session = session;
        this.many = many;
        rows = session.output().form == Output.Form.TABLE ? new TaskTable(session) : null;
    }

    static TaskStatus status(Session session, Json.Obj task) {
        try {
            return TaskStatus.parse(String.valueOf(task.text("status")));
        } catch (Problem unknown) {
            throw session.api().notOurs("a task without a known status");
        }
    }

    /// Prints a task that has ended; as text, its answer.
    ///
    /// @throws Failure afterwards if it is not completed
    void ended(byte[] json) {
        Json.Obj task = session.api().object(json);
        TaskStatus status = status(session, task);
        if (session.output().form != Output.Form.TEXT) {
            record(json, task);
        } else if (status == TaskStatus.COMPLETED) {
            session.output().text(TaskText.answer(task));
        }
        session.output().endLine();
        checkCompleted(session, task, status);
    }

    /// Prints a task; as text, the text given here.
    void plain(byte[] json, String text) {
        if (session.output().form == Output.Form.TEXT) {
            session.output().line(text);
        } else {
            record(json, session.api().object(json));
        }
    }

    /// Prints the end: an array's bracket, or the table.
    void close() {
        if (session.output().form == Output.Form.JSON && many) {
            session.output().line(printed == 0 ? "[]" : "]");
        } else if (rows != null) {
            rows.end();
        }
    }

    private void record(byte[] json, Json.Obj task) {
        if (rows != null) {
            rows.add(task);
        } else {
            if (session.output().form == Output.Form.JSON && many) {
                session.output().text(printed == 0 ? "[" : ",");
            }
            session.output().json(json);
        }
        printed++;
    }

    /// Tells the user if an answer ended at its length limit: it may look complete, or be empty.
    static void noteCut(Session session, Json.Obj task) {
        if (task.get("cut") != null) {
            session.note(task.text("id") + ": the answer " + (TaskText.answer(task).isEmpty() ? "is empty: it " : "")
                    + "was cut off at its length limit (num_predict, max_tokens or the model's context)");
        }
    }

    /// Checks that a task is completed, and its answer complete.
    ///
    /// @throws Failure if it is not completed
    static void checkCompleted(Session session, Json.Obj task, TaskStatus status) {
        if (status == TaskStatus.COMPLETED) {
            noteCut(session, task);
            return;
        }
        String error = task.text("error");
        String id = String.valueOf(task.text("id"));
        throw new Failure(Failure.FAILED, id + " " + (status.ended() ? status.text : "is still " + status.text)
                + (error == null ? "" : ": " + error), status.ended() ? null : "ollama-queue wait " + id);
    }
}
