package client;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import shared.Controls;
import shared.json.Json;

/// What a command works with.
///
/// @param waitingFor the task for which the command waits, null while there is none; an interrupted user is told
/// @param timed      whether `--timeout` limits the wait
record Session(Terminal terminal, Api api, Inputs inputs, Output output, AtomicReference<String> waitingFor,
        boolean timed) {

    /// Stands in [#waitingFor] for a command that does not end by itself.
    static final String NO_END = "";

    private static final String NAME = "ollama-queue: ";

    /// Tells the user something on stderr.
    void note(String note) {
        output.flush();
        tell(terminal, note);
    }

    /// Prints the warnings in the server's answer.
    void warn(byte[] answer) {
        if (api.object(answer).get("warnings") instanceof Json.Arr warnings) {
            warnings.values().forEach(warning -> note(TaskText.plain(warning)));
        }
    }

    /// Prints optional information, on a terminal only.
    void aside(String note) {
        if (terminal.isTerminal().test(2)) {
            note(note);
        }
    }

    static void report(Terminal terminal, Failure failure) {
        if (failure.getMessage() != null) {
            tell(terminal, "error: " + failure.getMessage());
            if (failure.hint != null) {
                tell(terminal, "hint: " + failure.hint);
            }
        }
    }

    private static void tell(Terminal terminal, String text) {
        terminal.err().println(NAME + (terminal.isTerminal().test(2) ? Controls.shown(text, true) : text));
    }

    /// Runs an action for each id. If one fails, the failure is reported and the others still run.
    ///
    /// @return the worst exit status
    int each(List<String> ids, Consumer<String> action) {
        int worst = 0;
        for (String id : ids) {
            try {
                action.accept(id);
            } catch (Failure failure) {
                if (ids.size() == 1 || failure.getMessage() == null || failure.outlook != Failure.Outlook.FINAL) {
                    // without a reader, or a server, the next one would fail too
                    throw ids.size() == 1 ? failure.about(id) : failure;
                }
                report(terminal, failure.about(id));
                worst = Math.max(worst, failure.exit);
            }
        }
        return worst;
    }
}
