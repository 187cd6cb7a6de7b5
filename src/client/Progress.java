package client;

import java.util.ArrayList;
import java.util.List;

import shared.Controls;
import shared.json.Json;

/// Shows on a terminal the state of the task or action that is waited for, on one line that is rewritten; elsewhere
/// nothing.
final class Progress {

    private static final String CLEAR = "\r\033[K";

    private final Terminal terminal;
    private String shown = "";

    Progress(Session session) {
        terminal = session.terminal();
    }

    /// Returns whether anything is shown.
    boolean isOn() {
        return terminal.isTerminal().test(2) && !"dumb".equals(terminal.variable("TERM"));
    }

    /// Returns how long the server may delay the answer when it is asked for a task.
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
        // if there is no estimate, only whether the task waits or runs
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

    /// Removes the line, before anything else is printed.
    void clear() {
        if (!shown.isEmpty()) {
            terminal.err().print(CLEAR);
            terminal.err().flush();
            shown = "";
        }
    }
}
