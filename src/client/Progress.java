package client;

import java.util.ArrayList;
import java.util.List;

import shared.Controls;
import shared.json.Json;

/// Tells on a terminal where a task or an action stands that is waited for, on one line that is rewritten; elsewhere
/// nothing.
final class Progress {

    private static final String CLEAR = "\r\033[K";

    private final Terminal terminal;
    private String shown = "";

    Progress(Session session) {
        terminal = session.terminal();
    }

    /// Whether anybody sees it.
    boolean isOn() {
        return terminal.isTerminal().test(2) && !"dumb".equals(terminal.variable("TERM"));
    }

    /// How long the server may hold back the answer to a look at a task.
    String patience() {
        return isOn() ? "?wait=2s" : "?wait=30s";
    }

    void show(Json.Obj task) {
        List<String> parts = new ArrayList<>();
        if (task.integer("position", 0) > 0) {
            parts.add("position " + task.integer("position", 0));
        }
        if (task.get("starts_in") instanceof Json.Obj span) {
            parts.add("starts in " + TaskText.span(span));
        }
        if (task.get("done_in") instanceof Json.Obj span) {
            parts.add("done in " + TaskText.span(span));
        }
        String status = TaskTable.cell(task, "status");
        // of one for whose times there is no ground it is told that it waits, or runs
        show(!parts.isEmpty() ? status + ": " + String.join(", ", parts)
                : status.equals("pending") || status.equals("running") ? status : "");
    }

    void show(String text) {
        if (isOn() && !text.equals(shown)) {
            terminal.err().print(CLEAR + Controls.shown(text, false));
            terminal.err().flush();
            shown = text;
        }
    }

    /// Takes it away, before anything else is printed.
    void clear() {
        if (!shown.isEmpty()) {
            terminal.err().print(CLEAR);
            terminal.err().flush();
            shown = "";
        }
    }
}
