package client;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import shared.Controls;
import shared.json.Json;

/// What a command works with.
///
/// @param waitingFor the task that is being waited for, null while none is; what an interrupted user is told
/// @param timed      whether `--timeout` bounds the waiting
record Session(Terminal terminal, Api api, Inputs inputs, Output output, AtomicReference<String> waitingFor,
        boolean timed) {

    /// Stands in [#waitingFor] for a command that has no end of its own.
    static final String NO_END = "";

    private static final String NAME = "ollama-queue: ";

    /// Tells the user something on stderr.
    void note(String note) {
        output.flush();
        tell(terminal, note);
    }

    /// Tells the user what the server's answer warns of.
    void warn(byte[] answer) {
        if (api.object(answer).get("warnings") instanceof Json.Arr warnings) {
            warnings.values().forEach(warning -> note(TaskText.plain(warning)));
        }
    }

    /// Tells something that is merely pleasant to know, on a terminal only.
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

    /// Runs an action for each id. The failure of one is reported, and the others still have their turn.
    ///
    /// @return the worst exit status
    int each(List<String> ids, Consumer<String> action) {
        int worst = 0;
        for (String id : ids) {
            try {
                action.accept(id);
            } catch (Failure failure) {
                if (ids.size() == 1 || failure.getMessage() == null || failure.outlook != Failure.Outlook.FINAL) {
                    // nobody reads, or nobody answers: the next would fare no better
                    throw ids.size() == 1 ? failure.about(id) : failure;
                }
                report(terminal, failure.about(id));
                worst = Math.max(worst, failure.exit);
            }
        }
        return worst;
    }
}
