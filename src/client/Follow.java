package client;

import java.nio.charset.StandardCharsets;
import java.util.List;

import shared.TaskStatus;
import shared.json.Json;

/// Prints a task's answer while it is generated. After a lost connection it resumes where it stopped: it counts the
/// bytes that it has printed, and drops pieces that it has already seen.
final class Follow {

    private final Session session;
    private final boolean events;
    /// Removed once the answer begins.
    private final Progress progress;

    private String lastId;
    /// The highest sequence number seen; after a reconnection the earlier events are sent again.
    private long lastSeq;
    private Json.Obj task;
    private TaskStatus status;
    private long attempt;
    /// The end of this attempt's answer as far as it was seen, in bytes of text and thoughts together.
    private long end;
    private boolean textPrinted;
    private boolean thinking;
    private final ShownPieces thoughts = new ShownPieces();

    private Follow(Session session) {
        this.session = session;
        events = session.output().form == Output.Form.JSONL;
        progress = new Progress(session);
    }

    /// The command `follow`.
    static int run(Session session, Arguments arguments) {
        return print(session, arguments.operand(0), false);
    }

    /// Follows a task to its end, as text or with each event as a line of JSON; for the other forms it waits, because
    /// they need the whole task.
    ///
    /// @param contact whether the server has answered already
    static int print(Session session, String id, boolean contact) {
        Output.Form form = session.output().form;
        if (form == Output.Form.JSON || form == Output.Form.TABLE) {
            return Wait.print(session, List.of(id), contact);
        }
        session.waitingFor().set(id);
        Follow follow = new Follow(session);
        int exit;
        try {
            exit = session.each(List.of(id), one -> follow.follow(one, new Reconnect(session, contact)));
        } finally {
            follow.progress.clear();
        }
        session.waitingFor().set(null);
        return exit;
    }

    private void follow(String id, Reconnect reconnect) {
        if (!events) {
            Wait.untilItRuns(session, reconnect, progress, id);
        }
        while (status == null || !status.ended()) {
            try (ServerEvents stream = new ServerEvents(session.api(), Api.task(id) + "/events", lastId)) {
                for (ServerEvents.Event event = stream.next(); event != null; event = stream.next()) {
                    reconnect.reached();
                    lastId = event.id();
                    take(event);
                }
                if (status == null || !status.ended()) {
                    throw stream.ended();
                }
            } catch (Failure failure) {
                progress.clear();
                reconnect.lost(failure);
            }
        }
        progress.clear();
        if (!events && status == TaskStatus.COMPLETED) {
            task = session.api().object(Wait.ended(session, reconnect, id));
            // an embed, or an answer that only calls tools, has no pieces
            session.output().text(textPrinted ? "" : TaskText.answer(task));
        }
        session.output().endLine();
        TaskPrinter.checkCompleted(session, task, status);
    }

    private void take(ServerEvents.Event event) {
        Json.Obj data = session.api().object(event.data().getBytes(StandardCharsets.UTF_8));
        long seq = data.integer("seq", Long.MAX_VALUE);
        if (seq <= lastSeq) {
            return;
        }
        lastSeq = seq == Long.MAX_VALUE ? lastSeq : seq;
        if (events) {
            session.output().json(event.data().getBytes(StandardCharsets.UTF_8));
            session.output().flush();
        }
        if (event.name().equals("chunk")) {
            chunk(data);
        } else if (data.get("task") instanceof Json.Obj changed) {
            task = changed;
            status = TaskPrinter.status(session, changed);
            if (!events && "retrying".equals(data.text("what"))) {
                String error = changed.text("error");
                progress.clear();
                session.note("the attempt failed" + (error == null ? "" : ": " + error) + "; it will be retried");
            }
        }
    }

    private void chunk(Json.Obj data) {
        long number = data.integer("attempt", 1);
        long offset = data.integer("offset", 0);
        String text = data.text("text");
        String piece = text != null ? text : data.text("thinking");
        if (events || piece == null || number < attempt) {
            return;
        }
        progress.clear();
        if (number > attempt) {
            begin(number);
        }
        byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
        int seen = (int) Math.min(bytes.length, Math.max(0, end - offset));
        if (offset > end) {
            session.note((offset - end) + " bytes of the answer are missing here; ollama-queue result prints it all");
        }
        end = Math.max(end, offset + bytes.length);
        print(new String(bytes, seen, bytes.length - seen, StandardCharsets.UTF_8), text == null);
    }

    private void begin(long number) {
        if (end > 0) {
            session.output().endLine();
            session.note("attempt " + number + " starts again from the beginning");
        }
        attempt = number;
        end = 0;
        textPrinted = false;
    }

    /// Thoughts are shown to people who watch, but are not part of the answer.
    private void print(String piece, boolean thought) {
        Terminal terminal = session.terminal();
        if (thinking && !thought) {
            terminal.err().println(thoughts.end());
        }
        if (!thought) {
            session.output().text(piece);
            session.output().flush();
            textPrinted |= !piece.isEmpty();
            thinking = false;
        } else if (terminal.isTerminal().test(2)) {
            String shown = thoughts.next(piece);
            terminal.err().print(terminal.colours(2) ? "\033[2m" + shown + "\033[0m" : shown);
            terminal.err().flush();
            thinking = true;
        }
    }
}
